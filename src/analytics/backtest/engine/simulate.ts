import type { Decision, RunningRule } from "../strategy.ts";
import type { Market } from "../types.ts";
import { openAccount, type Terms } from "./account.ts";
import type { Book } from "./book.ts";
import { carryOf } from "./carry.ts";
import { targetOf } from "./decisions.ts";
import { ordersOf } from "./orders.ts";
import { viewOf } from "./view.ts";

/** Takes a rule over a market, bar by bar, and writes the books. All has been checked. What the engine counted. */
export function simulate(
  market: Market,
  rule: RunningRule,
  terms: Terms,
  book: Book,
): Readonly<Record<string, number>> {
  const { length, legs, startUs, intervalUs } = market;
  const { signals = {}, mainSignal, decide } = rule;
  const main = mainSignal === undefined ? undefined : signals[mainSignal];
  const signalAt = (bar: number): number => main?.[bar] ?? Number.NaN;
  const closes = legs.map(({ close }) => close);
  const account = openAccount(market, terms, book);
  const { standing, marks, trips } = account;
  const { units } = standing;
  const view = viewOf(market, signals, standing);
  const { hasInterest, hasFunding, interest, funding } = carryOf(account);
  const { place, fill } = ordersOf(account, signalAt);
  const { cash: cashes, equity: equities, exposure: exposures, units: held } = book;
  let isRuined = false;
  for (let bar = 0; bar < length; bar++) {
    standing.bar = bar;
    const isHeldOver = standing.entryBar >= 0;
    if (isHeldOver && hasFunding) funding(bar, "fundingAtStart");
    if (isHeldOver && hasInterest) {
      const gapUs = startUs[bar]! - startUs[bar - 1]! - intervalUs;
      if (gapUs > 0) interest(bar, gapUs);
    }
    if (standing.waiting !== undefined) fill(bar, standing.waiting);
    if (standing.entryBar >= 0 && hasFunding) funding(bar, "fundingInside");
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
      if (hasInterest) interest(bar, intervalUs);
    }
    const equity = standing.cash + holdings;
    cashes[bar] = standing.cash;
    equities[bar] = equity;
    standing.equity = equity;
    if (equity <= 0 && !isRuined) {
      isRuined = true;
      place(bar, new Array<number>(units.length).fill(0), "ruin");
    }
    if (isRuined) continue;
    view.bar = bar;
    const decision = decide(view);
    if (decision !== undefined) {
      const target = targetOf(decision, market, bar, equity);
      place(bar, target, decision.reason ?? plainReason(target, units));
    }
  }
  const last = length - 1;
  const endUs = startUs[last]! + intervalUs;
  trips.end({ bar: last, timeUs: endUs, signal: signalAt(last), equity: standing.equity });
  return standing.tooSmall === 0 ? {} : { tooSmall: standing.tooSmall };
}

function plainReason(target: readonly number[], units: Float64Array): NonNullable<Decision["reason"]> {
  if (target.every((value) => value === 0)) return "exit";
  return units.every((value) => value === 0) ? "entry" : "change";
}
