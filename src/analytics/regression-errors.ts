import type { LeastSquares } from "./least-squares.ts";
import { solveUpper } from "./qr.ts";

/**
 * Which errors of the coefficients: `"classical"` supposes residuals of one variance, `"HC0"` to `"HC3"` (White;
 * MacKinnon and White) any variances, `"HAC"` (Newey and West, Bartlett weights) autocorrelation as well.
 */
export type ErrorKind = "classical" | "HC0" | "HC1" | "HC2" | "HC3" | "HAC";

export const ERROR_KINDS: readonly ErrorKind[] = ["classical", "HC0", "HC1", "HC2", "HC3", "HAC"];

/** Newey and West's lag rule: ⌊4 (n / 100)^(2/9)⌋. */
export function defaultHacLags(nobs: number): number {
  return Math.floor(4 * (nobs / 100) ** (2 / 9));
}

/**
 * The covariance of the coefficients, intercept first where there is one.
 *
 * Each coefficient is Σ aᵢ yᵢ; its errors are sums over the aᵢ, which come from Q and R without a matrix of
 * cross-products. HAC has no small-sample factor, like statsmodels unless told.
 */
export function coefficientCovariance(
  fit: LeastSquares,
  intercept: boolean,
  kind: ErrorKind,
  lags: number,
): readonly Float64Array[] {
  const n = fit.residuals.length;
  const { weights, leverage } = influence(fit, intercept);
  const freedom = n - weights.length;
  const product = (a: Float64Array, b: Float64Array, lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += a[i]! * b[i - lag]!;
    return sum;
  };
  const symmetric = (entry: (j: number, k: number) => number): Float64Array[] => {
    const out = weights.map(() => new Float64Array(weights.length));
    for (let j = 0; j < out.length; j++) for (let k = 0; k <= j; k++) out[j]![k] = out[k]![j] = entry(j, k);
    return out;
  };
  if (kind === "classical") {
    const variance = fit.residualSquares / freedom;
    return symmetric((j, k) => variance * product(weights[j]!, weights[k]!, 0));
  }
  const inflate: Record<Exclude<ErrorKind, "classical">, (h: number) => number> = {
    HC0: () => 1,
    HC1: () => Math.sqrt(n / freedom),
    HC2: (h) => 1 / Math.sqrt(1 - h),
    HC3: (h) => 1 / (1 - h),
    HAC: () => 1,
  };
  const scores = weights.map((row) => row.map((a, i) => a * fit.residuals[i]! * inflate[kind](leverage[i]!)));
  return symmetric((j, k) => {
    let sum = product(scores[j]!, scores[k]!, 0);
    for (let lag = 1; kind === "HAC" && lag <= Math.min(lags, n - 1); lag++) {
      const both = product(scores[j]!, scores[k]!, lag) + product(scores[k]!, scores[j]!, lag);
      sum += (1 - lag / (lags + 1)) * both;
    }
    return sum;
  });
}

/** The aᵢ of every coefficient, intercept first, and the leverage of every row. */
function influence(
  fit: LeastSquares,
  intercept: boolean,
): { weights: Float64Array[]; leverage: Float64Array } {
  const n = fit.residuals.length;
  const { r, apply } = fit.factors;
  const width = r.length;
  const q = r.map((_, j) => {
    const column = new Float64Array(n);
    column[j] = 1;
    apply(column);
    return column;
  });
  const leverage = new Float64Array(n).fill(intercept ? 1 / n : 0);
  for (const column of q) for (let i = 0; i < n; i++) leverage[i]! += column[i]! * column[i]!;
  // R⁻¹, column by column, with the scales of the columns taken back
  const inverse = r.map((_, k) => {
    const unit = new Float64Array(width);
    unit[k] = 1;
    return solveUpper(r, unit);
  });
  const slopes = r.map((_, j) => {
    const row = new Float64Array(n);
    for (let k = j; k < width; k++) {
      const factor = inverse[k]![j]! / fit.scales[j]!;
      for (let i = 0; i < n; i++) row[i]! += factor * q[k]![i]!;
    }
    return row;
  });
  if (!intercept) return { weights: slopes, leverage };
  const constant = new Float64Array(n).fill(1 / n);
  slopes.forEach((row, j) => {
    for (let i = 0; i < n; i++) constant[i]! -= fit.means[j]! * row[i]!;
  });
  return { weights: [constant, ...slopes], leverage };
}
