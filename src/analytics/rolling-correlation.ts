import { requireFinite, requireSameLength, requireWindow } from "./checks.ts";
import { type PairOperator, runPairOperator } from "./operator.ts";
import type { Window } from "./rolling.ts";
import { WindowPairMoments } from "./window-pair-moments.ts";

/**
 * Pearson's correlation of the last `window` pairs, the current one included.
 *
 * Of the levels that are passed: two prices that trend together correlate highly whatever their returns do; pass
 * returns to ask about returns. Causal. NaN until the window is full, while a NaN of either series is in view, and
 * where one of them does not vary. O(n) for any window.
 */
export function rollingCorrelation(x: Float64Array, y: Float64Array, { window }: Window): Float64Array {
  const where = "rollingCorrelation";
  requireWindow(where, window, 2);
  requireSameLength(where, { x: x.length, y: y.length });
  requireFinite(where, "x", x);
  requireFinite(where, "y", y);
  return runPairOperator(rollingCorrelationOperator({ window }), x, y);
}

/** `rollingCorrelation`, one pair at a time. */
export function rollingCorrelationOperator({ window }: Window): PairOperator {
  requireWindow("rollingCorrelationOperator", window, 2);
  const moments = new WindowPairMoments(window, { centred: true, sloped: false });
  return {
    push(x, y) {
      moments.push(y, x);
      const { xx, xe, ee } = moments;
      const scale = Math.sqrt(xx * ee);
      return xx > 0 && scale > 0 ? Math.max(-1, Math.min(1, xe / scale)) : Number.NaN;
    },
  };
}
