import { requireColumns, requireSettings } from "../../../core/arguments.ts";
import { requireFinite, requireSameLength } from "../../checks.ts";
import {
  advance,
  type KalmanLineFilter,
  logLikelihood,
  newColumns,
  newFilter,
} from "./kalman-line-filter.ts";
import {
  type KalmanLineAt,
  type KalmanLineColumns,
  type KalmanLineSettings,
  NOISE_FIELDS,
} from "./kalman-line-types.ts";

export interface KalmanLineResult extends KalmanLineColumns {
  /** Gaussian, of the innovations; a diffuse start is counted as Durbin and Koopman do. */
  readonly logLikelihood: number;
  /** Bars in which nothing is missing. */
  readonly nobs: number;
  readonly missing: number;
}

/** The filter one bar at a time. */
export interface KalmanLineOperator {
  /** The filter with this bar included. It is one object, overwritten by the next push. */
  push(y: number, x: number): Readonly<KalmanLineAt>;
  /** Of everything pushed so far. */
  logLikelihood(): number;
}

/**
 * A regression line whose α and β walk: y[t] = α[t] + β[t] x[t] + noise, filtered by Kalman's recursions.
 *
 * Causal: filtered, not smoothed. A bar with a NaN is a missing observation: the line is predicted across it and its
 * innovation is NaN. NaN as well until a diffuse start has met two different x. The filter works about the first x,
 * so prices far from zero cost it no digits. Checked against statsmodels' state space filter (1e-9).
 */
export function kalmanLine(y: Float64Array, x: Float64Array, settings: KalmanLineSettings): KalmanLineResult {
  const where = "kalmanLine";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["stateNoise", "noise", "start"], [NOISE_FIELDS]);

  const filter = checkedFilter(where, y, x, settings);
  const columns = newColumns(y.length);
  advance(filter, y, x, columns);
  return {
    ...columns,
    logLikelihood: logLikelihood(filter),
    nobs: filter.nobs,
    missing: y.length - filter.nobs,
  };
}

/** `kalmanLine`'s β alone, to the last bit, in less than half of the time. */
export function kalmanLineBeta(y: Float64Array, x: Float64Array, settings: KalmanLineSettings): Float64Array {
  requireColumns("kalmanLineBeta", { y, x });
  requireSettings("kalmanLineBeta", settings, ["stateNoise", "noise", "start"], [NOISE_FIELDS]);

  const where = "kalmanLineBeta";
  const filter = newFilter(where, settings);
  requireSameLength(where, { y: y.length, x: x.length });
  const columns = { ...newColumns(0), beta: new Float64Array(y.length) };
  let isChecked = false;
  // infinite ones leave no number behind: looking for them beforehand would read both columns twice
  advance(filter, y, x, columns, () => {
    if (!isChecked) checkFinite(where, y, x);
    isChecked = true;
  });
  return columns.beta;
}

/** `kalmanLine`, one bar at a time, bit by bit. */
export function kalmanLineOperator(settings: KalmanLineSettings): KalmanLineOperator {
  requireSettings("kalmanLineOperator", settings, ["stateNoise", "noise", "start"], [NOISE_FIELDS]);

  const filter = newFilter("kalmanLineOperator", settings);
  const columns = newColumns(1);
  const [oneY, oneX] = [new Float64Array(1), new Float64Array(1)];
  const names = Object.keys(columns) as (keyof KalmanLineAt)[];
  const at = Object.fromEntries(names.map((name) => [name, Number.NaN])) as unknown as KalmanLineAt;
  return {
    push(y, x) {
      oneY[0] = y;
      oneX[0] = x;
      advance(filter, oneY, oneX, columns);
      for (const name of names) at[name] = columns[name][0]!;
      return at;
    },
    logLikelihood: () => logLikelihood(filter),
  };
}

function checkedFilter(
  where: string,
  y: Float64Array,
  x: Float64Array,
  settings: KalmanLineSettings,
): KalmanLineFilter {
  const filter = newFilter(where, settings);
  requireSameLength(where, { y: y.length, x: x.length });
  checkFinite(where, y, x);
  return filter;
}

function checkFinite(where: string, y: Float64Array, x: Float64Array): void {
  requireFinite(where, "y", y);
  requireFinite(where, "x", x);
}
