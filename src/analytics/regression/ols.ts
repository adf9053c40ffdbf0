import { requireColumns, requireSettings } from "../../core/arguments.ts";
import {
  regressorsOf,
  requireBetween,
  requireCount,
  requireFinite,
  requireOneOf,
  requireSameLength,
  requireWhole,
} from "../checks.ts";
import { studentCdf, studentQuantile } from "../distributions/student-t.ts";
import { counted } from "../words.ts";
import { completeRows } from "./complete-rows.ts";
import { leastSquares } from "./least-squares.ts";
import {
  andrewsLags,
  coefficientCovariance,
  defaultHacLags,
  ERROR_KINDS,
  type ErrorKind,
} from "./regression-errors.ts";

export interface OlsSettings {
  /** A constant beside the regressors; true unless given. */
  readonly intercept?: boolean;
  /** `"classical"` unless given; `"HAC"` suits series with autocorrelated residuals. */
  readonly errors?: ErrorKind;
  /** Lags of `"HAC"`; ⌊4 (n / 100)^(2/9)⌋ unless given. `"andrews"` takes them from the memory of the residuals. */
  readonly lags?: number | "andrews";
  /** Of the intervals `low` to `high`; 0.95 unless given. */
  readonly confidence?: number;
  /** What the regressors are called in the result; x, or x1, x2, … unless given. */
  readonly names?: readonly string[];
}

/** A coefficient with its error; t and p are of Student's t, whichever errors were asked for. */
export interface Parameter {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  readonly t: number;
  /** Of the null that the coefficient is zero, two-sided. */
  readonly pValue: number;
  readonly low: number;
  readonly high: number;
}

export interface OlsResult {
  /** The intercept; 0 through the origin. */
  readonly alpha: number;
  /** One slope a regressor, in their order. */
  readonly beta: Float64Array;
  /** Intercept first, where there is one. */
  readonly parameters: readonly Parameter[];
  /** Of the parameters, in their order. */
  readonly covariance: readonly Float64Array[];
  readonly errors: ErrorKind;
  /** Lags of `"HAC"`; 0 otherwise. */
  readonly lags: number;
  /** In the order of the rows that came in; NaN where something was missing. */
  readonly residuals: Float64Array;
  /** √(Σe² / degrees of freedom). */
  readonly residualStd: number;
  /** Uncentred (1 − Σe² / Σy²) through the origin, as in statsmodels and R. */
  readonly rSquared: number;
  readonly degreesOfFreedom: number;
  readonly nobs: number;
  /** Rows left out because a value was missing. */
  readonly missing: number;
}

/**
 * Ordinary least squares of y on one or more regressors: y = α + Σ βⱼ xⱼ + e.
 *
 * Centred and scaled regressors, Householder QR: exact at an offset of 1e9. Rows with a NaN are left out and counted.
 * Checked against NIST's Norris (12 digits), Longley (10) and NoInt (14) and against statsmodels (1e-9).
 */
export function ols(
  y: Float64Array,
  x: Float64Array | readonly Float64Array[],
  settings: OlsSettings = {},
): OlsResult {
  const where = "ols";
  requireColumns(where, { y });
  requireSettings(where, settings, ["intercept", "errors", "lags", "confidence", "names"]);

  const regressors = regressorsOf(where, x);
  const {
    intercept = true,
    errors = "classical",
    confidence = 0.95,
    names = regressors.map((_, j) => (regressors.length === 1 ? "x" : `x${j + 1}`)),
  } = settings;
  requireOneOf(where, "errors", errors, ERROR_KINDS);
  requireBetween(where, "confidence", confidence, 0, 1);
  const { lags: asked } = settings;
  if (asked !== undefined && asked !== "andrews") requireWhole(where, "lags", asked, 0);
  requireSameLength(where, { regressors: regressors.length, names: names.length });
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
  const nobs = indices.length;
  const wanted = asked === "andrews" ? andrewsLags(fit.residuals) : (asked ?? defaultHacLags(nobs));
  const lags = errors === "HAC" ? wanted : 0;
  requireCount(where, nobs, lags + 1, `for ${counted(lags, "lag")} of HAC`);
  const covariance = coefficientCovariance(fit, intercept, errors, lags);
  const degreesOfFreedom = nobs - covariance.length;
  const width = studentQuantile((1 + confidence) / 2, degreesOfFreedom);
  const estimates = intercept ? [fit.alpha, ...fit.beta] : [...fit.beta];
  const parameters = estimates.map((estimate, j) => {
    const standardError = Math.sqrt(covariance[j]![j]!);
    const t = estimate / standardError;
    return {
      name: intercept && j === 0 ? "intercept" : names[intercept ? j - 1 : j]!,
      estimate,
      standardError,
      t,
      pValue: 2 * studentCdf(-Math.abs(t), degreesOfFreedom),
      low: estimate - width * standardError,
      high: estimate + width * standardError,
    };
  });
  return {
    alpha: fit.alpha,
    beta: fit.beta,
    parameters,
    covariance,
    errors,
    lags,
    residuals: missing === 0 ? fit.residuals : placed(fit.residuals, indices, y.length),
    residualStd: Math.sqrt(fit.residualSquares / degreesOfFreedom),
    rSquared: 1 - fit.residualSquares / fit.totalSquares,
    degreesOfFreedom,
    nobs,
    missing,
  };
}

/** The residuals where their rows stood; NaN elsewhere. */
function placed(residuals: Float64Array, indices: Int32Array, length: number): Float64Array {
  const out = new Float64Array(length).fill(Number.NaN);
  for (let i = 0; i < indices.length; i++) out[indices[i]!] = residuals[i]!;
  return out;
}
