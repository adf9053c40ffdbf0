import { requireBetween, requireNumber, requireVariance } from "../../checks.ts";
import type { KalmanLineAt, KalmanLineColumns, KalmanLineSettings } from "./kalman-line-types.ts";

/**
 * The filter's memory: its state is (α + β · origin, β); p is the state's covariance as predicted for the next bar, q
 * that of its steps.
 */
export interface KalmanLineFilter {
  /** What a diffuse start has still to meet: 2, a first pair; 1, another x. */
  unknown: 0 | 1 | 2;
  /** The first x after a diffuse start, so that no digits go into large prices; 0 where a start is given. */
  origin: number;
  level: number;
  beta: number;
  p00: number;
  p01: number;
  p11: number;
  q00: number;
  q01: number;
  q11: number;
  r: number;
  nobs: number;
  /** Σ innovation² / its variance. */
  squares: number;
  /** Σ ln of the innovations' variances, but for `product`. */
  logs: number;
  product: number;
  readonly track: Track;
}

/** A filter that has seen nothing. */
export function newFilter(where: string, settings: KalmanLineSettings): KalmanLineFilter {
  const { stateNoise, noise, start = "diffuse" } = settings;
  const [qAlpha, qBeta] = typeof stateNoise === "number" ? [stateNoise, stateNoise] : stateNoise;
  requireVariance(where, "stateNoise", qAlpha);
  requireVariance(where, "stateNoise", qBeta);
  requireBetween(where, "noise", noise, 0, Number.POSITIVE_INFINITY);
  const given = start === "diffuse" ? { alpha: 0, beta: 0, alphaVariance: 0, betaVariance: 0 } : start;
  requireNumber(where, "start.alpha", given.alpha);
  requireNumber(where, "start.beta", given.beta);
  requireVariance(where, "start.alphaVariance", given.alphaVariance);
  requireVariance(where, "start.betaVariance", given.betaVariance);
  return {
    unknown: start === "diffuse" ? 2 : 0,
    origin: 0,
    level: given.alpha,
    beta: given.beta,
    p00: given.alphaVariance + qAlpha,
    p01: 0,
    p11: given.betaVariance + qBeta,
    q00: qAlpha,
    q01: 0,
    q11: qBeta,
    r: noise,
    nobs: 0,
    squares: 0,
    logs: 0,
    product: 1,
    track: newTrack(),
  };
}

/** Room for the results of `length` bars. */
export function newColumns(length: number): KalmanLineColumns {
  const column = () => new Float64Array(length);
  return {
    alpha: column(),
    beta: column(),
    alphaVariance: column(),
    betaVariance: column(),
    covariance: column(),
    innovation: column(),
    innovationVariance: column(),
  };
}

/** Takes the filter over the bars and fills the columns; with `betaOnly`, that one alone, and counts no likelihood. */
export function advance(
  filter: KalmanLineFilter,
  y: Float64Array,
  x: Float64Array,
  columns: KalmanLineColumns,
  betaOnly = false,
): void {
  let from = 0;
  for (; from < y.length && filter.unknown > 0; from++) begin(filter, y[from]!, x[from]!, columns, from);
  for (; from < y.length; from += TRACK) {
    const to = Math.min(from + TRACK, y.length);
    run(filter, y, x, from, to);
    if (betaOnly) columns.beta.set(filter.track.beta.subarray(0, to - from), from);
    else report(filter, x, columns, from, to);
  }
}

/** What the recursions leave behind, some hundred bars at a time: p as it was predicted, the state as it was filtered. */
type Track = Readonly<Record<"level" | "beta" | "p00" | "p01" | "p11" | "error" | "variance", Float64Array>>;

const TRACK = 512;

function newTrack(): Track {
  const column = () => new Float64Array(TRACK);
  return {
    level: column(),
    beta: column(),
    p00: column(),
    p01: column(),
    p11: column(),
    error: column(),
    variance: column(),
  };
}

/** A bar while the line is not determined: an exact diffuse start in closed form. */
function begin(filter: KalmanLineFilter, y: number, x: number, columns: KalmanLineColumns, i: number): void {
  const at: KalmanLineAt = { ...UNDEFINED };
  if (!Number.isNaN(y) && !Number.isNaN(x)) {
    filter.nobs += 1;
    const dx = x - filter.origin;
    if (filter.unknown === 2) {
      const { q00, q11 } = filter;
      Object.assign(filter, { origin: x, q00: q00 + x * x * q11, q01: x * q11, level: y, p00: filter.r });
      filter.unknown = 1;
    } else if (dx === 0) {
      at.innovation = y - filter.level;
      at.innovationVariance = filter.p00 + filter.r;
      const gain = filter.p00 / at.innovationVariance;
      filter.level += gain * at.innovation;
      filter.p00 *= 1 - gain;
      filter.squares += at.innovation ** 2 / at.innovationVariance;
      filter.logs += Math.log(at.innovationVariance);
    } else {
      filter.beta = (y - filter.level) / dx;
      filter.p01 = -filter.p00 / dx;
      filter.p11 = (filter.p00 + filter.r) / (dx * dx);
      filter.logs += Math.log(dx * dx);
      filter.unknown = 0;
      const { level, beta, p00, p01, p11, origin } = filter;
      at.alpha = level - beta * origin;
      at.beta = beta;
      at.alphaVariance = p00 - origin * (2 * p01 - origin * p11);
      at.betaVariance = p11;
      at.covariance = p01 - origin * p11;
    }
  }
  for (const name of Object.keys(columns) as (keyof KalmanLineAt)[]) columns[name][i] = at[name];
  filter.p00 += filter.q00;
  filter.p01 += filter.q01;
  filter.p11 += filter.q11;
}

