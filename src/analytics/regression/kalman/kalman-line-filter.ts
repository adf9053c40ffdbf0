import { requireBetween, requireNumber, requireVariance } from "../../checks.ts";
import type { KalmanLineAt, KalmanLineColumns, KalmanLineSettings } from "./kalman-line-types.ts";

/**
 * The filter's memory. Its state is (level, β), level = α + β · origin; the covariance of what is believed after the
 * newest bar is kept in factors: level = u β + something of its own, so that Var β = d1, Cov = u d1, Var level =
 * d0 + u² d1. With them a step and a bar only add, multiply and divide what is above zero, and take u between two
 * others (Bierman's and Thornton's filter, of two states): no variance is ever the difference of large numbers.
 */
export interface KalmanLineFilter {
  /** What a diffuse start has still to meet: 2, a first pair; 1, another x. */
  unknown: 0 | 1 | 2;
  /** The first x, once a pair has come, so that no digits go into large prices. */
  origin: number;
  hasOrigin: boolean;
  level: number;
  alpha: number;
  beta: number;
  /** Var level, given β. */
  d0: number;
  /** Var β. */
  d1: number;
  /** What the next step adds to Var β, as a share of both. */
  share: number;
  u: number;
  readonly qAlpha: number;
  readonly qBeta: number;
  readonly r: number;
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
    hasOrigin: false,
    level: given.alpha,
    alpha: given.alpha,
    beta: given.beta,
    d0: given.alphaVariance,
    d1: given.betaVariance,
    share: shareOf(given.betaVariance, qBeta),
    u: 0,
    qAlpha,
    qBeta,
    r: noise,
    nobs: 0,
    squares: 0,
    logs: 0,
    product: 1,
    track: newTrack(),
  };
}

