import { requireKnown } from "../../core/arguments.ts";
import { quote, refuse } from "../../core/errors.ts";
import { requireBetween, requireSameLength } from "../checks.ts";
import { completeCosts } from "./costs.ts";
import type { Terms } from "./engine/account.ts";
import { clearBrief, newBook } from "./engine/book.ts";
import { simulate } from "./engine/simulate.ts";
import { requireMarket } from "./market-checks.ts";
import type { Memo, Rule, RunningRule, Strategy } from "./strategy.ts";
import type { Backtest, Costs, Market } from "./types.ts";

export interface BacktestSettings {
  /** Quote units; 100,000 unless told. */
  readonly startCash?: number;
  /** 0 for what is not named: `{}` is trading for nothing, and has to be said. */
  readonly costs: Partial<Costs>;
}

/**
 * What a rule would have come to on a market.
 *
 * The rule decides at the close of a bar. Its order is filled at the open of the first later bar in which every leg of
 * the order traded; all its legs are filled there. Until then a later decision takes its place. A price that is stale
 * or not known (NaN) never fills: it only marks what is held, at the last close that was known.
 *
 * Costs come on the turnover of each leg: half-spread and slippage make the price worse, the fee is on the money at that
 * price. Financing is on the value of short legs and on cash below 0, while something is held, by the time of the bars
 * (a year of 365 days). Nothing is closed at the end of the data. When the equity is gone the position is closed and
 * the rule is asked no more.
 */
export function runBacktest(market: Market, strategy: Strategy | Rule, settings: BacktestSettings): Backtest {
  const where = "runBacktest";
  requireMarket(where, market);
  const terms = completeTerms(where, settings);
  const rule = begun(where, strategy, market);
  const { isBrief, totals, ...book } = newBook(market.length, market.legs.length, { isBrief: false });
  const counted = simulate(market, rule, terms, { isBrief, totals, ...book });
  const { name, settings: chosen } = typeof strategy === "function" ? OWN_RULE : strategy;
  const ran = { market, strategy: { name, settings: chosen } };
  return { ...ran, ...terms, ...book, signals: rule.signals ?? {}, counts: { ...rule.counts, ...counted } };
}

/** What is kept of a run of which no more is asked for. */
export interface BriefRun {
  /** At the last close. */
  readonly equity: number;
  /** Open ones included. */
  readonly roundTrips: number;
}

/** Runs on one market, one after the other, whose ledgers nobody asks for: to the last bit those of `runBacktest`. */
export function briefRuns(
  market: Market,
): (strategy: Strategy | Rule, settings: BacktestSettings) => BriefRun {
  const where = "runBacktest";
  requireMarket(where, market);
  const book = newBook(market.length, market.legs.length, { isBrief: true });
  return (strategy, settings) => {
    const terms = completeTerms(where, settings);
    const rule = begun(where, strategy, market);
    clearBrief(book);
    simulate(market, rule, terms, book);
    return { equity: book.equity[market.length - 1] ?? terms.startCash, roundTrips: book.roundTrips.length };
  };
}

/** What a bare rule is called. */
export const OWN_RULE: Pick<Strategy, "name" | "settings"> = { name: "a rule of one's own", settings: {} };

/** The settings, checked and with nothing left open. */
export function completeTerms(where: string, settings: BacktestSettings): Terms {
  requireKnown(where, "settings", settings, ["startCash", "costs"]);
  const { startCash = 100_000, costs } = settings;
  requireBetween(where, "startCash", startCash, 0, Number.POSITIVE_INFINITY);
  return { startCash, costs: completeCosts(where, costs) };
}

/** A strategy that has begun on a market. Refuses signals that do not lie on its bars, and too few bars for the rule. */
export function begun(where: string, strategy: Strategy | Rule, market: Market, memo?: Memo): RunningRule {
  const rule = runningRule(where, strategy, market, memo);
  const { signals = {}, warmUpBars = 0 } = rule;
  const { length } = market;
  for (const [name, values] of Object.entries(signals))
    requireSameLength(where, { market: length, [`signal ${name}`]: values?.length });
  if (warmUpBars <= length) return rule;
  refuse({
    code: "too-few-bars",
    where,
    problem: `needs ${warmUpBars} bars before the first decision can be taken; the market has ${length}`,
    hint: "Take shorter windows, or more bars.",
    facts: { warmUpBars, length },
  });
}

/** The rule of a strategy on a market; a bare one is its own. */
export function runningRule(
  where: string,
  strategy: Strategy | Rule,
  market: Market,
  memo?: Memo,
): RunningRule {
  const rule: Partial<RunningRule> | undefined =
    typeof strategy === "function" ? { decide: strategy } : strategy?.begin?.(market, memo);
  if (typeof rule?.decide === "function") return rule as RunningRule;
  return refuse({
    code: "bad-strategy",
    where,
    problem: `needs a strategy, whose begin gives a rule with a function decide, or such a function itself; got ${quote(strategy, 60)}`,
    hint: "Pass meanReversion({ … }), or (view) => ({ units: [1, 0] }).",
  });
}
