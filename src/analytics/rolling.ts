import { requireFinite, requireWindow } from "./checks.ts";
import { type Operator, runOperator } from "./operator.ts";
import { WindowMoments } from "./window-moments.ts";

/** How many of the newest values a statistic looks at, the current one included. */
export interface Window {
  readonly window: number;
}

/**
 * Mean of the last `window` values, the current one included.
 *
 * Causal. NaN until the window is full and while a NaN is in view. O(n) for any window.
 */
export function rollingMean(values: Float64Array, { window }: Window): Float64Array {
  requireWindow("rollingMean", window, 1);
  requireFinite("rollingMean", "values", values);
  return runOperator(rollingMeanOperator({ window }), values);
}

/** `rollingMean`, one value at a time. */
export function rollingMeanOperator({ window }: Window): Operator {
  requireWindow("rollingMeanOperator", window, 1);
  const moments = new WindowMoments(window);
  return {
    push(value) {
      moments.push(value);
      return moments.origin + moments.mean;
    },
  };
}

/**
 * Standard deviation of the last `window` values, n − 1 divisor.
 *
 * Causal. NaN until the window is full and while a NaN is in view; exactly 0 where all values in view are equal.
 */
export function rollingStd(values: Float64Array, { window }: Window): Float64Array {
  requireWindow("rollingStd", window, 2);
  requireFinite("rollingStd", "values", values);
  return runOperator(rollingStdOperator({ window }), values);
}

/** `rollingStd`, one value at a time. */
export function rollingStdOperator({ window }: Window): Operator {
  requireWindow("rollingStdOperator", window, 2);
  const moments = new WindowMoments(window);
  return {
    push(value) {
      moments.push(value);
      // rounding may leave a tiny negative sum where the view holds one far outlier
      return Math.sqrt(Math.max(moments.squares, 0) / (window - 1));
    },
  };
}

/**
 * How far the newest value lies from its trailing mean, in trailing deviations:
 * z[t] = (x[t] − mean(x[t−w+1..t])) / std(x[t−w+1..t]), n − 1 divisor.
 *
 * The current value is part of its own window, so |z| never exceeds (w − 1) / √w: 1.79 for w = 5, 3.61 for w = 15.
 * Causal. NaN until the window is full, while a NaN is in view, and where the deviation is exactly zero.
 */
export function rollingZScore(values: Float64Array, { window }: Window): Float64Array {
  requireWindow("rollingZScore", window, 2);
  requireFinite("rollingZScore", "values", values);
  return runOperator(rollingZScoreOperator({ window }), values);
}

/** `rollingZScore`, one value at a time. */
export function rollingZScoreOperator({ window }: Window): Operator {
  requireWindow("rollingZScoreOperator", window, 2);
  const moments = new WindowMoments(window);
  return {
    push(value) {
      moments.push(value);
      const { squares } = moments;
      return squares > 0 ? (moments.latest - moments.mean) / Math.sqrt(squares / (window - 1)) : Number.NaN;
    },
  };
}
