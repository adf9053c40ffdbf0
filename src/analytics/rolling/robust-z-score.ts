import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireFinite, requireWindow } from "../checks.ts";
import { MAD_OF_NORMAL } from "./median.ts";
import { type Operator, runOperator } from "./operator.ts";
import type { WindowSetting } from "./rolling.ts";

/**
 * How far the newest value lies from the median of its trailing window, in median absolute deviations divided by
 * Φ⁻¹(¾) = 0.674490, so that it reads like a z-score on normal values. A few bad prints do not widen it.
 *
 * Causal. NaN until the window is full, while a NaN is in view, and where the MAD is zero, which it is as soon as more
 * than half of the view is one value.
 */
export function robustZScore(values: Float64Array, settings: WindowSetting): Float64Array {
  requireColumns("robustZScore", { values });
  const { window } = requireSettings("robustZScore", settings, ["window"]);

  requireWindow("robustZScore", window, 2);
  requireFinite("robustZScore", "values", values);
  return runOperator(robustZScoreOperator({ window }), values);
}

/** `robustZScore`, one value at a time. */
export function robustZScoreOperator(settings: WindowSetting): Operator {
  const { window } = requireSettings("robustZScoreOperator", settings, ["window"]);

  requireWindow("robustZScoreOperator", window, 2);
  const recent = new Float64Array(window).fill(Number.NaN);
  const ordered = new Float64Array(window);
  let held = 0;
  let at = 0;
  return {
    push(value) {
      const oldest = recent[at]!;
      recent[at] = value;
      at = (at + 1) % window;
      if (!Number.isNaN(oldest)) {
        const place = lowerBound(ordered, held, oldest);
        ordered.copyWithin(place, place + 1, held);
        held -= 1;
      }
      if (!Number.isNaN(value)) {
        const place = lowerBound(ordered, held, value);
        ordered.copyWithin(place + 1, place, held);
        ordered[place] = value;
        held += 1;
      }
      if (held < window) return Number.NaN;
      const median = middleOf(window, (k) => ordered[k]!);
      const deviation = middleOf(window, (k) => kthDistance(ordered, median, k)) / MAD_OF_NORMAL;
      return deviation > 0 ? (value - median) / deviation : Number.NaN;
    },
  };
}

/** The median by rank: the middle one, or the mean of the two in the middle. */
function middleOf(n: number, kth: (k: number) => number): number {
  const upper = kth(n >> 1);
  if (n % 2 === 1) return upper;
  const lower = kth((n >> 1) - 1);
  return lower + (upper - lower) / 2;
}

/** The first of `length` ordered values that is not below `value`. */
function lowerBound(ordered: Float64Array, length: number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ordered[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The k-th smallest distance from `centre`, k from 0: distances rise to both sides, so two runs are merged by halving. */
function kthDistance(ordered: Float64Array, centre: number, k: number): number {
  const n = ordered.length;
  const split = lowerBound(ordered, n, centre);
  // how many of the k + 1 nearest lie on the left
  let low = Math.max(0, k + 1 - (n - split));
  let high = Math.min(split, k + 1);
  while (low < high) {
    const left = (low + high) >> 1;
    const right = k - left;
    // take more on the left while its next is no farther than the last taken on the right
    if (centre - ordered[split - left - 1]! < ordered[split + right]! - centre) low = left + 1;
    else high = left;
  }
  const left = low > 0 ? centre - ordered[split - low]! : 0;
  const right = k + 1 - low > 0 ? ordered[split + k - low]! - centre : 0;
  return Math.max(left, right);
}
