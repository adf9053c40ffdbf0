/** How far a bar lies from the trailing mean of one line's spread. */
export interface LineAtBar {
  /** Spread less its mean, over its deviation; NaN where a price in view is missing or nothing varies. */
  readonly z: number;
  /** Of the spread over the window, n − 1 divisor. */
  readonly deviation: number;
}

const NOTHING: LineAtBar = { z: Number.NaN, deviation: Number.NaN };

/**
 * The z-score at bar `t` of the spread y − βx over the `window` bars up to it, all with this one β: what a line that is
 * kept says, where a series of moving lines mixes their levels. (α shifts spread and mean alike.)
 */
export function lineZScore(
  y: Float64Array,
  x: Float64Array,
  beta: number,
  t: number,
  window: number,
): LineAtBar {
  const from = t - window + 1;
  if (from < 0 || Number.isNaN(beta)) return NOTHING;
  // about the newest spread, so that an offset costs no digits
  const [baseY, baseX] = [y[t]!, x[t]!];
  let sum = 0;
  for (let i = from; i <= t; i++) sum += y[i]! - baseY - beta * (x[i]! - baseX);
  const mean = sum / window;
  let squares = 0;
  for (let i = from; i <= t; i++) {
    const off = y[i]! - baseY - beta * (x[i]! - baseX) - mean;
    squares += off * off;
  }
  const deviation = Math.sqrt(squares / (window - 1));
  return deviation > 0 ? { z: -mean / deviation, deviation } : NOTHING;
}
