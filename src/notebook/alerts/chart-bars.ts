import type { PairFrame } from "../../app/pair/pair-monitor.ts";
import { type Bars, concatBars, makeBars, sliceBars } from "../../core/bars.ts";
import { firstAtLeast } from "../../core/search.ts";
import type { LiveBars } from "../../pipeline/live-bars.ts";

/** The bars of one leg that a pair's charts are drawn from, as they grow, for whoever judges them beside the charts. */
export function chartBars(
  frame: () => PairFrame,
  leg: "y" | "x",
  graceUs: number,
): Pick<LiveBars, "advance" | "closed"> {
  let seen: PairFrame | undefined;
  let bars: Bars | undefined;
  /** What the bars were when they were looked at last: those of a chart change in place. */
  let before: Bars | undefined;
  let venueUs = Number.NEGATIVE_INFINITY;

  return {
    advance: (untilUs) => {
      venueUs = Math.max(venueUs, untilUs);
      const now = frame();
      const forming = now.forming[leg];
      // of a venue that is silent, time goes on by our clock, and the chart's last bar is over
      const over = forming.endUs.filter((endUs) => endUs + graceUs <= venueUs).length;
      const length = now.closed[leg].length + over;
      if (now === seen && bars?.length === length) return { changed: false, revisedUs: undefined };
      seen = now;
      bars = over === 0 ? now.closed[leg] : concatBars(now.closed[leg], sliceBars(forming, 0, over));
      const revisedUs = before && firstRevised(before, bars);
      before = copyOf(bars);
      return { changed: true, revisedUs };
    },
    closed: () => bars ?? frame().closed[leg],
  };
}

const COLUMNS = ["startUs", "firstId", "lastId", "tradeCount", "volume", "complete"] as const;

/** Start of the first bar that is not what it was; bars that were let go are not compared, new ones at the end no change. */
function firstRevised(before: Bars, now: Bars): number | undefined {
  const first = firstAtLeast(before.startUs, now.startUs[0] ?? Number.POSITIVE_INFINITY);
  for (let row = first; row < before.length; row++) {
    const at = row - first;
    if (at >= now.length || COLUMNS.some((name) => before[name][row] !== now[name][at]))
      return Math.min(before.startUs[row]!, now.startUs[at] ?? Number.POSITIVE_INFINITY);
  }
  return undefined;
}

function copyOf(bars: Bars): Bars {
  return makeBars(bars, bars.length, (name) => bars[name].slice());
}