const UNDEFINED: Readonly<KalmanLineAt> = {
  alpha: Number.NaN,
  beta: Number.NaN,
  alphaVariance: Number.NaN,
  betaVariance: Number.NaN,
  covariance: Number.NaN,
  innovation: Number.NaN,
  innovationVariance: Number.NaN,
};

/** Kalman's recursions over the bars `[from, to)`. */
function run(filter: KalmanLineFilter, y: Float64Array, x: Float64Array, from: number, to: number): void {
  const { origin, q00, q01, q11, r, track } = filter;
  const {
    level: levels,
    beta: betas,
    p00: p00s,
    p01: p01s,
    p11: p11s,
    error: errors,
    variance: variances,
  } = track;
  let { level, beta, p00, p01, p11 } = filter;
  for (let i = from; i < to; i++) {
    const k = i - from;
    p00s[k] = p00;
    p01s[k] = p01;
    p11s[k] = p11;
    const dx = x[i]! - origin;
    const error = y[i]! - level - beta * dx;
    // terms side by side, not one in the other: every bar waits for the one before, so the shorter chain is faster
    const variance = p00 + r + (2 * dx * p01 + dx * dx * p11);
    const m0 = p00 + dx * p01;
    const m1 = p01 + dx * p11;
    p00 += q00;
    p01 += q01;
    p11 += q11;
    if (!Number.isNaN(error)) {
      const inverse = 1 / variance;
      level += m0 * inverse * error;
      beta += m1 * inverse * error;
      p00 -= m0 * m0 * inverse;
      p01 -= m0 * m1 * inverse;
      p11 -= m1 * m1 * inverse;
    }
    levels[k] = level;
    betas[k] = beta;
    errors[k] = error;
    variances[k] = variance;
  }
  filter.level = level;
  filter.beta = beta;
  filter.p00 = p00;
  filter.p01 = p01;
  filter.p11 = p11;
}

/** Brings the track from the coordinates of the filter into the columns, and counts its likelihood. */
function report(
  filter: KalmanLineFilter,
  x: Float64Array,
  columns: KalmanLineColumns,
  from: number,
  to: number,
): void {
  const { origin, track } = filter;
  let { nobs, squares, logs, product } = filter;
  for (let i = from; i < to; i++) {
    const k = i - from;
    const error = track.error[k]!;
    const variance = track.variance[k]!;
    const dx = x[i]! - origin;
    const known = !Number.isNaN(error);
    const inverse = known ? 1 / variance : 0;
    const m0 = known ? track.p00[k]! + dx * track.p01[k]! : 0;
    const m1 = known ? track.p01[k]! + dx * track.p11[k]! : 0;
    const p00 = track.p00[k]! - m0 * m0 * inverse;
    const p01 = track.p01[k]! - m0 * m1 * inverse;
    const p11 = track.p11[k]! - m1 * m1 * inverse;
    columns.alpha[i] = track.level[k]! - track.beta[k]! * origin;
    columns.beta[i] = track.beta[k]!;
    columns.alphaVariance[i] = p00 - origin * (2 * p01 - origin * p11);
    columns.betaVariance[i] = p11;
    columns.covariance[i] = p01 - origin * p11;
    columns.innovation[i] = error;
    columns.innovationVariance[i] = variance;
    if (!known) continue;
    nobs += 1;
    squares += error * error * inverse;
    // one logarithm for many variances
    product *= variance;
    if (!(product > 1e-100 && product < 1e100)) {
      logs += Math.log(product);
      product = 1;
    }
  }
  filter.nobs = nobs;
  filter.squares = squares;
  filter.logs = logs;
  filter.product = product;
}

/** Σ ln N(innovation; 0, its variance); a diffuse bar counts with the log of its diffuse variance. */
export function logLikelihood({ nobs, squares, logs, product }: KalmanLineFilter): number {
  return -0.5 * (nobs * Math.log(2 * Math.PI) + logs + Math.log(product) + squares);
}
