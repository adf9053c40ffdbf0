import { requireFinite, requireSameLength, requireWindow } from "./checks.ts";
import type { Window } from "./rolling.ts";
import { WindowPairMoments } from "./window-pair-moments.ts";

export interface RollingOlsSettings extends Window {
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
  requireSettings(where, settings);
  requireSameLength(where, { y: y.length, x: x.length });
  requireFinite(where, "y", y);
  requireFinite(where, "x", x);
  return runLineOperator(rollingOlsOperator(settings), y, x);
}

/** `rollingOls`, one pair at a time. */
export function rollingOlsOperator(settings: RollingOlsSettings): LineOperator {
  requireSettings("rollingOlsOperator", settings);
  const { window, intercept = true } = settings;
  const freedom = window - (intercept ? 2 : 1);
  const moments = new WindowPairMoments(window, { centred: intercept, sloped: true });
  const line: LineAt = {
    alpha: Number.NaN,
    beta: Number.NaN,
    betaError: Number.NaN,
    residualStd: Number.NaN,
  };
  return {
    push(y, x) {
      moments.push(y, x);
      const { xx, xe, ee, originX, originY, meanX, meanE } = moments;
      const turn = xx > 0 ? xe / xx : Number.NaN;
      const squares = ee - xe * turn;
      line.beta = moments.slope + turn;
      line.alpha = originY - line.beta * originX + (meanE - turn * meanX);
      line.residualStd = Math.sqrt(Math.max(squares, 0) / freedom);
      line.betaError = line.residualStd / Math.sqrt(xx);
      return line;
    },
  };
}

/** Runs a line operator over two series of one length. */
export function runLineOperator(operator: LineOperator, y: Float64Array, x: Float64Array): LineSeries {
  const n = y.length;
  const alpha = new Float64Array(n);
  const beta = new Float64Array(n);
  const betaError = new Float64Array(n);
  const residualStd = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const line = operator.push(y[i]!, x[i]!);
    alpha[i] = line.alpha;
    beta[i] = line.beta;
    betaError[i] = line.betaError;
    residualStd[i] = line.residualStd;
  }
  return { alpha, beta, betaError, residualStd };
}

function requireSettings(where: string, { window, intercept = true }: RollingOlsSettings): void {
  requireWindow(where, window, intercept ? 3 : 2);
}
