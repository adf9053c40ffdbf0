import { requireFinite, requireSameLength } from "./checks.ts";
import { completeRows } from "./complete-rows.ts";
import { leastSquares } from "./least-squares.ts";

export interface OlsSettings {
  /** A constant beside the regressors; true unless given. */
  readonly intercept?: boolean;
}

export interface OlsResult {
  /** The intercept; 0 through the origin. */
  readonly alpha: number;
  /** One slope a regressor, in their order. */
  readonly beta: Float64Array;
  /** In the order of the rows that came in; NaN where something was missing. */
  readonly residuals: Float64Array;
  /** Uncentred (1 − Σe² / Σy²) through the origin, as in statsmodels and R. */
  readonly rSquared: number;
  readonly nobs: number;
  /** Rows left out because a value was missing. */
  readonly missing: number;
}

/**
 * Ordinary least squares of y on one or more regressors: y = α + Σ βⱼ xⱼ + e.
 *
 * Centred and scaled regressors, Householder QR: exact at an offset of 1e9. Rows with a NaN are left out and counted.
 */
export function ols(
  y: Float64Array,
  x: Float64Array | readonly Float64Array[],
  settings: OlsSettings = {},
): OlsResult {
  const where = "ols";
  const { intercept = true } = settings;
  const regressors = x instanceof Float64Array ? [x] : x;
  const names = regressors.map((_, j) => (regressors.length === 1 ? "x" : `x${j + 1}`));
  requireSameLength(
    where,
    Object.fromEntries([["y", y.length], ...regressors.map((column, j) => [names[j]!, column.length])]),
  );
  requireFinite(where, "y", y);
  regressors.forEach((column, j) => {
    requireFinite(where, names[j]!, column);
  });
  const { columns, indices, missing } = completeRows([y, ...regressors]);
  const fit = leastSquares(where, columns[0]!, columns.slice(1), intercept, names);
  const residuals = new Float64Array(y.length).fill(Number.NaN);
  indices.forEach((at, i) => {
    residuals[at] = fit.residuals[i]!;
  });
  return {
    alpha: fit.alpha,
    beta: fit.beta,
    residuals,
    rSquared: 1 - fit.residualSquares / fit.totalSquares,
    nobs: indices.length,
    missing,
  };
}
