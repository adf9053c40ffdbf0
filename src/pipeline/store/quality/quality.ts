import { statSync } from "node:fs";
import type Database from "better-sqlite3";
import { SCHEMA_VERSION } from "../file/schema.ts";
import { type IdRange, type IdRanges, idRanges } from "../ledger/id-ranges.ts";
import type { HoleState } from "../ledger/ledger.ts";
import { connectReadOnly, type Series, type StoreReader } from "../read/reader.ts";
import {
  type Coverage,
  coverageOf,
  type HoleSpan,
  type LedgerCheck,
  ledgerChecks,
} from "./quality-ledger.ts";
import { type Latency, latencyOf, type Pace, paceQueries } from "./quality-pace.ts";

export type { Coverage, HoleSpan, LedgerCheck, LedgerDefect } from "./quality-ledger.ts";
export type { Latency, Pace } from "./quality-pace.ts";

/** The file as SQLite and the file system see it. */
export interface FileFacts {
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
  readonly journalMode: string;
  readonly fileBytes: number;
  /** Of the write-ahead log beside the file; 0 without one. */
  readonly walBytes: number;
  /** Pages in use, those of the log included, less the roots of everything but trades. */
  readonly tradeBytes: number;
  /** Trades in this file, of all venues and symbols: ids held less those that are archived. */
  readonly storedTrades: number;
}

/** Where a window begins: at a time, or so long before the venue's newest trade. */
export type Since = { readonly atUs: number } | { readonly backUs: number };

export interface QualityOptions {
  readonly since: Since;
  /** Compare the ledger with every trade, and not with the newest ones only. */
  readonly full: boolean;
  /** Newest trades that latency, busiest second and the usual ledger check look at. */
  readonly sampleTrades: number;
}

/** What became of the ids that were missed, by the state of their holes. */
export type HoleCounts = Readonly<Record<HoleState, { readonly holes: number; readonly missingIds: number }>>;

/** How complete, how late and how fast one symbol's trades are. */
export interface SeriesQuality {
  readonly venue: Series["venue"];
  readonly symbol: string;
  /** Undefined: not one single trade is stored. */
  readonly trades: TradeFacts | undefined;
  /** What is there beside single trades, or in their place. */
  readonly imported?: ImportedFacts;
}

/** What came from files as merged trades or as bars. */
export interface ImportedFacts {
  readonly mergedTrades: number;
  /** By length of bar. */
  readonly bars: readonly {
    readonly intervalUs: number;
    readonly bars: number;
    readonly firstUs: number;
    readonly lastUs: number;
  }[];
}

export interface TradeFacts {
  readonly firstId: number;
  readonly lastId: number;
  readonly firstTimeUs: number;
  readonly lastTimeUs: number;
  /** When the newest trade came, by this machine's clock. */
  readonly lastReceivedUs: number;
  readonly ranges: number;
  readonly coverage: Coverage;
  /** The same since the window's begin; a hole which straddles that begin counts whole. Undefined: no trade since then. */
  readonly window: (Coverage & { readonly fromUs: number; readonly firstId: number }) | undefined;
  readonly holes: HoleCounts;
  /** Missing ids that no hole lists: must be 0. */
  readonly unlistedIds: number;
  readonly ledger: LedgerCheck;
  readonly conflicts: number;
  /** Undefined: no trade of the sample came by the stream. */
  readonly latency: Latency | undefined;
  /** Undefined, and the times NaN: all ids are held without a trade here. */
  readonly pace: Pace | undefined;
}

/** Read-only questions about a database's health. Each answer is consistent in itself; none keeps a snapshot. */
export interface QualityReader {
  file(): FileFacts;
  /** SQLite's own check of every page: reads the whole file. Empty: nothing found; the first 20 or so. */
  integrityProblems(): string[];
  series(series: Series, options: QualityOptions): SeriesQuality;
  /** Holes with the times between which they lie, by ascending id: the newest `most`. */
  holes(series: Series, most: number): HoleSpan[];
  /** Receipt minus event time of the newest `most` trades, those that came by the stream; ascending. */
  latencyMs(series: Series, most: number): Float64Array;
  /** Trades stored a second in each of `buckets` equal parts of a span of trade time. O(buckets · log n). */
  storedPerSecond(series: Series, fromUs: number, toUs: number, buckets: number): Float64Array;
  close(): void;
}

