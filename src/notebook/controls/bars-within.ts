import { requireFields, requireSequence } from "../../core/arguments.ts";
import type { TimeRange } from "./inputs/date-range.ts";

/** The bars that begin in a window of time, as `[from, to)` for `subarray`: all of them where nothing is marked. `timeUs` ascends. */
export function barsWithin(
  timeUs: ArrayLike<number>,
  window: TimeRange | undefined,
): readonly [number, number] {
  requireSequence("barsWithin", "timeUs", timeUs);
  if (window !== undefined) requireFields("barsWithin", "window", window, ["fromUs", "toUs"]);

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