function shareOf(d1: number, qBeta: number): number {
  return qBeta === 0 ? 0 : qBeta / (d1 + qBeta);
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

/**
 * Takes the filter over the bars and fills the columns; with `onOdd`, β alone, and counts no likelihood: it is called before
 * bars of which some may be missing, or infinite.
 */
export function advance(
  filter: KalmanLineFilter,
  y: Float64Array,
  x: Float64Array,
  columns: KalmanLineColumns,
  onOdd?: () => void,
): void {
  let from = 0;
  for (; from < y.length && filter.unknown > 0; from++) begin(filter, y[from]!, x[from]!, columns, from);
  while (from < y.length) {
    if (!filter.hasOrigin && !Number.isNaN(y[from]! + x[from]!)) takeOrigin(filter, x[from]!);
    const to = Math.min(from + (filter.hasOrigin ? TRACK : 1), y.length);
    if (onOdd === undefined) {
      run(filter, y, x, from, to, true);
      report(filter, columns, from, to);
    } else if (!runWhole(filter, y, x, from, to, columns.beta)) {
      onOdd();
      run(filter, y, x, from, to, false);
      columns.beta.set(filter.track.beta.subarray(0, to - from), from);
    }
    from = to;
  }
  if (onOdd && !Number.isFinite(filter.level + filter.beta + filter.origin + filter.u)) onOdd();
}

/** Turns what was believed of α and β into what is believed of the level at x; α is independent of β until then. */
function takeOrigin(filter: KalmanLineFilter, x: number): void {
  filter.hasOrigin = true;
  filter.origin = x;
  filter.level = filter.alpha + filter.beta * x;
  filter.u = x;
}

/** What the recursions leave behind, some hundred bars at a time. */
type Track = Readonly<Record<"beta" | "d0" | "d1" | "u" | "toAlpha" | "error" | "variance", Float64Array>>;

const TRACK = 512;

function newTrack(): Track {
  const column = () => new Float64Array(TRACK);
  return {
    beta: column(),
    d0: column(),
    d1: column(),
    u: column(),
    toAlpha: column(),
    error: column(),
    variance: column(),
  };
}

/** A bar while the line is not determined: an exact diffuse start in closed form; d0 is the variance of the level. */
function begin(filter: KalmanLineFilter, y: number, x: number, columns: KalmanLineColumns, i: number): void {
  const at: KalmanLineAt = { ...UNDEFINED };
  const { origin, qAlpha, qBeta, r } = filter;
  if (filter.unknown === 1) filter.d0 += qAlpha + origin * origin * qBeta;
  if (!Number.isNaN(y) && !Number.isNaN(x)) {
    filter.nobs += 1;
    const dx = x - origin;
    if (filter.unknown === 2) {
      Object.assign(filter, { origin: x, hasOrigin: true, level: y, d0: r, unknown: 1 });
    } else if (dx === 0) {
      at.innovation = y - filter.level;
      at.innovationVariance = filter.d0 + r;
      filter.level += (filter.d0 / at.innovationVariance) * at.innovation;
      filter.d0 *= r / at.innovationVariance;
      filter.squares += at.innovation ** 2 / at.innovationVariance;
      filter.logs += Math.log(at.innovationVariance);
    } else {
      const both = filter.d0 + r;
      filter.beta = (y - filter.level) / dx;
      filter.alpha = filter.level - filter.beta * origin;
      filter.d1 = both / (dx * dx);
      filter.share = shareOf(filter.d1, qBeta);
      filter.u = -dx * (filter.d0 / both);
      filter.d0 *= r / both;
      filter.logs += Math.log(dx * dx);
      filter.unknown = 0;
      const { alpha, beta, d0, d1, u } = filter;
      const toAlpha = u - origin;
      Object.assign(at, { alpha, beta, betaVariance: d1, covariance: toAlpha * d1 });
      at.alphaVariance = d0 + toAlpha * toAlpha * d1;
    }
  }
  for (const name of Object.keys(columns) as (keyof KalmanLineAt)[]) columns[name][i] = at[name];
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

/** Kalman's recursions over the bars `[from, to)`; β alone is left behind unless the `whole` is asked for. */
function run(
  filter: KalmanLineFilter,
  y: Float64Array,
  x: Float64Array,
  from: number,
  to: number,
  whole: boolean,
): void {
  const { origin, qAlpha, qBeta, r, track } = filter;
  const {
    beta: betas,
    d0: d0s,
    d1: d1s,
    u: us,
    toAlpha: toAlphas,
    error: errors,
    variance: variances,
  } = track;
  let { level, beta, d0, d1, share, u } = filter;
  const walks = qBeta !== 0;
  for (let i = from; i < to; i++) {
    const k = i - from;
    // the step: it draws u towards `origin`, by which a step of β moves the level
    const off = origin - u;
    const dx = x[i]! - origin;
    const error = y[i]! - level - beta * dx;
    const moved = off * share;
    u += moved;
    d0 += qAlpha + d1 * off * moved;
    d1 += qBeta;
    // the bar
    const own = r + d0;
    const slant = u + dx;
    const withBeta = d1 * slant;
    const variance = own + withBeta * slant;
    if (whole) toAlphas[k] = d0 + (u - origin) * withBeta;
    if (Number.isNaN(error)) share = walks ? qBeta / (d1 + qBeta) : 0;
    else {
      // the next share is not taken from d1 as it will be: so no division waits for another
      const inverse = 1 / variance;
      const perOwn = 1 / own;
      const kept = d1 * own;
      const added = qBeta * variance;
      const gain = inverse * error;
      share = walks ? added / (kept + added) : 0;
      level += (d0 + u * withBeta) * gain;
      beta += withBeta * gain;
      u = (u * r - dx * d0) * perOwn;
      d0 *= r * perOwn;
      d1 = kept * inverse;
    }
    betas[k] = beta;
    if (!whole) continue;
    d0s[k] = d0;
    d1s[k] = d1;
    us[k] = u;
    errors[k] = error;
    variances[k] = variance;
  }
  filter.level = level;
  filter.beta = beta;
  filter.d0 = d0;
  filter.d1 = d1;
  filter.share = share;
  filter.u = u;
}

/**
 * The same of β alone, to the last bit, where no bar is missing and β walks: without a branch twice as fast. False, with the
 * filter as it was, where that is not so.
 */
function runWhole(
  filter: KalmanLineFilter,
  y: Float64Array,
  x: Float64Array,
  from: number,
  to: number,
  betas: Float64Array,
): boolean {
  const { origin, qAlpha, qBeta, r } = filter;
  if (qBeta === 0) return false;
  let { level, beta, d0, d1, share, u } = filter;
  for (let i = from; i < to; i++) {
    const off = origin - u;
    const dx = x[i]! - origin;
    const error = y[i]! - level - beta * dx;
    const moved = off * share;
    u += moved;
    d0 += qAlpha + d1 * off * moved;
    d1 += qBeta;
    const own = r + d0;
    const slant = u + dx;
    const withBeta = d1 * slant;
    const variance = own + withBeta * slant;
    const inverse = 1 / variance;
    const perOwn = 1 / own;
    const kept = d1 * own;
    const added = qBeta * variance;
    const gain = inverse * error;
    share = added / (kept + added);
    level += (d0 + u * withBeta) * gain;
    beta += withBeta * gain;
    u = (u * r - dx * d0) * perOwn;
    d0 *= r * perOwn;
    d1 = kept * inverse;
    betas[i] = beta;
  }
  // a missing bar leaves its mark on all that come after it
  if (Number.isNaN(level + beta + u)) return false;
  filter.level = level;
  filter.beta = beta;
  filter.d0 = d0;
  filter.d1 = d1;
  filter.share = share;
  filter.u = u;
  return true;
}

/** Brings the track from the factors of the filter into the columns, takes α along, and counts the likelihood. */
function report(filter: KalmanLineFilter, columns: KalmanLineColumns, from: number, to: number): void {
  const { origin, track } = filter;
  let { alpha, nobs, squares, logs, product } = filter;
  for (let i = from; i < to; i++) {
    const k = i - from;
    const error = track.error[k]!;
    const variance = track.variance[k]!;
    const d1 = track.d1[k]!;
    const u = track.u[k]! - origin;
    const known = !Number.isNaN(error);
    const inverse = 1 / variance;
    if (known) alpha += track.toAlpha[k]! * inverse * error;
    columns.alpha[i] = alpha;
    columns.beta[i] = track.beta[k]!;
    columns.alphaVariance[i] = track.d0[k]! + u * u * d1;
    columns.betaVariance[i] = d1;
    columns.covariance[i] = u * d1;
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
  Object.assign(filter, { alpha, nobs, squares, logs, product });
}

/** Σ ln N(innovation; 0, its variance); a diffuse bar counts with the log of its diffuse variance. */
export function logLikelihood({ nobs, squares, logs, product }: KalmanLineFilter): number {
  return -0.5 * (nobs * Math.log(2 * Math.PI) + logs + Math.log(product) + squares);
}
