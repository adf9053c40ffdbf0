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
 * Andrews' (1991) lag rule for Bartlett weights, from the first autocorrelation ρ of the residuals:
 * 1.1447 (4 ρ² n / (1 − ρ²)²)^⅓, at most a quarter of the sample and 2000. The residuals of a pair remember for long, and
 * the rule above, which knows the sample's size alone, would make their bands too narrow.
 */
export function andrewsLags(residuals: Float64Array): number {
  const n = residuals.length;
  const rho = laggedProduct(residuals, residuals, 1) / laggedProduct(residuals, residuals, 0);
  const memory = (4 * rho * rho) / (1 - rho * rho) ** 2;
  const lags = Math.floor(1.1447 * Math.cbrt(memory * n));
  return Math.min(Number.isNaN(lags) ? 0 : lags, Math.floor(n / 4), 2000);
}

/**
 * The covariance of the coefficients, intercept first where there is one.
 *
 * It comes from R, and for robust errors from Q, without a matrix of cross-products. HAC has no small-sample factor,
 * like statsmodels unless told.
 */
export function coefficientCovariance(
  fit: LeastSquares,
  intercept: boolean,
  kind: ErrorKind,
  lags: number,
): readonly Float64Array[] {
  const n = fit.residuals.length;
  const rows = loadings(fit, intercept);
  const freedom = n - rows.length;
  if (kind === "classical") {
    const variance = fit.residualSquares / freedom;
    return symmetric(rows.length, (j, k) => variance * laggedProduct(rows[j]!, rows[k]!, 0));
  }
  const basis = orthonormalBasis(fit, intercept);
  const scores = rows.map((row) => combine(row, basis));
  for (let i = 0; i < n; i++) {
    const leverage = basis.reduce((sum, column) => sum + column[i]! ** 2, 0);
    const weight = fit.residuals[i]! * INFLATION[kind](leverage, n / freedom);
    for (const score of scores) score[i]! *= weight;
  }
  return symmetric(rows.length, (j, k) => {
    let sum = laggedProduct(scores[j]!, scores[k]!, 0);
    for (let lag = 1; kind === "HAC" && lag <= Math.min(lags, n - 1); lag++) {
      const both = laggedProduct(scores[j]!, scores[k]!, lag) + laggedProduct(scores[k]!, scores[j]!, lag);
      sum += (1 - lag / (lags + 1)) * both;
    }
    return sum;
  });
}

/** What a residual counts for, by its leverage and n / degrees of freedom. */
const INFLATION: Readonly<
  Record<Exclude<ErrorKind, "classical">, (h: number, perFreedom: number) => number>
> = {
  HC0: () => 1,
  HC1: (_, perFreedom) => Math.sqrt(perFreedom),
  HC2: (h) => 1 / Math.sqrt(1 - h),
  HC3: (h) => 1 / (1 - h),
  HAC: () => 1,
};

/** The coefficients, a row each, as combinations of what y has along each column of the orthonormal basis. */
function loadings(fit: LeastSquares, intercept: boolean): Float64Array[] {
  const { r } = fit.factors;
  const width = r.length;
  const first = intercept ? 1 : 0;
  const slopes = r.map(() => new Float64Array(width + first));
  for (let k = 0; k < width; k++) {
    const unit = new Float64Array(width);
    unit[k] = 1;
    // column k of R⁻¹, with the scales of the columns taken back
    solveUpper(r, unit).forEach((value, j) => {
      slopes[j]![first + k] = value / fit.scales[j]!;
    });
  }
  if (!intercept) return slopes;
  const constant = new Float64Array(width + 1);
  slopes.forEach((row, j) => {
    row.forEach((value, k) => {
      constant[k]! -= fit.means[j]! * value;
    });
  });
  constant[0] = 1 / Math.sqrt(fit.residuals.length);
  return [constant, ...slopes];
}

/** Orthonormal columns that span the regressors, the constant first where there is one. */
function orthonormalBasis(fit: LeastSquares, intercept: boolean): Float64Array[] {
  const n = fit.residuals.length;
  const q = fit.factors.r.map((_, j) => {
    const column = new Float64Array(n);
    column[j] = 1;
    fit.factors.apply(column);
    return column;
  });
  return intercept ? [new Float64Array(n).fill(1 / Math.sqrt(n)), ...q] : q;
}

function combine(weights: Float64Array, columns: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(columns[0]!.length);
  columns.forEach((column, k) => {
    const weight = weights[k]!;
    for (let i = 0; i < out.length; i++) out[i]! += weight * column[i]!;
  });
  return out;
}

/** Σ a[i] b[i − lag]. */
function laggedProduct(a: Float64Array, b: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < a.length; i++) sum += a[i]! * b[i - lag]!;
  return sum;
}

function symmetric(size: number, entry: (j: number, k: number) => number): Float64Array[] {
  const out = Array.from({ length: size }, () => new Float64Array(size));
  for (let j = 0; j < size; j++) for (let k = 0; k <= j; k++) out[j]![k] = out[k]![j] = entry(j, k);
  return out;
}
