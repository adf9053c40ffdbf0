import { type IdRange, type IdRanges, idRanges } from "../ledger/id-ranges.ts";
import type { Series } from "../series.ts";
import type { TradeStore } from "../trade-store.ts";
import { venueTimeUs } from "../which-series.ts";
import { countHoles, coverageOf, type HoleRow, type Ids } from "./quality-ledger.ts";
import { type Ends, latencyOf } from "./quality-pace.ts";
import type {
  ImportedFacts,
  LedgerCheck,
  Pace,
  QualityOptions,
  SeriesQuality,
  TradeFacts,
} from "./quality-types.ts";

/** What is known of one series' ledger and trades, all of one state. */
export interface SeriesSource {
  readonly held: IdRanges;
  /** From the first to the last id; undefined without any. */
  readonly span: IdRange | undefined;
  /** Undefined where no trade can be read. */
  readonly ends: Ends | undefined;
  readonly holes: readonly HoleRow[];
  readonly merged: Ids;
  readonly conflicts: number;
  latencyMs(most: number): Float64Array;
  pace(ends: Ends, most: number): Pace;
}

/** Where what is said of a series comes from. */
export interface QualitySources {
  readonly store: TradeStore;
  /** `read` sees one state. */
  source<T>(series: Series, read: (source: SeriesSource) => T): T;
  imported(series: Series): ImportedFacts | undefined;
  check(series: Series, span: IdRange, most: number): LedgerCheck;
}

/** Everything that is said of a series. */
export function seriesQuality(
  { store, source, imported, check }: QualitySources,
  series: Series,
  options: QualityOptions,
): SeriesQuality {
  const { venue, symbol } = series;
  const { since, full, sampleTrades } = options;
  const sinceUs = "atUs" in since ? since.atUs : venueTimeUs(store, venue.name) - since.backUs;
  const facts = source(series, (known) => factsOf(store, series, known, sampleTrades, sinceUs));
  const other = imported(series);
  const rest = other === undefined ? {} : { imported: other };
  if (facts === undefined) return { venue, symbol, trades: undefined, ...rest };
  const span = { first: facts.firstId, last: facts.lastId };
  const ledger = check(series, span, full ? Number.POSITIVE_INFINITY : sampleTrades);
  return { venue, symbol, trades: { ...facts, ledger }, ...rest };
}

function factsOf(
  store: TradeStore,
  series: Series,
  { held, span, ends, holes, merged, conflicts, latencyMs, pace }: SeriesSource,
  sampleTrades: number,
  sinceUs: number,
): Omit<TradeFacts, "ledger"> | undefined {
  if (span === undefined) return undefined;
  const from = windowStart(held, span, store.firstIdAt(series, sinceUs));
  return {
    firstId: span.first,
    lastId: span.last,
    firstTimeUs: ends?.firstTimeUs ?? Number.NaN,
    lastTimeUs: ends?.lastTimeUs ?? Number.NaN,
    lastReceivedUs: store.newest(series)?.receivedUs ?? Number.NaN,
    ranges: held.ranges.length,
    coverage: coverageOf(held, merged, span),
    window:
      from === undefined
        ? undefined
        : { fromUs: sinceUs, firstId: from, ...coverageOf(held, merged, { first: from, last: span.last }) },
    holes: countHoles(held, holes),
    unlistedIds: unlisted(held, span, holes),
    conflicts,
    latency: latencyOf(latencyMs(sampleTrades)),
    pace: ends && pace(ends, sampleTrades),
  };
}

export function spanOf(ranges: readonly IdRange[]): IdRange | undefined {
  if (ranges.length === 0) return undefined;
  return {
    first: Math.min(ranges[0]!.first, ranges.at(-1)!.first),
    last: ranges.reduce((most, { last }) => Math.max(most, last), 0),
  };
}

/** The first id of a window whose first stored one is `stored`: with the whole of a hole that ends there. */
function windowStart(held: IdRanges, span: IdRange, stored: number | undefined): number | undefined {
  if (stored === undefined || stored > span.last) return undefined;
  const before = held.missing({ first: span.first, last: stored - 1 }).at(-1);
  return before?.last === stored - 1 ? before.first : stored;
}

function unlisted(held: IdRanges, span: IdRange, holes: readonly IdRange[]): number {
  const listed = idRanges();
  for (const { first, last } of holes) listed.hold(first, last);
  return held.missing(span).reduce((sum, gap) => sum + gap.last - gap.first + 1 - listed.count(gap), 0);
}

/** Stored trades a second of each part of a stretch of time. `firstIdsAt`: of ascending times, the first id at each or later. */
export function storedPerSecond(
  held: IdRanges,
  firstIdsAt: (timesUs: readonly number[]) => readonly (number | undefined)[],
  { fromUs, toUs, buckets }: { readonly fromUs: number; readonly toUs: number; readonly buckets: number },
): Float64Array {
  const stepUs = (toUs - fromUs) / buckets;
  const end = held.ranges.at(-1)?.last ?? -1;
  const times = Array.from({ length: buckets + 1 }, (_, i) => fromUs + i * stepUs);
  const ids = firstIdsAt(times).map((id) => Math.min(end + 1, id ?? end + 1));
  return Float64Array.from({ length: buckets }, (_, i) =>
    ids[i + 1]! > ids[i]! ? (held.count({ first: ids[i]!, last: ids[i + 1]! - 1 }) * 1e6) / stepUs : 0,
  );
}
