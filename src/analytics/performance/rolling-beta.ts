import { rollingOls } from "../regression/rolling-ols.ts";
import type { LegMetrics, RunMetrics } from "./run-metrics.ts";

/** β of the strategy's returns on a leg's, over the window of the rolling figures: NaN until there are so many. */
export function rollingBeta({ returns, rolling }: RunMetrics, leg: LegMetrics): Float64Array {
  const { window } = rolling;
  if (window < 3 || window > returns.length) return returns.map(() => Number.NaN);
  return rollingOls(returns, leg.returns, { window }).beta;
}
