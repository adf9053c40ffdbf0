import { requireFields, requireSettings } from "../../../core/arguments.ts";
import { requireBetween } from "../../checks.ts";
import { type BacktestSettings, briefRuns, runBacktest } from "../run-backtest.ts";
import { sharedSignals } from "../shared-signals.ts";
import type { Rule, Strategy } from "../strategy.ts";
import type { Market } from "../types.ts";

export interface BreakEvenSettings extends BacktestSettings {
  /** The dearest fee that is tried, basis points; 1000 unless told. */
  readonly mostBps?: number;
}

export interface BreakEvenCost {
  /**
   * The fee, in place of `costs.feeBps` and beside the other costs, at which the profit is 0: basis points of the money
   * that changes hands. NaN where it is not between 0 and `mostBps`.
   */
  readonly feeBps: number;
  /** `"found"`; `"no edge"`: nothing is earned even at a fee of 0; `"beyond"`: something still is at `mostBps`; `"no trades"`. */
  readonly verdict: "found" | "no edge" | "beyond" | "no trades";
  /** Money, at a fee of 0. */
  readonly profitAtNoFee: number;
  readonly roundTrips: number;
}

/**
 * How dear trading may become before a rule earns nothing.
 *
 * Runs the backtest at one fee after the other, halving the interval down to a thousandth of a basis point: exact where
 * sizes follow the equity, too, as profit over turnover is not. An edge below what the market asks is none.
 */
export function breakEvenCost(
  market: Market,
  strategy: Strategy | Rule,
  settings: BreakEvenSettings,
): BreakEvenCost {
  requireFields("breakEvenCost", "market", market, []);
  requireSettings("breakEvenCost", settings, ["mostBps", "startCash", "costs"]);

  const { mostBps = 1000, ...rest } = settings;
  requireBetween("breakEvenCost", "mostBps", mostBps, 0, 1000.001);
  const rule = sharedSignals()(strategy);
  const at = (feeBps: number) => ({ ...rest, costs: withFee(rest.costs, feeBps) });
  const free = runBacktest(market, rule, at(0));
  const run = briefRuns(market);
  const profitAt = (feeBps: number): number => run(rule, at(feeBps)).equity - free.startCash;
  const profitAtNoFee = free.equity[free.equity.length - 1]! - free.startCash;
  const known = { profitAtNoFee, roundTrips: free.roundTrips.length };
  const nothing = { feeBps: Number.NaN, ...known };
  if (free.fills.length === 0) return { ...nothing, verdict: "no trades" };
  if (profitAtNoFee <= 0) return { ...nothing, verdict: "no edge" };
  if (profitAt(mostBps) > 0) return { ...nothing, verdict: "beyond" };
  let [low, high] = [0, mostBps];
  while (high - low > 1e-3) {
    const middle = (low + high) / 2;
    if (profitAt(middle) > 0) low = middle;
    else high = middle;
  }
  return { feeBps: (low + high) / 2, verdict: "found", ...known };
}

/** One fee for every leg. */
function withFee(costs: BacktestSettings["costs"], feeBps: number): BacktestSettings["costs"] {
  const { legs, ...whole } = costs;
  return { ...whole, feeBps, ...(legs !== undefined && { legs: legs.map(({ feeBps: _, ...leg }) => leg) }) };
}
