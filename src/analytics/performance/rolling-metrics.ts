import { rollingMean, rollingStd } from "../rolling/rolling.ts";
import { periodRate } from "./return-metrics.ts";
import { rollingDrawdown } from "./rolling-drawdown.ts";
import { DAY_US, type Sampling } from "./sampling.ts";

/** The last `window` returns at each period's end: causal, NaN until there are so many and after ruin. */
export interface RollingMetrics {
  /** In periods. */
  readonly window: number;
  readonly endUs: Float64Array;
  /** NaN where the returns in view do not vary. */
  readonly sharpe: Float64Array;
  readonly volatility: Float64Array;
  /** The deepest fall in view, at most 0. */
  readonly drawdown: Float64Array;
}

export function rollingMetrics(
  start: number,
  values: Float64Array,
  returns: Float64Array,
  sampling: Sampling,
  { days, riskFree }: { readonly days: number; readonly riskFree: number },
): RollingMetrics {
  const { endUs, perYear, periodUs } = sampling;
  const window = Math.max(2, Math.round((days * DAY_US) / periodUs));
  if (window > returns.length) {
    const none = returns.map(() => Number.NaN);
    return { window, endUs, sharpe: none, volatility: none, drawdown: none };
  }
  const root = Math.sqrt(perYear);
  const rate = periodRate(riskFree, perYear);
  const mean = rollingMean(returns, { window });
  const deviation = rollingStd(returns, { window });
  return {
    window,
    endUs,
    sharpe: mean.map((value, k) =>
      deviation[k]! > 1e-15 ? ((value - rate) / deviation[k]!) * root : Number.NaN,
    ),
    volatility: deviation.map((value) => value * root),
    drawdown: rollingDrawdown(start, values, window).map((fall, k) =>
      Number.isNaN(returns[k]!) ? Number.NaN : fall,
    ),
  };
}
