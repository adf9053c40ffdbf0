import type { Decision, RunningRule } from "../strategy.ts";
import type { Market } from "../types.ts";
import { openAccount, type Terms } from "./account.ts";
import type { Book } from "./book.ts";
import { carryOf } from "./carry.ts";
import { targetOf } from "./decisions.ts";
import { markerOf } from "./mark.ts";
import { ordersOf } from "./orders.ts";
import { viewOf } from "./view.ts";

/** Takes a rule over a market, bar by bar, and writes the books. All has been checked. What the engine counted. */
export function simulate(
  market: Market,
  rule: RunningRule,
  terms: Terms,
  book: Book,
): Readonly<Record<string, number>> {
  const { length, startUs, intervalUs } = market;
  const { signals = {}, mainSignal, decide, nextLook } = rule;
  const main = mainSignal === undefined ? undefined : signals[mainSignal];
  const signalAt = (bar: number): number => main?.[bar] ?? Number.NaN;
  const account = openAccount(market, terms, book);
  const { standing, trips } = account;
  const { units } = standing;
  const view = viewOf(market, signals, standing);
  const { hasInterest, hasFunding, interest, funding } = carryOf(account);
  const { place, fill } = ordersOf(account, signalAt);
  const { mark, markOn } = markerOf(account, hasInterest || hasFunding);
  let isRuined = false;
  /** Before it the rule has nothing to say, as long as no order waits. */
  let lookAt = 0;
  for (let bar = 0; bar < length; ) {
    standing.bar = bar;
    const isHeldOver = standing.entryBar >= 0;
    if (isHeldOver && hasFunding) funding(bar, "fundingAtStart");
    if (isHeldOver && hasInterest) {
      const gapUs = startUs[bar]! - startUs[bar - 1]! - intervalUs;
      if (gapUs > 0) interest(bar, gapUs);
    }
    if (standing.waiting !== undefined) fill(bar, standing.waiting);
    if (standing.entryBar >= 0 && hasFunding) funding(bar, "fundingInside");
    const holdings = mark(bar);
    if (standing.entryBar >= 0 && hasInterest) interest(bar, intervalUs);
    const equity = standing.cash + holdings;
    if (!book.isBrief) book.cash[bar] = standing.cash;
    book.equity[bar] = equity;
    standing.equity = equity;
    if (equity <= 0 && !isRuined) {
      isRuined = true;
      place(bar, new Array<number>(units.length).fill(0), "ruin");
    }
    if (!isRuined && bar >= lookAt) {
      view.bar = bar;
      const decision = decide(view);
      if (decision !== undefined) {
        const target = targetOf(decision, market, bar, equity);
        place(bar, target, decision.reason ?? plainReason(target, units));
      }
      lookAt = standing.waiting === undefined && nextLook !== undefined ? nextLook(view) : bar + 1;
    }
    bar += 1;
    if (standing.waiting === undefined) bar = markOn(bar, Math.min(length, isRuined ? length : lookAt));
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
