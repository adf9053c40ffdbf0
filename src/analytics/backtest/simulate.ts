import type { Book, OpenOrder, Waiting } from "./book.ts";
import { legCosts } from "./costs.ts";
import { targetOf } from "./decisions.ts";
import { roundTripBook, sideOf } from "./round-trips.ts";
import type { Decision, RunningRule } from "./strategy.ts";
import type { Costs, LegCosts, Market, Reason } from "./types.ts";
import { type Standing, viewOf } from "./view.ts";

export interface Terms {
  readonly startCash: number;
  readonly costs: Costs;
}

/** Takes a rule over a market, bar by bar, and writes the books. All has been checked. */
export function simulate(market: Market, rule: RunningRule, { startCash, costs }: Terms, book: Book): void {
  const { length, legs, startUs, intervalUs } = market;
  const { signals = {}, mainSignal, decide } = rule;
  const main = mainSignal === undefined ? undefined : signals[mainSignal];
  const signalAt = (bar: number): number => main?.[bar] ?? Number.NaN;
  const opens = legs.map(({ open }) => open);
  const closes = legs.map(({ close }) => close);
  const units = new Float64Array(legs.length);
  const marks = new Float64Array(legs.length);
  const standing: Standing = {
    bar: 0,
    cash: startCash,
    equity: startCash,
    entryBar: -1,
    waiting: undefined,
    units,
  };
  const view = viewOf(market, signals, standing);
  const trips = roundTripBook(book.roundTrips);
  const perLeg = legs.map((_, k) => rates(legCosts(costs, k)));
  const borrowing = perLeg.some(({ borrowPerUs }) => borrowPerUs > 0);
  const financingPerUs = costs.financingBpsPerYear / 10_000 / YEAR_US;

  const charge = (bar: number, money: number): void => {
    standing.cash -= money;
    book.paid[bar] = book.paid[bar]! + money;
    trips.charged(money);
  };

  const finance = (bar: number, us: number): void => {
    let borrowed = Math.max(0, -standing.cash);
    for (let k = 0; k < units.length; k++) borrowed += Math.max(0, -units[k]! * marks[k]!);
    charge(bar, borrowed * financingPerUs * us);
    if (!borrowing) return;
    for (let k = 0; k < units.length; k++) {
      const money = Math.max(0, -units[k]! * marks[k]!) * perLeg[k]!.borrowPerUs * us;
      if (money === 0) continue;
      book.borrowed[k]![bar] = book.borrowed[k]![bar]! + money;
      charge(bar, money);
    }
  };

  /** A rate that is settled: what a long pays, a short receives. */
  const settle = (bar: number, of: "fundingAtStart" | "fundingInside"): void => {
    for (let k = 0; k < units.length; k++) {
      const rate = legs[k]![of]?.[bar] ?? 0;
      if (rate === 0 || units[k] === 0) continue;
      const money = units[k]! * marks[k]! * rate;
      book.funding[k]![bar] = book.funding[k]![bar]! + money;
      standing.cash -= money;
    }
  };

  const trades = (bar: number, { orders }: Waiting): boolean => {
    for (const { leg } of orders) if (Number.isNaN(opens[leg]![bar]!)) return false;
    return true;
  };

  const fill = (bar: number, { bar: decided, reason, target, orders }: Waiting): void => {
    const timeUs = startUs[bar]!;
    const sideBefore = sideOf(units);
    for (const { leg } of orders) marks[leg] = opens[leg]![bar]!;
    let valueBefore = standing.cash;
    for (let k = 0; k < units.length; k++) valueBefore += units[k]! * marks[k]!;
    let [closing, opening] = [0, 0];
    for (const order of orders) {
      const { leg, quantity } = order;
      const open = marks[leg]!;
      const size = Math.abs(quantity);
      const { feeBps, halfSpreadBps, slippageBps, worse } = perLeg[leg]!;
      const price = open * (1 + Math.sign(quantity) * worse);
      const fee = (size * price * feeBps) / 10_000;
      const spreadCost = (size * open * halfSpreadBps) / 10_000;
      const slippageCost = (size * open * slippageBps) / 10_000;
      const cost = fee + spreadCost + slippageCost;
      // what is traded against the position closes it, and opens only what goes beyond
      const closes = quantity * units[leg]! < 0 ? Math.min(1, Math.abs(units[leg]!) / size) : 0;
      closing += closes * cost;
      opening += (1 - closes) * cost;
      standing.cash -= quantity * price + fee;
      units[leg] = target[leg]!;
      book.turnover[bar] = book.turnover[bar]! + size * price;
      order.state = "filled";
      const paid = { price, fee, spreadCost, slippageCost };
      book.fills.push({ order: order.id, bar, timeUs, leg, quantity, open, ...paid });
    }
    book.paid[bar] = book.paid[bar]! + closing + opening;
    const side = sideOf(units);
    if (side !== sideBefore) standing.entryBar = side === 0 ? -1 : bar;
    standing.waiting = undefined;
    trips.dealt({
      bar,
      timeUs,
      reason,
      signal: signalAt(decided),
      units,
      notional: absoluteValue(units, marks),
      valueBefore,
      closing,
      opening,
    });
  };

  const order = (bar: number, target: readonly number[], reason: Reason): void => {
    const { waiting } = standing;
    if (isSame(target, waiting?.target ?? units)) return;
    for (const replaced of waiting?.orders ?? []) replaced.state = "cancelled";
    const orders: OpenOrder[] = [];
    for (let leg = 0; leg < units.length; leg++) {
      const quantity = target[leg]! - units[leg]!;
      if (quantity === 0) continue;
      const timeUs = startUs[bar]! + intervalUs;
      orders.push({ id: book.orders.length, bar, timeUs, leg, quantity, reason, state: "open" });
      book.orders.push(orders.at(-1)!);
    }
    standing.waiting = orders.length === 0 ? undefined : { bar, reason, target, orders };
  };

  const hasFunding = legs.some((leg) => leg.fundingAtStart ?? leg.fundingInside);
  const { cash: cashes, equity: equities, exposure: exposures, units: held } = book;
  let isRuined = false;
  for (let bar = 0; bar < length; bar++) {
    standing.bar = bar;
    const isHeldOver = standing.entryBar >= 0;
    if (isHeldOver && hasFunding) settle(bar, "fundingAtStart");
    if (isHeldOver && (financingPerUs > 0 || borrowing)) {
      const gapUs = startUs[bar]! - startUs[bar - 1]! - intervalUs;
      if (gapUs > 0) finance(bar, gapUs);
    }
    if (standing.waiting !== undefined && trades(bar, standing.waiting)) fill(bar, standing.waiting);
    if (standing.entryBar >= 0 && hasFunding) settle(bar, "fundingInside");
    let holdings = 0;
    if (standing.entryBar >= 0) {
      let exposure = 0;
      for (let k = 0; k < units.length; k++) {
        const close = closes[k]![bar]!;
        if (!Number.isNaN(close)) marks[k] = close;
        const value = units[k]! * marks[k]!;
        holdings += value;
        exposure += Math.abs(value);
        held[k]![bar] = units[k]!;
      }
      exposures[bar] = exposure;
      if (financingPerUs > 0 || borrowing) finance(bar, intervalUs);
    }
    const equity = standing.cash + holdings;
    cashes[bar] = standing.cash;
    equities[bar] = equity;
    standing.equity = equity;
    if (equity <= 0 && !isRuined) {
      isRuined = true;
      order(bar, new Array<number>(units.length).fill(0), "ruin");
    }
    if (isRuined) continue;
    view.bar = bar;
    const decision = decide(view);
    if (decision !== undefined) {
      const target = targetOf(decision, market, bar, equity);
      order(bar, target, decision.reason ?? plainReason(target, units));
    }
  }
  const last = length - 1;
  trips.end({
    bar: last,
    timeUs: startUs[last]! + intervalUs,
    signal: signalAt(last),
    equity: standing.equity,
  });
}

const YEAR_US = 365 * 86_400e6;

/** What a leg's fills and its borrowing cost: a maker's part pays the maker's fee, and no half-spread. */
function rates(costs: LegCosts) {
  const { feeBps, halfSpreadBps, slippageBps, makerFeeBps = 0, makerShare = 0, borrowBpsPerYear = 0 } = costs;
  const spread = makerShare === 0 ? halfSpreadBps : (1 - makerShare) * halfSpreadBps;
  return {
    feeBps: makerShare === 0 ? feeBps : (1 - makerShare) * feeBps + makerShare * makerFeeBps,
    halfSpreadBps: spread,
    slippageBps,
    worse: (spread + slippageBps) / 10_000,
    borrowPerUs: borrowBpsPerYear / 10_000 / YEAR_US,
  };
}

function plainReason(target: readonly number[], units: Float64Array): NonNullable<Decision["reason"]> {
  if (target.every((value) => value === 0)) return "exit";
  return units.every((value) => value === 0) ? "entry" : "change";
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

function absoluteValue(units: Float64Array, prices: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < units.length; k++) sum += Math.abs(units[k]! * prices[k]!);
  return sum;
}
