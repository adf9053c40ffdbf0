import type { AlertEvaluator, BarsOf, HeardEvent } from "../../analytics/alerts/values/evaluator.ts";
import type { Lane } from "../../analytics/alerts/values/nodes.ts";
import type { Bars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { firstAtLeast } from "../../core/search.ts";
import { type LiveBars, liveBars } from "../../pipeline/live-bars.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";

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
  /** Where nothing was judged yet, judging begins so long before the newest trade; 0 unless told. */
  readonly backUs?: number;
}

type MadeBars = Pick<LiveBars, "advance" | "closed">;

/** Brings stored trades to an evaluator, bar by bar. */
export interface AlertFeed {
  /** Judges the bars that have closed by now; whether any has. Cheap while none has. */
  poll(nowUs: number, hear: (event: HeardEvent) => void): boolean;
  /** The venue's time, µs; NaN before its first trade. */
  venueUs(): number;
  /** How far beyond the venue's time it has judged, µs: above 0 where a clock stood wrong. Nothing is judged until that time comes. */
  aheadUs(): number;
}

/** A venue that is silent for this long has its time carried on by our clock, or a dead feed would stop its own alarm. */
const SILENCE_US = 2_000_000;
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
  const feeds = new Map<Lane, MadeBars>();
  let closed = new Map<Lane, Bars>();
  const barsOf: BarsOf = (lane) => closed.get(lane)!;
  const shortestUs = Math.min(...evaluator.lanes.map(({ intervalUs }) => intervalUs));
  const reachUs = Math.min(catchUpUs, MOST_CATCH_UP * shortestUs);
  let newestUs = Number.NaN;
  let receivedUs = Number.NaN;
  let version: unknown;
  /** The venue's time at the last poll; NaN before the first. */
  let polledUs = Number.NaN;

  const look = (): void => {
    const seen = reader.version();
    if (seen === version) return;
    version = seen;
    for (const one of series) {
      const newest = reader.newest(one);
      if (newest === undefined) continue;
      if (!(newest.timeUs <= newestUs)) newestUs = newest.timeUs;
      if (!(newest.receivedUs <= receivedUs)) receivedUs = newest.receivedUs;
    }
  };
  const venueUs = (nowUs: number): number => newestUs + Math.max(0, nowUs - receivedUs - SILENCE_US);

  /** Where judging begins: where it was left, or with the newest trade; what lies too far back is passed over. */
  const begin = (nowUs: number, hear: (event: HeardEvent) => void): void => {
    evaluator.begin(newestUs - graceUs - backUs);
    const leftUs = evaluator.doneUs()!;
    const soonestUs = venueUs(nowUs) - graceUs - reachUs;
    const wasGone = leftUs < soonestUs;
    // where nothing has come since, what came before tells how old the feed is
    const isDead = newestUs <= soonestUs;
    if (wasGone && !isDead) evaluator.skip(soonestUs, hear);
    const fromUs = evaluator.doneUs()!;
    for (const lane of evaluator.lanes) {
      const others = made?.(lane);
      if (others !== undefined) {
        feeds.set(lane, others);
        continue;
      }
      const { symbol, intervalUs, needs } = lane;
      const of = seriesOf(symbol);
      const neededUs = (Math.floor(fromUs / intervalUs) - needs) * intervalUs;
      feeds.set(
        lane,
        liveBars(reader, of, {
          rule: { by: "time", intervalUs },
          keep: needs + Math.ceil(reachUs / intervalUs),
          graceUs,
          fromUs: Math.min(neededUs, lastBefore(of, neededUs, intervalUs)),
        }),
      );
    }
    readBars(venueUs(nowUs));
    evaluator.rebuild(barsOf);
    if (wasGone && isDead) evaluator.skip(soonestUs, hear);
  };

  /** Begin of the last bar before a time, if any: all that is known of a symbol that is long silent. */
  const lastBefore = (of: Series, us: number, intervalUs: number): number => {
    const newest = reader.newest(of, reader.firstIdAt(of, us));
    return Math.floor((newest?.timeUs ?? us) / intervalUs) * intervalUs;
  };

  const seriesOf = (symbol: string): Series => {
    const found = series.find((one) => one.symbol === symbol);
    if (found !== undefined) return found;
    const there = series.map((one) => one.symbol).join(", ");
    return refuse({
      code: "unknown-symbol",
      where: reader.label,
      problem: `needs the symbols that alert rules watch; ${quote(symbol, 60)} is not among ${there || "the symbols collected"}`,
      hint: "Change the rule, or collect the symbol.",
      facts: { symbol },
    });
  };

  /** Reads what is new; whether a bar that was judged is not what it was, or one that was judged as missing is there now. */
  const readBars = (untilUs: number): boolean => {
    const now = new Map<Lane, Bars>();
    let isRevised = false;
    for (const [lane, feed] of feeds) {
      const knownUs = closed.get(lane)?.endUs.at(-1) ?? 0;
      const { revisedUs = Number.POSITIVE_INFINITY } = feed.advance(untilUs);
      const bars = feed.closed();
      const newUs = bars.startUs[firstAtLeast(bars.startUs, knownUs)] ?? Number.POSITIVE_INFINITY;
      if (Math.min(revisedUs, newUs) < evaluator.doneUs(lane.intervalUs)!) isRevised = true;
      now.set(lane, bars);
    }
    closed = now;
    return isRevised;
  };

  return {
    poll: (nowUs, hear) => {
      look();
      if (Number.isNaN(newestUs) || evaluator.lanes.length === 0) return false;
      const untilUs = venueUs(nowUs);
      // so long after the last poll that the bars in between are not kept, it begins as after a stop
      if (!(untilUs - polledUs <= reachUs)) begin(nowUs, hear);
      polledUs = untilUs;
      if (evaluator.doneUs()! + shortestUs > untilUs - graceUs) return false;
      if (readBars(untilUs)) evaluator.rebuild(barsOf);
      evaluator.advance(barsOf, untilUs - graceUs, hear);
      return true;
    },
    venueUs: () => newestUs,
    aheadUs: () => (evaluator.doneUs() ?? Number.NaN) - polledUs,
  };
}
