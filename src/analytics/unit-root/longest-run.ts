import { requireColumns } from "../../core/arguments.ts";
/** The longest stretch without a missing value, the first of those of one length: for statistics which cannot pass over a gap. */
export function longestRun(series: Float64Array): Float64Array {
  requireColumns("longestRun", { series });

  let best: readonly [number, number] = [0, 0];
  for (let from = 0, at = 0; at <= series.length; at++) {
    if (at < series.length && !Number.isNaN(series[at]!)) continue;
    if (at - from > best[1] - best[0]) best = [from, at];
    from = at + 1;
  }
  return series.subarray(...best);
}
