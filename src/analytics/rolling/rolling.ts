import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireFinite, requireWindow } from "../checks.ts";
import type { Operator } from "./operator.ts";
import { WindowMoments } from "./window-moments.ts";

/** How many of the newest values a statistic looks at, the current one included. */
export interface WindowSetting {
  readonly window: number;
}

/**
 * Mean of the last `window` values, the current one included.
 *
 * Causal. NaN until the window is full and while a NaN is in view. O(n) for any window.
 */
export function rollingMean(values: Float64Array, settings: WindowSetting): Float64Array {
  requireColumns("rollingMean", { values });
  const { window } = requireSettings("rollingMean", settings, ["window"]);

  return roll("rollingMean", values, window, 1, means);
}

/** `rollingMean`, one value at a time. */
export function rollingMeanOperator(settings: WindowSetting): Operator {
  const { window } = requireSettings("rollingMeanOperator", settings, ["window"]);

  return operator("rollingMeanOperator", window, 1, means);
}

/**
 * Standard deviation of the last `window` values, n − 1 divisor.
 *
 * Causal. NaN until the window is full and while a NaN is in view; exactly 0 where all values in view are equal.
 */
export function rollingStd(values: Float64Array, settings: WindowSetting): Float64Array {
  requireColumns("rollingStd", { values });
  const { window } = requireSettings("rollingStd", settings, ["window"]);

  return roll("rollingStd", values, window, 2, deviations);
}

/** `rollingStd`, one value at a time. */
export function rollingStdOperator(settings: WindowSetting): Operator {
  const { window } = requireSettings("rollingStdOperator", settings, ["window"]);

  return operator("rollingStdOperator", window, 2, deviations);
}

/**
 * How far the newest value lies from its trailing mean, in trailing deviations:
 * z[t] = (x[t] − mean(x[t−w+1..t])) / std(x[t−w+1..t]), n − 1 divisor.
 *
 * The current value is part of its own window, so |z| never exceeds (w − 1) / √w: 1.79 for w = 5, 3.61 for w = 15.
 * Causal. NaN until the window is full, while a NaN is in view, and where the deviation is exactly zero.
 */
export function rollingZScore(values: Float64Array, settings: WindowSetting): Float64Array {
  requireColumns("rollingZScore", { values });
  const { window } = requireSettings("rollingZScore", settings, ["window"]);

  return roll("rollingZScore", values, window, 2, zScores);
}

/** `rollingZScore`, one value at a time. */
export function rollingZScoreOperator(settings: WindowSetting): Operator {
  const { window } = requireSettings("rollingZScoreOperator", settings, ["window"]);

  return operator("rollingZScoreOperator", window, 2, zScores);
}

/** Writes a statistic of the views that end at places `[from, to)` of a block to `out`, from `at` on. */
type Statistic = (moments: WindowMoments, from: number, to: number, out: Float64Array, at: number) => void;

function means(
  { origin, mean }: WindowMoments,
  from: number,
  to: number,
  out: Float64Array,
  at: number,
): void {
  for (let i = from; i < to; i++) out[at + i - from] = origin + mean[i]!;
}

function deviations(
  { window, squares }: WindowMoments,
  from: number,
  to: number,
  out: Float64Array,
  at: number,
): void {
  for (let i = from; i < to; i++) out[at + i - from] = Math.sqrt(Math.max(squares[i]!, 0) / (window - 1));
}

function zScores(
  { window, newest, mean, squares }: WindowMoments,
  from: number,
  to: number,
  out: Float64Array,
  at: number,
): void {
  const root = Math.sqrt(window - 1);
  for (let i = from; i < to; i++) {
    out[at + i - from] =
      squares[i]! > 0 ? (root * (newest[i]! - mean[i]!)) / Math.sqrt(squares[i]!) : Number.NaN;
  }
}

function roll(
  where: string,
  values: Float64Array,
  window: number,
  least: number,
  statistic: Statistic,
): Float64Array {
  requireWindow(where, window, least);
  requireFinite(where, "values", values);
  const moments = new WindowMoments(window);
  const out = new Float64Array(values.length);
  for (let at = 0; at < values.length; ) {
    const [from, to] = moments.take(values, at);
    statistic(moments, from, to, out, at);
    at += to - from;
  }
  return out;
}

function operator(where: string, window: number, least: number, statistic: Statistic): Operator {
  requireWindow(where, window, least);
  const moments = new WindowMoments(window);
  const one = new Float64Array(1);
  const out = new Float64Array(1);
  return {
    push(value) {
      one[0] = value;
      const [from, to] = moments.take(one, 0);
      statistic(moments, from, to, out, 0);
      return out[0]!;
    },
  };
}
