import { requireBetween, requireVariance } from "./checks.ts";
import type { KalmanLineAt, KalmanLineColumns, KalmanLineSettings } from "./kalman-line.ts";

/** The filter's memory: its state is (α + β · origin, β), with covariance p; q is that of its steps. */
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
}

/** A filter that has seen nothing. */
export function newFilter(where: string, settings: KalmanLineSettings): KalmanLineFilter {
  const { stateNoise, noise, start = "diffuse" } = settings;
  const [qAlpha, qBeta] = typeof stateNoise === "number" ? [stateNoise, stateNoise] : stateNoise;
  requireVariance(where, "stateNoise", qAlpha);
  requireVariance(where, "stateNoise", qBeta);
  requireBetween(where, "noise", noise, 0, Number.POSITIVE_INFINITY);
  const given = start === "diffuse" ? { alpha: 0, beta: 0, alphaVariance: 0, betaVariance: 0 } : start;
  requireVariance(where, "start.alphaVariance", given.alphaVariance);
  requireVariance(where, "start.betaVariance", given.betaVariance);
  return {
    unknown: start === "diffuse" ? 2 : 0,
    origin: 0,
    level: given.alpha,
    beta: given.beta,
    p00: given.alphaVariance,
    p01: 0,
    p11: given.betaVariance,
    q00: qAlpha,
    q01: 0,
    q11: qBeta,
    r: noise,
    nobs: 0,
    squares: 0,
    logs: 0,
    product: 1,
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

/** Takes the filter over the bars; `all` fills every column and counts the likelihood, otherwise β alone. */
export function advance(
  filter: KalmanLineFilter,
  y: Float64Array,
  x: Float64Array,
  columns: KalmanLineColumns,
  all: boolean,
): void {
  let from = 0;
  for (; from < y.length && filter.unknown > 0; from++) begin(filter, y[from]!, x[from]!, columns, from);
  run(filter, y, x, columns, from, all);
}

/** A bar while the line is not determined: an exact diffuse start in closed form. */
function begin(filter: KalmanLineFilter, y: number, x: number, columns: KalmanLineColumns, i: number): void {
  const at: KalmanLineAt = { ...UNDEFINED };
  filter.p00 += filter.q00;
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
      Object.assign(at, stateOf(filter));
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

/** Kalman's recursions over the bars from `from` on. */
function run(
  filter: KalmanLineFilter,
  y: Float64Array,
  x: Float64Array,
  columns: KalmanLineColumns,
  from: number,
  all: boolean,
): void {
  const { origin, q00, q01, q11, r } = filter;
  let { level, beta, p00, p01, p11, nobs, squares, logs, product } = filter;
  const betas = columns.beta;
  for (let i = from; i < y.length; i++) {
    const dx = x[i]! - origin;
    p00 += q00;
    p01 += q01;
    p11 += q11;
    const error = y[i]! - level - beta * dx;
    const m0 = p00 + dx * p01;
    const m1 = p01 + dx * p11;
    const variance = m0 + dx * m1 + r;
    if (!Number.isNaN(error)) {
      const gain0 = m0 / variance;
      const gain1 = m1 / variance;
      level += gain0 * error;
      beta += gain1 * error;
      p00 -= gain0 * m0;
      p01 -= gain0 * m1;
      p11 -= gain1 * m1;
      nobs += 1;
      if (all) {
        squares += (error * error) / variance;
        // one logarithm for many variances
        product *= variance;
        if (!(product > 1e-100 && product < 1e100)) {
          logs += Math.log(product);
          product = 1;
        }
      }
    }
    betas[i] = beta;
    if (all) {
      columns.alpha[i] = level - beta * origin;
      columns.alphaVariance[i] = p00 - origin * (2 * p01 - origin * p11);
      columns.betaVariance[i] = p11;
      columns.covariance[i] = p01 - origin * p11;
      columns.innovation[i] = error;
      columns.innovationVariance[i] = variance;
    }
  }
  Object.assign(filter, { level, beta, p00, p01, p11, nobs, squares, logs, product });
}

function stateOf({ level, beta, p00, p01, p11, origin }: KalmanLineFilter): Partial<KalmanLineAt> {
  return {
    alpha: level - beta * origin,
    beta,
    alphaVariance: p00 - origin * (2 * p01 - origin * p11),
    betaVariance: p11,
    covariance: p01 - origin * p11,
  };
}

/** Σ ln N(innovation; 0, its variance); a diffuse bar counts with the log of its diffuse variance. */
export function logLikelihood({ nobs, squares, logs, product }: KalmanLineFilter): number {
  return -0.5 * (nobs * Math.log(2 * Math.PI) + logs + Math.log(product) + squares);
}
