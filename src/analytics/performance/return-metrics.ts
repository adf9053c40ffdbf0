import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireBetween, requireFinite } from "../checks.ts";
import { centre, dot } from "../mean.ts";
import { completeRows } from "../regression/complete-rows.ts";
import { requireRate } from "./checks.ts";

export interface ReturnMetricsSettings {
  /** Returns a year: 365 for daily ones of markets that never close. */
  readonly perYear: number;
  /** A year; 0 unless given. */
  readonly riskFree?: number;
  /** Share of the returns that are the tail; 0.05 unless given. */
  readonly tail?: number;
}

/** What simple returns, one a period, say by themselves. NaN where a figure is not defined. */
export interface ReturnMetrics {
  readonly nobs: number;
  /** Deviation (n − 1) · √perYear. */
  readonly volatility: number;
  /** Mean over deviation (n − 1) of what is above the risk-free rate · √perYear. */
  readonly sharpe: number;
  /** Its standard error without autocorrelation (Mertens 2002): √((1 − g₁ s + (g₂ − 1) s² / 4) / n) · √perYear, s a period. */
  readonly sharpeError: number;
  /** Of neighbouring returns; √perYear holds where it is near 0. */
  readonly autocorrelation: number;
  /** Mean above the risk-free rate over √(mean of min(r − rate, 0)²), all returns counted, · √perYear. */
  readonly sortino: number;
  /** Sum of what lies above the risk-free rate over the sum of what lies below. */
  readonly omega: number;
  /** The `tail` quantile of the returns, interpolated: below 0 it is a loss. A period. */
  readonly valueAtRisk: number;
  /** Mean of the 1 + ⌊tail (n − 1)⌋ lowest returns. */
  readonly expectedShortfall: number;
  /** |quantile 1 − tail| over |quantile tail|. */
  readonly tailRatio: number;
  /** m₃ / m₂^(3/2), divisor n. */
  readonly skewness: number;
  /** m₄ / m₂², divisor n: 3 for the normal. */
  readonly kurtosis: number;
  readonly best: number;
  readonly worst: number;
  /** Share of returns above 0. */
  readonly positive: number;
}

const NAN = Number.NaN;
// a return is a ratio of two rounded numbers, less 1
const ROUNDING = 1e-15;

/**
 * The figures of a tear sheet that need nothing but returns. Missing ones are left out. The risk-free rate of a period is
 * (1 + riskFree)^(1 / perYear) − 1. Returns that vary by rounding alone have a deviation of 0, and no Sharpe ratio.
 */
export function returnMetrics(returns: Float64Array, settings: ReturnMetricsSettings): ReturnMetrics {
  const where = "returnMetrics";
  requireColumns(where, { returns });
  requireSettings(where, settings, ["perYear", "riskFree", "tail"]);

  const { perYear, riskFree = 0, tail = 0.05 } = settings;
  requireBetween(where, "perYear", perYear, 0, Number.POSITIVE_INFINITY);
  requireRate(where, riskFree);
  requireBetween(where, "tail", tail, 0, 0.5);
  requireFinite(where, "returns", returns);
  return metricsOf(completeRows([returns]).columns[0]!, perYear, riskFree, tail);
}

function metricsOf(r: Float64Array, perYear: number, riskFree: number, tail: number): ReturnMetrics {
  const n = r.length;
  if (n === 0) return { ...NOTHING, nobs: 0 };
  const root = Math.sqrt(perYear);
  const rate = periodRate(riskFree, perYear);
  const { values: off, mean } = centre(r);
  const m2 = dot(off, off) / n;
  const deviation = n < 2 ? NAN : Math.sqrt((m2 * n) / (n - 1));
  const varies = deviation > ROUNDING;
  let [m3, m4, above, below, downside, positive, neighbours] = [0, 0, 0, 0, 0, 0, 0];
  for (let t = 0; t < n; t++) {
    const d = off[t]!;
    m3 += d * d * d;
    m4 += d * d * d * d;
    const excess = r[t]! - rate;
    if (excess > 0) above += excess;
    else {
      below -= excess;
      downside += excess * excess;
    }
    if (r[t]! > 0) positive += 1;
    if (t > 0) neighbours += d * off[t - 1]!;
  }
  const skewness = varies ? m3 / n / m2 ** 1.5 : NAN;
  const kurtosis = varies ? m4 / n / (m2 * m2) : NAN;
  const sharpe = varies ? (mean - rate) / deviation : NAN;
  const error = Math.sqrt((1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe) / n);
  const sorted = r.slice().sort();
  const low = quantile(sorted, tail);
  return {
    nobs: n,
    volatility: (varies || n < 2 ? deviation : 0) * root,
    sharpe: sharpe * root,
    sharpeError: error * root,
    autocorrelation: varies ? neighbours / (m2 * n) : NAN,
    sortino: n > 1 && downside > 0 ? ((mean - rate) / Math.sqrt(downside / n)) * root : NAN,
    omega: n > 1 && below > 0 ? above / below : NAN,
    valueAtRisk: low,
    expectedShortfall: meanOfFirst(sorted, 1 + Math.floor(tail * (n - 1))),
    tailRatio: low !== 0 ? Math.abs(quantile(sorted, 1 - tail) / low) : NAN,
    skewness,
    kurtosis,
    best: sorted[n - 1]!,
    worst: sorted[0]!,
    positive: positive / n,
  };
}

/** The risk-free rate of one period. */
export function periodRate(riskFree: number, perYear: number): number {
  return Math.expm1(Math.log1p(riskFree) / perYear);
}

/** Of a window that has no returns to speak of. */
export const NOTHING: ReturnMetrics = {
  nobs: 0,
  volatility: NAN,
  sharpe: NAN,
  sharpeError: NAN,
  autocorrelation: NAN,
  sortino: NAN,
  omega: NAN,
  valueAtRisk: NAN,
  expectedShortfall: NAN,
  tailRatio: NAN,
  skewness: NAN,
  kurtosis: NAN,
  best: NAN,
  worst: NAN,
  positive: NAN,
};

/** Interpolated between neighbours, at p (n − 1): the usual one (Hyndman and Fan's type 7). */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
}

function meanOfFirst(sorted: Float64Array, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += sorted[k]!;
  return sum / count;
}
