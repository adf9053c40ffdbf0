import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireFinite, requireSameLength, requireWindow } from "../checks.ts";
import type { PairOperator } from "./operator.ts";
import type { WindowSetting } from "./rolling.ts";
import { WindowPairMoments } from "./window-pair-moments.ts";

/**
 * Pearson's correlation of the last `window` pairs, the current one included.
 *
 * Of the levels that are passed: two prices that trend together correlate highly whatever their returns do; pass
 * returns to ask about returns. Causal. NaN until the window is full, while a NaN of either series is in view, and
 * where one of them does not vary. O(n) for any window.
 */
export function rollingCorrelation(y: Float64Array, x: Float64Array, settings: WindowSetting): Float64Array {
  const where = "rollingCorrelation";
  requireColumns(where, { y, x });
  const { window } = requireSettings(where, settings, ["window"]);

  requireWindow(where, window, 2);
  requireSameLength(where, { y: y.length, x: x.length });
  requireFinite(where, "y", y);
  requireFinite(where, "x", x);
  const moments = new WindowPairMoments(window, ABOUT);
  const out = new Float64Array(x.length);
  for (let at = 0; at < x.length; ) {
    const [from, to] = moments.take(y, x, at);
    correlations(moments, from, to, out, at);
    at += to - from;
  }
  return out;
}

/** `rollingCorrelation`, one pair at a time. */
export function rollingCorrelationOperator(settings: WindowSetting): PairOperator {
  const { window } = requireSettings("rollingCorrelationOperator", settings, ["window"]);

  requireWindow("rollingCorrelationOperator", window, 2);
  const moments = new WindowPairMoments(window, ABOUT);
  const [oneX, oneY, out] = [new Float64Array(1), new Float64Array(1), new Float64Array(1)];
  return {
    push(y, x) {
      oneX[0] = x;
      oneY[0] = y;
      const [from, to] = moments.take(oneY, oneX, 0);
      correlations(moments, from, to, out, 0);
      return out[0]!;
    },
  };
}

const ABOUT = { centred: true, sloped: false };

function correlations(
  { xx, xe, ee }: WindowPairMoments,
  from: number,
  to: number,
  out: Float64Array,
  at: number,
): void {
  for (let i = from; i < to; i++) {
    // two roots: the product of the squares of large or small values is beyond a double
    const scale = Math.sqrt(xx[i]!) * Math.sqrt(ee[i]!);
    out[at + i - from] = xx[i]! > 0 && scale > 0 ? Math.max(-1, Math.min(1, xe[i]! / scale)) : Number.NaN;
  }
}
