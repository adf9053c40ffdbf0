import type { TimeRange } from "./inputs/date-range.ts";

/** The bars that begin in a window of time, as `[from, to)` for `subarray`: all of them where nothing is marked. `timeUs` ascends. */
export function barsWithin(
  timeUs: ArrayLike<number>,
  window: TimeRange | undefined,
): readonly [number, number] {
  if (window === undefined) return [0, timeUs.length];
  return [firstAtOrAfter(timeUs, window.fromUs), firstAtOrAfter(timeUs, window.toUs)];
}

function firstAtOrAfter(timeUs: ArrayLike<number>, us: number): number {
  let low = 0;
  let high = timeUs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeUs[middle]! < us) low = middle + 1;
    else high = middle;
  }
  return low;
}
