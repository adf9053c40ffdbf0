import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "better-sqlite3";
import { fileUsers } from "../file/open-files.ts";
import { type IdRange, type IdRanges, idRanges } from "../ledger/id-ranges.ts";
import { connectReadOnly } from "../read/connect.ts";
import { symbolIdOf } from "../read/keys.ts";
import type { Series } from "../series.ts";
import type { TradeStore } from "../trade-store.ts";
import { venueTimeUs } from "../which-series.ts";
import { coverageOf, ledgerChecks } from "./quality-ledger.ts";
import { latencyOf, paceQueries } from "./quality-pace.ts";
import type { FileFacts, ImportedFacts, QualityOptions, QualityReader } from "./quality-types.ts";
import { collectorFacts } from "./troubles.ts";

/** Looks into a database on a connection of its own; `store` is the same with its archive. */
export function openQuality(path: string, store: TradeStore): QualityReader {
  const db = connectReadOnly(path);
  const ledger = ledgerChecks(db);
  const pace = paceQueries(db);
  const conflicts = db.prepare("SELECT count(*) FROM conflicts WHERE symbol_id = ?").pluck();

  const read = db.transaction((series: Series, options: QualityOptions, sinceUs: number) => {
    const symbolId = symbolIdOf(series);
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
    file: () => fileFacts(db, path),
    users: () => fileUsers(path),
    collector: (left) => collectorFacts(path, left),
    publishers: () => [],
    integrityProblems: () => integrityProblems(db),
    series: (series, options) => {
      const { venue, symbol } = series;
      const { since } = options;
      const sinceUs = "atUs" in since ? since.atUs : venueTimeUs(store, venue.name) - since.backUs;
      const facts = read(series, options, sinceUs);
      const imported = importedOf(symbolIdOf(series));
      if (facts === undefined) return { venue, symbol, trades: undefined, ...(imported && { imported }) };
      const most = options.full ? Number.POSITIVE_INFINITY : options.sampleTrades;
      const span = { first: facts.firstId, last: facts.lastId };
      return {
        venue,
        symbol,
        trades: { ...facts, ledger: ledger.check(symbolIdOf(series), span, most) },
        ...(imported && { imported }),
      };
    },
    holes: (series, most) => ledger.spans(symbolIdOf(series), most),
    latencyMs: (series, most) => pace.latencyMs(symbolIdOf(series), most),
    storedPerSecond: (series, fromUs, toUs, buckets) => {
      const held = ledger.held(symbolIdOf(series));
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

export function spanOf(ranges: readonly IdRange[]): IdRange | undefined {
  if (ranges.length === 0) return undefined;
  return {
    first: Math.min(ranges[0]!.first, ranges.at(-1)!.first),
    last: ranges.reduce((most, { last }) => Math.max(most, last), 0),
  };
}

/** The first id of a window whose first stored one is `stored`: with the whole of a hole that ends there. */
export function windowStart(held: IdRanges, span: IdRange, stored: number | undefined): number | undefined {
  if (stored === undefined || stored > span.last) return undefined;
  const before = held.missing({ first: span.first, last: stored - 1 }).at(-1);
  return before?.last === stored - 1 ? before.first : stored;
}

export function unlisted(held: IdRanges, span: IdRange, holes: readonly IdRange[]): number {
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
    schemaVersion: Number(db.pragma("user_version", { simple: true })),
    sqliteVersion: db.prepare("SELECT sqlite_version()").pluck().get() as string,
    journalMode: ask("journal_mode"),
    fileBytes: sizeOf(path),
    freeBytes: roomOn(path),
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

function roomOn(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
