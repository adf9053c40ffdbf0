import type { AlertEvaluator, HeardEvent } from "../../../analytics/alerts/values/evaluator.ts";
import type { Lane } from "../../../analytics/alerts/values/nodes.ts";
import type { Series, TradeStore } from "../../../pipeline/store/trade-store.ts";
import { laneBars, type MadeBars } from "./lane-bars.ts";
import { venueClock } from "./venue-clock.ts";

export interface FeedSettings {
  readonly reader: TradeStore;
  /** The series of one venue: those that are watched, and the others whose trades move its time on. */
  readonly series: readonly Series[];
  readonly evaluator: AlertEvaluator;
  /** Bars of a lane that somebody makes already; where there are none, the feed makes its own. */
  readonly made?: (lane: Lane) => MadeBars | undefined;
  /** A bar is judged when the venue's time has passed its end by this much. */
  readonly graceUs: number;
  /** What is further back than this is passed over after a pause; also what is further than 10,000 of the shortest bars. */
  readonly catchUpUs: number;
  /** Where nothing was judged yet, judging begins so long before the newest trade; 0 unless told. What that past says counts to no limit of messages. */
  readonly backUs?: number;
}

/** Brings stored trades to an evaluator, bar by bar. */
export interface AlertFeed {
  /** Judges the bars that have closed by now; whether any has. Cheap while none has. */
  poll(nowUs: number, hear: (event: HeardEvent) => void): boolean;
  /** The venue's time, µs; NaN before its first trade. */
  venueUs(): number;
  /** How far beyond the venue's time it has judged, µs: above 0 where a clock stood wrong. Nothing is judged until that time comes. */
  aheadUs(): number;
}

/** Bars kept for catching up, at the most. */
const MOST_CATCH_UP = 10_000;

export function alertFeed({
  reader,
  series,
  evaluator,
  graceUs,
  catchUpUs,
  backUs = 0,
  made,
}: FeedSettings): AlertFeed {
  const shortestUs = Math.min(...evaluator.lanes.map(({ intervalUs }) => intervalUs));
  const reachUs = Math.min(catchUpUs, MOST_CATCH_UP * shortestUs);
  const clock = venueClock(reader, series);
  const bars = laneBars({ reader, series, evaluator, made, graceUs, reachUs });
  /** The venue's time at the last poll; NaN before the first. */
  let polledUs = Number.NaN;

  /** Where judging begins: where it was left, or with the newest trade; what lies too far back is passed over. */
  const begin = (untilUs: number, hear: (event: HeardEvent) => void): void => {
    const newestUs = clock.newestUs() - graceUs;
    evaluator.begin(newestUs - backUs, backUs > 0 ? newestUs : undefined);
    const leftUs = evaluator.doneUs()!;
    const soonestUs = untilUs - graceUs - reachUs;
    const wasGone = leftUs < soonestUs;
    // where nothing has come since, what came before tells how old the feed is
    const isDead = clock.newestUs() <= soonestUs;
    if (wasGone && !isDead) evaluator.skip(soonestUs, hear);
    bars.begin(evaluator.doneUs()!);
    bars.read(untilUs);
    evaluator.rebuild(bars.of);
    if (wasGone && isDead) evaluator.skip(soonestUs, hear);
  };

  return {
    poll: (nowUs, hear) => {
      clock.look();
      if (Number.isNaN(clock.newestUs()) || evaluator.lanes.length === 0) return false;
      const untilUs = clock.at(nowUs);
      // so long after the last poll that the bars in between are not kept, it begins as after a stop
      if (!(untilUs - polledUs <= reachUs)) begin(untilUs, hear);
      polledUs = untilUs;
      if (evaluator.doneUs()! + shortestUs > untilUs - graceUs) return false;
      if (bars.read(untilUs)) evaluator.rebuild(bars.of);
      evaluator.advance(bars.of, untilUs - graceUs, hear);
      return true;
    },
    venueUs: clock.newestUs,
    aheadUs: () => (evaluator.doneUs() ?? Number.NaN) - polledUs,
  };
}