/** Looks into the database of a store, on a connection of its own. */
export function openQuality(store: StoreReader): QualityReader {
  const db = connectReadOnly(store.path);
  const ledger = ledgerChecks(db);
  const pace = paceQueries(db);
  const conflicts = db.prepare("SELECT count(*) FROM conflicts WHERE symbol_id = ?").pluck();

  const newestOfVenue = (name: string): number =>
    Math.max(
      ...store.series().map((one) => (one.venue.name === name ? (store.newest(one)?.timeUs ?? 0) : 0)),
    );

  const read = db.transaction((series: Series, options: QualityOptions, sinceUs: number) => {
    const { symbolId } = series;
    const held = ledger.held(symbolId);
    const ends = pace.ends(symbolId);
    const span = spanOf([
      ...held.ranges,
      ...(ends === undefined ? [] : [{ first: ends.firstId, last: ends.lastId }]),
    ]);
    if (span === undefined) return undefined;
    const holes = ledger.holeRows(symbolId);
    const merged = ledger.merged(symbolId, held, holes);
    const from = windowStart(held, span, store.firstIdAt(series, sinceUs));
    const firstIdAt = (timeUs: number): number | undefined => store.firstIdAt(series, timeUs);
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
      holes: ledger.countHoles(held, holes),
      unlistedIds: unlisted(held, span, holes),
      conflicts: conflicts.get(symbolId) as number,
      latency: latencyOf(pace.latencyMs(symbolId, options.sampleTrades)),
      pace: ends && pace.pace(symbolId, ends, held, options.sampleTrades, firstIdAt),
    };
  });

  const countMerged = db
    .prepare<unknown[], number>("SELECT count(*) FROM agg_trades WHERE symbol_id = ?")
    .pluck();
  const countBars = db.prepare<unknown[], ImportedFacts["bars"][number]>(
    `SELECT interval_us AS intervalUs, count(*) AS bars, min(start_us) AS firstUs, max(start_us) AS lastUs
     FROM imported_bars WHERE symbol_id = ? GROUP BY interval_us ORDER BY interval_us`,
  );
  const importedOf = (symbolId: number): ImportedFacts | undefined => {
    const mergedTrades = countMerged.get(symbolId)!;
    const bars = countBars.all(symbolId);
    return mergedTrades === 0 && bars.length === 0 ? undefined : { mergedTrades, bars };
  };

  return {
    file: () => fileFacts(db, store.path),
    integrityProblems: () => integrityProblems(db),
    series: (series, options) => {
      const { venue, symbol } = series;
      const { since } = options;
      const sinceUs = "atUs" in since ? since.atUs : newestOfVenue(venue.name) - since.backUs;
      const facts = read(series, options, sinceUs);
      const imported = importedOf(series.symbolId);
      if (facts === undefined) return { venue, symbol, trades: undefined, ...(imported && { imported }) };
      const most = options.full ? Number.POSITIVE_INFINITY : options.sampleTrades;
      const span = { first: facts.firstId, last: facts.lastId };
      return {
        venue,
        symbol,
        trades: { ...facts, ledger: ledger.check(series.symbolId, span, most) },
        ...(imported && { imported }),
      };
    },
    holes: (series, most) => ledger.spans(series.symbolId, most),
    latencyMs: (series, most) => pace.latencyMs(series.symbolId, most),
    storedPerSecond: (series, fromUs, toUs, buckets) => {
      const held = ledger.held(series.symbolId);
      const stepUs = (toUs - fromUs) / buckets;
      const end = held.ranges.at(-1)?.last ?? -1;
      const ids = Array.from({ length: buckets + 1 }, (_, i) =>
        Math.min(end + 1, store.firstIdAt(series, fromUs + i * stepUs) ?? end + 1),
      );
      return Float64Array.from({ length: buckets }, (_, i) =>
        ids[i + 1]! > ids[i]! ? (held.count({ first: ids[i]!, last: ids[i + 1]! - 1 }) * 1e6) / stepUs : 0,
      );
    },
    close: () => db.close(),
  };
}

/** What SQLite says, a line a problem; on some damage it says a part and then fails. */
function integrityProblems(db: Database.Database): string[] {
  const said: string[] = [];
  try {
    for (const text of db.prepare<[], string>("PRAGMA integrity_check(20)").pluck().iterate())
      said.push(text);
  } catch (error) {
    if (!String((error as { code?: string }).code).startsWith("SQLITE_CORRUPT")) throw error;
    said.push((error as Error).message);
  }
  return said
    .flatMap((text) => text.split("\n"))
    .filter((line) => line !== "ok" && !line.startsWith("*** in database"));
}

function spanOf(ranges: readonly IdRange[]): IdRange | undefined {
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

function fileFacts(db: Database.Database, path: string): FileFacts {
  const ask = <Value>(name: string): Value => db.pragma(name, { simple: true }) as Value;
  const otherTrees = db
    .prepare("SELECT count(*) FROM sqlite_schema WHERE rootpage > 0 AND name <> 'trades'")
    .pluck()
    .get() as number;
  const pages = ask<number>("page_count") - ask<number>("freelist_count") - otherTrees - 1;
  return {
    schemaVersion: SCHEMA_VERSION,
    sqliteVersion: db.prepare("SELECT sqlite_version()").pluck().get() as string,
    journalMode: ask("journal_mode"),
    fileBytes: sizeOf(path),
    walBytes: sizeOf(`${path}-wal`),
    storedTrades: db
      .prepare(
        `SELECT coalesce(sum(last_id - first_id + 1), 0) -
           (SELECT coalesce(sum(rows), 0) FROM archived WHERE state = 'archived') FROM ranges`,
      )
      .pluck()
      .get() as number,
    tradeBytes: Math.max(0, pages) * ask<number>("page_size"),
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
