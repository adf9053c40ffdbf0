import type { Account } from "./account.ts";

/** What it costs, or brings, to hold a position over time. */
export interface Carry {
  /** Whether time costs anything, and whether a leg has rates that are settled. */
  readonly hasInterest: boolean;
  readonly hasFunding: boolean;
  /** On the money and the units that are borrowed. */
  interest(bar: number, us: number): void;
  /** What a long pays, a short receives. */
  funding(bar: number, of: "fundingAtStart" | "fundingInside"): void;
}

export function carryOf({ market, book, trips, standing, marks, rates, financingPerUs }: Account): Carry {
  const { legs } = market;
  const { units } = standing;
  const borrowing = rates.some(({ borrowPerUs }) => borrowPerUs > 0);

  const charge = (bar: number, money: number): void => {
    standing.cash -= money;
    if (!book.isBrief) book.paid[bar] = book.paid[bar]! + money;
    trips.charged(money);
  };
  return {
    hasInterest: financingPerUs > 0 || borrowing,
    hasFunding: legs.some((leg) => leg.fundingAtStart ?? leg.fundingInside),
    interest: (bar, us) => {
      let borrowed = Math.max(0, -standing.cash);
      for (let k = 0; k < units.length; k++) borrowed += Math.max(0, -units[k]! * marks[k]!);
      charge(bar, borrowed * financingPerUs * us);
      if (!borrowing) return;
      for (let k = 0; k < units.length; k++) {
        const money = Math.max(0, -units[k]! * marks[k]!) * rates[k]!.borrowPerUs * us;
        if (money === 0) continue;
        if (!book.isBrief) book.borrowed[k]![bar] = book.borrowed[k]![bar]! + money;
        charge(bar, money);
      }
    },
    funding: (bar, of) => {
      for (let k = 0; k < units.length; k++) {
        const rate = legs[k]![of]?.[bar] ?? 0;
        if (rate === 0 || units[k] === 0) continue;
        const money = units[k]! * marks[k]! * rate;
        if (!book.isBrief) book.funding[k]![bar] = book.funding[k]![bar]! + money;
        standing.cash -= money;
      }
    },
  };
}
