import type { Market } from "../backtest/types.ts";

/** The bars that a curve lies on. */
export type Grid = Pick<Market, "startUs" | "intervalUs">;

/** What something was worth, in money. */
export interface Curve {
  /** At the start of the first bar. */
  readonly start: number;
  /** At the close of each bar; NaN where it is not known. */
  readonly values: Float64Array;
  /** The same until nothing is left (0 or less), then NaN: what a dead account did later has no returns. */
  readonly alive: Float64Array;
  /** Close of the first bar at which nothing was left; NaN if there is none. */
  readonly ruinUs: number;
}

export function curveOf(start: number, values: Float64Array, grid: Grid): Curve {
  const dead = values.findIndex((value) => value <= 0);
  if (dead < 0) return { start, values, alive: values, ruinUs: Number.NaN };
  return {
    start,
    values,
    alive: values.slice().fill(Number.NaN, dead + 1),
    ruinUs: closeUs(grid, dead),
  };
}

/** One unit of a leg, bought at its first known price, at no cost, and held. */
export function holdCurve({ open, close }: Market["legs"][number], grid: Grid): Curve {
  const first = close.findIndex((price, t) => price > 0 || open[t]! > 0);
  const start = first < 0 ? Number.NaN : open[first]! > 0 ? open[first]! : close[first]!;
  return curveOf(start, close, grid);
}

export function closeUs({ startUs, intervalUs }: Grid, bar: number): number {
  return startUs[bar]! + intervalUs;
}

/** The last value that is known; the start if none is. */
export function lastValue({ start, values }: Curve): number {
  return values.findLast((value) => !Number.isNaN(value)) ?? start;
}
