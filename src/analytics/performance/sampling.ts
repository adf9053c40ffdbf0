import { type Curve, closeUs, type Grid } from "./curve.ts";

export const DAY_US: number = 86_400e6;
/** Markets that never close: 365 days of 24 hours. */
export const YEAR_US: number = 365 * DAY_US;

/** The periods whose returns the ratios rest on. */
export interface Sampling {
  readonly period: "day" | "bar";
  readonly periodUs: number;
  /** The last bar of each period. */
  readonly bars: Int32Array;
  /** Its close, µs. */
  readonly endUs: Float64Array;
  /** Returns a year: a year over the length of a period, times the share of periods that have a bar. */
  readonly perYear: number;
  /** Periods of the window without a bar; their move falls into the next one. */
  readonly missing: number;
}

/**
 * Bars, or UTC days by their last close. A day at the edge of the window counts whole; bars of a day or longer are
 * their own periods.
 */
export function samplingOf(grid: Grid, period: "day" | "bar"): Sampling {
  const { startUs, intervalUs } = grid;
  const n = startUs.length;
  const isDaily = period === "day" && intervalUs < DAY_US;
  const periodUs = isDaily ? DAY_US : intervalUs;
  // a bar that closes at midnight belongs to the day before
  const dayOf = (bar: number): number => Math.ceil(closeUs(grid, bar) / DAY_US) - 1;
  const bars: number[] = [];
  for (let t = 0; t < n; t++) {
    if (!isDaily || t === n - 1 || dayOf(t + 1) !== dayOf(t)) bars.push(t);
  }
  const spanned =
    n === 0 ? 0 : isDaily ? dayOf(n - 1) - dayOf(0) + 1 : (closeUs(grid, n - 1) - startUs[0]!) / intervalUs;
  const slots = Math.max(bars.length, Math.round(spanned));
  return {
    period: isDaily ? "day" : "bar",
    periodUs,
    bars: Int32Array.from(bars),
    endUs: Float64Array.from(bars, (bar) => closeUs(grid, bar)),
    perYear: (YEAR_US / periodUs) * (slots === 0 ? 1 : bars.length / slots),
    missing: slots - bars.length,
  };
}

/** The curve at the end of each period: the last value that is known there, NaN before the first. */
export function sampled({ start, alive }: Curve, { bars }: Sampling): Float64Array {
  const out = new Float64Array(bars.length);
  let [known, t] = [start, 0];
  for (let k = 0; k < out.length; k++) {
    for (; t <= bars[k]!; t++) if (!Number.isNaN(alive[t]!)) known = alive[t]!;
    out[k] = known;
  }
  return out;
}

/** Simple returns from period to period, the first from the start; NaN after ruin. */
export function returnsOf(start: number, values: Float64Array): Float64Array {
  return values.map((value, k) => {
    const before = k === 0 ? start : values[k - 1]!;
    return before > 0 ? (value - before) / before : Number.NaN;
  });
}
