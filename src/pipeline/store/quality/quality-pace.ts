import type Database from "better-sqlite3";
import type { IdRanges } from "../ledger/id-ranges.ts";
import { edgeTimes } from "./edge-times.ts";
import type { Latency, Pace } from "./quality-types.ts";

/** The first and the newest trade that are stored. */
export interface Ends {
  readonly firstId: number;
  readonly lastId: number;
  readonly firstTimeUs: number;
  readonly lastTimeUs: number;
}

export interface PaceQueries {
  /** Undefined without a trade. */
  ends(symbolId: number): Ends | undefined;
  latencyMs(symbolId: number, most: number): Float64Array;
  pace(
    symbolId: number,
    ends: Ends,
    held: IdRanges,
    most: number,
    firstIdAt: (timeUs: number) => number | undefined,
  ): Pace;
}

const MINUTE_US = 60e6;
/** Of the ids of a minute, held. */
const ENOUGH = 0.5;

export function paceQueries(db: Database.Database): PaceQueries {
  const edges = edgeTimes(db);
  const NEWEST = "FROM trades WHERE symbol_id = ? ORDER BY trade_id DESC LIMIT ?";
  const latencies = db
    .prepare<number[], number>(
      `SELECT received_us - event_time_us FROM (SELECT received_us, event_time_us, source ${NEWEST})
       WHERE source = 0 AND event_time_us IS NOT NULL`,
    )
    .pluck();
  const busiest = db.prepare<number[], { startUs: number; trades: number }>(
    `SELECT trade_time_us / 1000000 * 1000000 AS startUs, count(*) AS trades
     FROM (SELECT trade_time_us ${NEWEST}) GROUP BY 1 ORDER BY trades DESC, startUs DESC LIMIT 1`,
  );

  return {
    ends: (symbolId) => {
      const oldest = edges.after(symbolId, -1);
      const newest = edges.before(symbolId, Number.MAX_SAFE_INTEGER);
      if (oldest === undefined || newest === undefined) return undefined;
      return {
        firstId: oldest.id,
        lastId: newest.id,
        firstTimeUs: oldest.timeUs,
        lastTimeUs: newest.timeUs,
      };
    },
    latencyMs: (symbolId, most) => Float64Array.from(latencies.all(symbolId, most), (us) => us / 1000).sort(),
    pace: (symbolId, ends, held, most, firstIdAt) =>
      paceOf(ends, held, busiest.get(symbolId, most), firstIdAt),
  };
}

/** Of ascending values; undefined without any. */
export function latencyOf(ascendingMs: Float64Array): Latency | undefined {
  const trades = ascendingMs.length;
  if (trades === 0) return undefined;
  const rank = (share: number): number => ascendingMs[Math.max(0, Math.ceil(share * trades) - 1)]!;
  return {
    trades,
    minMs: ascendingMs[0]!,
    p50Ms: rank(0.5),
    p90Ms: rank(0.9),
    p99Ms: rank(0.99),
    maxMs: ascendingMs[trades - 1]!,
  };
}

/** Trades a second of a span of trades; `busiestSecond` as it was found among the newest. */
export function paceOf(
  { firstId, lastId, firstTimeUs, lastTimeUs }: Ends,
  held: IdRanges,
  busiestSecond: Pace["busiestSecond"] | undefined,
  firstIdAt: (timeUs: number) => number | undefined,
): Pace {
  /** Trades after the first, over the time that they took. */
  const perSecond = (trades: number, us: number): number => (us >= 1e6 ? (trades * 1e6) / us : Number.NaN);
  const fromUs = Math.max(firstTimeUs, lastTimeUs - MINUTE_US);
  const minute = { first: firstIdAt(fromUs) ?? lastId, last: lastId };
  const ids = lastId - minute.first;
  const stored = held.count(minute) - 1;
  // a pace over holes is none
  const inMinute = stored < ids * ENOUGH ? Number.NaN : stored;
  return {
    meanPerSecond: perSecond(lastId - firstId, lastTimeUs - firstTimeUs),
    lastMinutePerSecond: perSecond(inMinute, lastTimeUs - fromUs),
    busiestSecond: busiestSecond ?? { startUs: Number.NaN, trades: Number.NaN },
  };
}
