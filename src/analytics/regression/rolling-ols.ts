import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireFinite, requireSameLength, requireWindow } from "../checks.ts";
import type { WindowSetting } from "../rolling/rolling.ts";
import { WindowPairMoments } from "../rolling/window-pair-moments.ts";

export interface RollingOlsSettings extends WindowSetting {
  /** A constant beside x; true unless given. */
  readonly intercept?: boolean;
}

/** A regression line at one bar. */
export interface LineAt {
  alpha: number;
  beta: number;
  /** Classical standard error of β. */
  betaError: number;
  /** √(Σe² / degrees of freedom) of the view. */
  residualStd: number;
}

/** A regression line for every bar. */
export interface LineSeries {
  readonly alpha: Float64Array;
  readonly beta: Float64Array;
  readonly betaError: Float64Array;
  readonly residualStd: Float64Array;
}

/** A regression that takes one pair at a time. */
export interface LineOperator {
  /** The line with this pair included. It is one object, overwritten by the next push. */
  push(y: number, x: number): Readonly<LineAt>;
}

/**
 * Ordinary least squares of y on x over the last `window` pairs, the current one included.
 *
 * Causal: each line knows its own view alone. NaN until the window is full, while a NaN of either series is in view,
 * and where x does not vary. O(n) for any window, without the drift of running sums.
 */
export function rollingOls(y: Float64Array, x: Float64Array, settings: RollingOlsSettings): LineSeries {
  const where = "rollingOls";
  requireColumns(where, { y, x });
  checkSettings(where, settings);
  requireSameLength(where, { y: y.length, x: x.length });
  requireFinite(where, "y", y);
  requireFinite(where, "x", x);
  const moments = newMoments(settings);
  const out = newLines(y.length);
  for (let at = 0; at < y.length; ) {
    const [from, to] = moments.take(y, x, at);
    lines(moments, settings, from, to, out, at);
    at += to - from;
  }
  return out;
}

/** `rollingOls`, one pair at a time. */
export function rollingOlsOperator(settings: RollingOlsSettings): LineOperator {
  checkSettings("rollingOlsOperator", settings);
  const moments = newMoments(settings);
  const [oneY, oneX, out] = [new Float64Array(1), new Float64Array(1), newLines(1)];
  const line: LineAt = {
    alpha: Number.NaN,
    beta: Number.NaN,
    betaError: Number.NaN,
    residualStd: Number.NaN,
  };
  return {
    push(y, x) {
      oneY[0] = y;
      oneX[0] = x;
      const [from, to] = moments.take(oneY, oneX, 0);
      lines(moments, settings, from, to, out, 0);
      line.alpha = out.alpha[0]!;
      line.beta = out.beta[0]!;
      line.betaError = out.betaError[0]!;
      line.residualStd = out.residualStd[0]!;
      return line;
    },
  };
}

/** Room for the lines of `length` bars. */
export function newLines(length: number): LineSeries {
  const column = () => new Float64Array(length);
  return { alpha: column(), beta: column(), betaError: column(), residualStd: column() };
}

function newMoments({ window, intercept = true }: RollingOlsSettings): WindowPairMoments {
  return new WindowPairMoments(window, { centred: intercept, sloped: true });
}

function lines(
  { xx, xe, ee, meanX, meanE, originX, originY, slope }: WindowPairMoments,
  { window, intercept = true }: RollingOlsSettings,
  from: number,
  to: number,
  { alpha, beta, betaError, residualStd }: LineSeries,
  at: number,
): void {
  const freedom = window - (intercept ? 2 : 1);
  for (let i = from; i < to; i++) {
    const turn = xx[i]! > 0 ? xe[i]! / xx[i]! : Number.NaN;
    const b = slope + turn;
    const deviation = Math.sqrt(Math.max(ee[i]! - xe[i]! * turn, 0) / freedom);
    const t = at + i - from;
    beta[t] = b;
    alpha[t] = originY - b * originX + (meanE[i]! - turn * meanX[i]!);
    residualStd[t] = deviation;
    betaError[t] = deviation / Math.sqrt(xx[i]!);
  }
}

function checkSettings(where: string, settings: RollingOlsSettings): void {
  const { window, intercept = true } = requireSettings(where, settings, ["window", "intercept"]);
  requireWindow(where, window, intercept ? 3 : 2);
}
