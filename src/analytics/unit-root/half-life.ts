import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireBetween, requireCount, requireFinite } from "../checks.ts";
import { studentQuantile } from "../distributions/student-t.ts";
import { completeRows } from "../regression/complete-rows.ts";
import { leastSquares } from "../regression/least-squares.ts";

export interface HalfLifeSettings {
  /** Of the interval `low` to `high`; 0.95 unless given. */
  readonly confidence?: number;
}

export interface HalfLifeResult {
  /** Least squares of s[t] = a + φ s[t−1] + e. */
  readonly phi: number;
  readonly standardError: number;
  /** ln ½ / ln φ of that φ, the usual figure; 0 where φ ≤ 0, Infinity where φ ≥ 1. It is too short in small samples. */
  readonly halfLifeBars: number;
  /** φ with Kendall's (1954) correction of its bias: (n φ + 1) / (n − 3). */
  readonly correctedPhi: number;
  readonly correctedHalfLifeBars: number;
  /** Of the corrected half-life; Infinity where a series that never returns cannot be told apart. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly nobs: number;
  readonly sentence: string;
}

/**
 * How many bars until half of a deviation from the mean is gone, if the spread is an autoregression of order one.
 *
 * Least squares finds φ too small, and so the half-life too short: at 200 bars and a true 34 the usual figure has a
 * median of 18, the corrected one of 37. The interval is of the corrected φ, by Student's t. Measured coverage of a
 * stated 95 %: 93 to 94 % where the window holds twenty half-lives or more, 91 % at ten, 88 to 90 % at three to six.
 * Pairs of bars with a NaN are left out.
 */
export function halfLife(spread: Float64Array, settings: HalfLifeSettings = {}): HalfLifeResult {
  const where = "halfLife";
  requireColumns(where, { spread });
  requireSettings(where, settings, ["confidence"]);

  const { confidence = 0.95 } = settings;
  requireBetween(where, "confidence", confidence, 0, 1);
  requireFinite(where, "spread", spread);
  const { columns } = completeRows([spread.subarray(1), spread.subarray(0, -1)]);
  const [now, before] = columns as [Float64Array, Float64Array];
  const nobs = now.length;
  requireCount(where, nobs, 4, "that follow another, for a regression on the bar before and its correction");
  const fit = leastSquares(where, now, [before], true, ["the bar before"]);
  const phi = fit.beta[0]!;
  const standardError = Math.sqrt(fit.residualSquares / (nobs - 2)) / fit.scales[0]!;
  const correctedPhi = (nobs * phi + 1) / (nobs - 3);
  const reach = (studentQuantile((1 + confidence) / 2, nobs - 2) * standardError * nobs) / (nobs - 3);
  const [low, high] = [barsOf(correctedPhi - reach), barsOf(correctedPhi + reach)];
  const correctedHalfLifeBars = barsOf(correctedPhi);
  const percent = Number((100 * confidence).toPrecision(4));
  const until =
    high === Number.POSITIVE_INFINITY ? "no end that the window can show" : `${high.toFixed(1)} bars`;
  const interval =
    low === Number.POSITIVE_INFINITY ? "no return at all" : `${low.toFixed(1)} bars to ${until}`;
  const length =
    correctedHalfLifeBars === Number.POSITIVE_INFINITY
      ? "The spread does not return to its mean in this window"
      : correctedHalfLifeBars === 0
        ? "A deviation is gone within one bar"
        : `Half of a deviation is gone after ${correctedHalfLifeBars.toFixed(1)} bars`;
  return {
    phi,
    standardError,
    halfLifeBars: barsOf(phi),
    correctedPhi,
    correctedHalfLifeBars,
    low,
    high,
    confidence,
    nobs,
    sentence: `${length} (${percent} % interval: ${interval}; ${nobs} observations, corrected for bias).`,
  };
}

function barsOf(phi: number): number {
  if (phi <= 0) return 0;
  return phi >= 1 ? Number.POSITIVE_INFINITY : Math.log(0.5) / Math.log(phi);
}
