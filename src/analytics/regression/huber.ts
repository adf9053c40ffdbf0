import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireBetween } from "../checks.ts";
import { MAD_OF_NORMAL, medianDeviation } from "../rolling/median.ts";
import { leastSquares } from "./least-squares.ts";
import { completePairs, type InterceptSetting, type LineFit } from "./line-fit.ts";

export interface HuberSettings extends InterceptSetting {
  /** Residuals beyond this many scales count less; 1.345 unless given, 95 % efficient on normal residuals. */
  readonly threshold?: number;
}

export interface HuberFit extends LineFit {
  /** Standard error of β (Huber's first form, as statsmodels' H1). */
  readonly betaError: number;
  /** MAD of the residuals about zero, over 0.674490. */
  readonly scale: number;
  readonly iterations: number;
}

/**
 * Huber's M-estimator of a line: least squares for small residuals, least absolute deviations for large ones, so that
 * a few bad prints do not turn it. An outlier in x can.
 *
 * Iteratively reweighted from ordinary least squares; the scale is the MAD of the residuals about zero divided by
 * Φ⁻¹(¾) = 0.674490, renewed at each step, as in statsmodels' RLM (R's `rlm` divides by 0.6745; scikit-learn's Huber
 * is another estimator). Pairs with a NaN are left out and counted.
 */
export function huber(y: Float64Array, x: Float64Array, settings: HuberSettings = {}): HuberFit {
  const where = "huber";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["threshold", "intercept"]);

  const { intercept = true, threshold = 1.345 } = settings;
  requireBetween(where, "threshold", threshold, 0, Number.POSITIVE_INFINITY);
  const pairs = completePairs(where, y, x, intercept);
  const start = leastSquares(where, pairs.y, [pairs.x], intercept);
  const n = pairs.nobs;
  const xs = pairs.x.map((value) => value - start.means[0]!);
  const residuals = start.residuals.slice();
  let scale = medianDeviation(residuals, 0) / MAD_OF_NORMAL;
  // corrections to the first line, about the mean of x
  let turn = 0;
  let lift = 0;
  let iterations = 0;
  for (; iterations < 500 && scale > 0; iterations++) {
    const step = weightedStep(xs, residuals, threshold * scale, intercept);
    turn += step.turn;
    lift += step.lift;
    let largest = 0;
    for (let i = 0; i < n; i++) {
      residuals[i] = start.residuals[i]! - lift - turn * xs[i]!;
      largest = Math.max(largest, Math.abs(step.lift + step.turn * xs[i]!));
    }
    scale = medianDeviation(residuals, 0) / MAD_OF_NORMAL;
    if (largest < 1e-13 * scale) break;
  }
  const beta = start.beta[0]! + turn;
  return {
    alpha: intercept ? start.alpha + lift - turn * start.means[0]! : 0,
    beta,
    betaError: errorOfSlope(residuals, scale, threshold, start.scales[0]!, intercept),
    scale,
    iterations,
    nobs: n,
    missing: pairs.missing,
  };
}

/** One weighted least-squares fit to the residuals: weights 1 within the limit, limit / |e| beyond. */
function weightedStep(
  xs: Float64Array,
  residuals: Float64Array,
  limit: number,
  intercept: boolean,
): { readonly turn: number; readonly lift: number } {
  const weights = residuals.map((e) => (Math.abs(e) <= limit ? 1 : limit / Math.abs(e)));
  let total = 0;
  let sumX = 0;
  let sumE = 0;
  weights.forEach((w, i) => {
    total += w;
    sumX += w * xs[i]!;
    sumE += w * residuals[i]!;
  });
  const meanX = intercept ? sumX / total : 0;
  const meanE = intercept ? sumE / total : 0;
  let xx = 0;
  let xe = 0;
  weights.forEach((w, i) => {
    const dx = xs[i]! - meanX;
    xx += w * dx * dx;
    xe += w * dx * (residuals[i]! - meanE);
  });
  const turn = xe / xx;
  return { turn, lift: intercept ? meanE - turn * meanX : 0 };
}

/** K² [Σψ² / df] / [mean ψ′]² (X′X)⁻¹, K = 1 + p/n var ψ′ / (mean ψ′)²; Huber (1981), section 7.6. */
function errorOfSlope(
  residuals: Float64Array,
  scale: number,
  threshold: number,
  lengthX: number,
  intercept: boolean,
): number {
  if (scale === 0) return 0;
  const n = residuals.length;
  const coefficients = intercept ? 2 : 1;
  let inside = 0;
  let squares = 0;
  for (const e of residuals) {
    const u = Math.abs(e) / scale;
    if (u <= threshold) inside += 1;
    squares += Math.min(u, threshold) ** 2;
  }
  const share = inside / n;
  const correction = 1 + ((coefficients / n) * (1 - share)) / share;
  return (correction * scale * Math.sqrt(squares / (n - coefficients))) / share / lengthX;
}
