import { requireColumns, requireSettings } from "../../../core/arguments.ts";
import {
  requireBetween,
  requireFinite,
  requireNumber,
  requireSameLength,
  requireVariance,
} from "../../checks.ts";
import { NOISE_FIELDS } from "./kalman-line-types.ts";

/** The two variances of the model, and where it starts. */
export interface KalmanRatioSettings {
  /** Variance of the steps of β, a bar; 1e-5 unless given. */
  readonly stateNoise?: number;
  /** Variance of the noise of y; 1e-3 unless given. */
  readonly noise?: number;
  /**
   * What is believed before the first bar, which is then predicted once as every other: β = 0 with a variance of 1
   * unless given. `"diffuse"` believes nothing.
   */
  readonly start?: "diffuse" | KalmanRatioStart;
}

export interface KalmanRatioStart {
  readonly beta: number;
  readonly betaVariance: number;
}

/** The filter after one bar. */
export interface KalmanRatioAt {
  beta: number;
  betaVariance: number;
  /** y less what was predicted before it was seen; NaN at a missing bar and where that prediction is not defined. */
  innovation: number;
  innovationVariance: number;
}

export interface KalmanRatioResult {
  readonly beta: Float64Array;
  readonly betaVariance: Float64Array;
  readonly innovation: Float64Array;
  readonly innovationVariance: Float64Array;
  /** Gaussian, of the innovations; a diffuse start is counted as Durbin and Koopman do. */
  readonly logLikelihood: number;
  /** Bars in which nothing is missing. */
  readonly nobs: number;
  readonly missing: number;
}

/** The filter one bar at a time. */
export interface KalmanRatioOperator {
  /** The filter with this bar included. It is one object, overwritten by the next push. */
  push(y: number, x: number): Readonly<KalmanRatioAt>;
  /** Of everything pushed so far. */
  logLikelihood(): number;
}

/**
 * A ratio that walks, through the origin: y[t] = β[t] x[t] + noise, filtered by Kalman's recursions
 * P += Q; K = P x / (x² P + R); β += K (y − β x); P = P R / (x² P + R).
 *
 * Causal. A bar with a NaN is a missing observation: β is carried across it, its variance grows. With x = 1 it is the
 * local level model; checked against the Nile (Durbin and Koopman) and statsmodels (1e-9).
 */
export function kalmanRatio(
  y: Float64Array,
  x: Float64Array,
  settings: KalmanRatioSettings = {},
): KalmanRatioResult {
  const where = "kalmanRatio";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["stateNoise", "noise", "start"], [NOISE_FIELDS]);

  requireSameLength(where, { y: y.length, x: x.length });
  requireFinite(where, "y", y);
  requireFinite(where, "x", x);
  const filter = ratioFilter(where, settings);
  const n = y.length;
  const beta = new Float64Array(n);
  const betaVariance = new Float64Array(n);
  const innovation = new Float64Array(n);
  const innovationVariance = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const at = filter.push(y[i]!, x[i]!);
    beta[i] = at.beta;
    betaVariance[i] = at.betaVariance;
    innovation[i] = at.innovation;
    innovationVariance[i] = at.innovationVariance;
  }
  const nobs = filter.nobs();
  const logLikelihood = filter.logLikelihood();
  return { beta, betaVariance, innovation, innovationVariance, logLikelihood, nobs, missing: n - nobs };
}

/** `kalmanRatio`, one bar at a time, bit by bit. */
export function kalmanRatioOperator(settings: KalmanRatioSettings = {}): KalmanRatioOperator {
  requireSettings("kalmanRatioOperator", settings, ["stateNoise", "noise", "start"], [NOISE_FIELDS]);

  return ratioFilter("kalmanRatioOperator", settings);
}

function ratioFilter(where: string, settings: KalmanRatioSettings): KalmanRatioOperator & { nobs(): number } {
  const { stateNoise = 1e-5, noise = 1e-3, start = { beta: 0, betaVariance: 1 } } = settings;
  requireVariance(where, "stateNoise", stateNoise);
  requireBetween(where, "noise", noise, 0, Number.POSITIVE_INFINITY);
  if (start !== "diffuse") {
    requireNumber(where, "start.beta", start.beta);
    requireVariance(where, "start.betaVariance", start.betaVariance);
  }
  const undefinedAt = Number.NaN;
  const at: KalmanRatioAt = {
    beta: start === "diffuse" ? undefinedAt : start.beta,
    betaVariance: start === "diffuse" ? undefinedAt : start.betaVariance,
    innovation: undefinedAt,
    innovationVariance: undefinedAt,
  };
  let nobs = 0;
  let logs = 0;
  let squares = 0;

  const begin = (y: number, x: number): void => {
    at.beta = y / x;
    at.betaVariance = noise / (x * x);
    logs += Math.log(x * x);
    nobs += 1;
  };
  const step = (y: number, x: number): void => {
    at.betaVariance += stateNoise;
    at.innovation = y - at.beta * x;
    at.innovationVariance = x * x * at.betaVariance + noise;
    if (Number.isNaN(at.innovation)) return;
    const gain = (at.betaVariance * x) / at.innovationVariance;
    at.beta += gain * at.innovation;
    // 1 − gain · x, as a quotient: at large prices the difference keeps no digit
    at.betaVariance *= noise / at.innovationVariance;
    logs += Math.log(at.innovationVariance);
    squares += at.innovation ** 2 / at.innovationVariance;
    nobs += 1;
  };
  return {
    push(y, x) {
      if (!Number.isNaN(at.beta)) step(y, x);
      else if (!Number.isNaN(y) && !Number.isNaN(x) && x !== 0) begin(y, x);
      return at;
    },
    logLikelihood: () => -0.5 * (nobs * Math.log(2 * Math.PI) + logs + squares),
    nobs: () => nobs,
  };
}
