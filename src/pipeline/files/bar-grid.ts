import { refuse } from "../../core/errors.ts";
import { formatDuration } from "../../core/time.ts";

/** Bars of one length, and which of them each row of a file lies in. */
export interface BarGrid {
  readonly intervalUs: number;
  /** Begin of each bar, µs since 1970 UTC, ascending. */
  readonly startUs: Float64Array;
  /** By row: the bar it lies in. */
  readonly barOf: Int32Array;
}

/** The rows of a file, as far as a grid needs them. */
export interface GridRows {
  readonly timeUs: Float64Array;
  readonly wallUs: Float64Array;
  /** The length of the file's own bars. */
  readonly ownUs: number;
  /** They begin whole lengths apart on a clock that is put forward and back. */
  readonly byWall: boolean;
}

const MOST_BARS = 10_000_000;

/**
 * A grid from the first row to the last, in the phase of the file's own bars: longer ones hold whole rows, and are aligned to
 * 1970 in the file's own days where those are. `skipsGaps`: bars in which the file has no row are left out, as nights and weekends are of shares.
 */
export function barGrid(where: string, rows: GridRows, intervalUs: number, skipsGaps: boolean): BarGrid {
  const { timeUs, wallUs, ownUs, byWall } = rows;
  const clock = byWall ? wallUs : timeUs;
  // hours from half past on: no longer bar may hold the half of one
  const phaseUs = clock[0]! - Math.floor(clock[0]! / ownUs) * ownUs;
  const originUs =
    intervalUs === ownUs ? clock[0]! : Math.floor((clock[0]! - phaseUs) / intervalUs) * intervalUs + phaseUs;
  const count = Math.floor((clock[clock.length - 1]! - originUs) / intervalUs) + 1;
  if (count > MOST_BARS && !skipsGaps) {
    refuse({
      code: "too-many-bars",
      where,
      problem: `can fill a grid of up to ${MOST_BARS} bars; these rows span ${count} of ${formatDuration(intervalUs)}`,
      hint: "Choose a longer interval, for example 1h.",
    });
  }
  const starts: number[] = [];
  const barOf = new Int32Array(timeUs.length);
  let before = -1;
  for (let row = 0; row < timeUs.length; row++) {
    const bar = Math.floor((clock[row]! - originUs) / intervalUs);
    if (bar !== before) {
      if (!skipsGaps)
        for (let gap = before + 1; gap < bar; gap++) starts.push(starts[starts.length - 1]! + intervalUs);
      starts.push(timeUs[row]! - (clock[row]! - originUs - bar * intervalUs));
      before = bar;
    }
    barOf[row] = starts.length - 1;
  }
  return { intervalUs, startUs: Float64Array.from(starts), barOf };
}
