import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireFinite, requireSameLength } from "../checks.ts";
import { type LineAt, type LineOperator, type LineSeries, newLines } from "./rolling-ols.ts";

export interface ExpandingOlsSettings {
  /** A constant beside x; true unless given. */
  readonly intercept?: boolean;
}

/**
 * Ordinary least squares of y on x over everything up to and including each bar.
 *
 * Causal. A pair with a NaN is left out, and its own line is NaN. NaN as well until the line is determined, with its
 * errors until there is a degree of freedom. O(1) a bar by recursive least squares: squared recursive residuals add
 * up to the residual sum of squares, so nothing cancels.
 */
export function expandingOls(
  y: Float64Array,
  x: Float64Array,
  settings: ExpandingOlsSettings = {},
): LineSeries {
  const where = "expandingOls";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["intercept"]);

  requireSameLength(where, { y: y.length, x: x.length });
  requireFinite(where, "y", y);
  requireFinite(where, "x", x);
  const operator = expandingOlsOperator(settings);
  const lines = newLines(y.length);
  for (let t = 0; t < y.length; t++) {
    const line = operator.push(y[t]!, x[t]!);
    lines.alpha[t] = line.alpha;
    lines.beta[t] = line.beta;
    lines.betaError[t] = line.betaError;
    lines.residualStd[t] = line.residualStd;
  }
  return lines;
}

/** `expandingOls`, one pair at a time. */
export function expandingOlsOperator(settings: ExpandingOlsSettings = {}): LineOperator {
  const { intercept = true } = requireSettings("expandingOlsOperator", settings, ["intercept"]);

  let n = 0;
  let originX = 0;
  let originY = 0;
  // means less the origins; they stay 0 through the origin
  let meanX = 0;
  let meanY = 0;
  let xx = 0;
  let beta = 0;
  let squares = 0;
  const line: LineAt = {
    alpha: Number.NaN,
    beta: Number.NaN,
    betaError: Number.NaN,
    residualStd: Number.NaN,
  };

  const learn = (y: number, x: number): void => {
    if (n === 0 && intercept) {
      originX = x;
      originY = y;
    }
    n += 1;
    const share = intercept ? 1 / n : 0;
    const dx = x - originX - meanX;
    const dy = y - originY - meanY;
    const error = dy - beta * dx;
    const grown = xx + (1 - share) * dx * dx;
    if (xx > 0) {
      // error² over what its variance is in units of σ²
      squares += error * error * ((1 - share) * (xx / grown));
      beta += (((1 - share) * dx) / grown) * error;
    } else if (grown > 0) {
      // the first x that differs: the line passes through it and the mean of those before
      beta = dy / dx;
    } else {
      squares += (1 - share) * dy * dy;
    }
    xx = grown;
    meanX += share * dx;
    meanY += share * dy;
  };

  return {
    push(y, x) {
      const known = !Number.isNaN(y) && !Number.isNaN(x);
      if (known) learn(y, x);
      const defined = known && xx > 0;
      const freedom = n - (intercept ? 2 : 1);
      line.beta = defined ? beta : Number.NaN;
      const constant = intercept ? originY - beta * originX + (meanY - beta * meanX) : 0;
      line.alpha = defined ? constant : Number.NaN;
      line.residualStd = defined && freedom > 0 ? Math.sqrt(squares / freedom) : Number.NaN;
      line.betaError = line.residualStd / Math.sqrt(xx);
      return line;
    },
  };
}
