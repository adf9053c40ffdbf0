import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "better-sqlite3";
import { fileUsers } from "../file/open-files.ts";
import { connectReadOnly } from "../read/connect.ts";
import { symbolIdOf } from "../read/keys.ts";
import type { Series } from "../series.ts";
import type { TradeStore } from "../trade-store.ts";
import { ledgerChecks } from "./quality-ledger.ts";
import { paceQueries } from "./quality-pace.ts";
import type { FileFacts, ImportedFacts, QualityReader } from "./quality-types.ts";
import {
  type QualitySources,
  type SeriesSource,
  seriesQuality,
  spanOf,
  storedPerSecond,
} from "./series-facts.ts";
import { collectorFacts } from "./troubles.ts";

/** Looks into a database on a connection of its own; `store` is the same with its archive. */
export function openQuality(path: string, store: TradeStore): QualityReader {
  const db = connectReadOnly(path);
  const ledger = ledgerChecks(db);
  const pace = paceQueries(db);
  const conflicts = db.prepare("SELECT count(*) FROM conflicts WHERE symbol_id = ?").pluck();

  const source = db.transaction((series: Series, work: (source: SeriesSource) => unknown) => {
    const symbolId = symbolIdOf(series);
    const held = ledger.held(symbolId);
    const ends = pace.ends(symbolId);
    const holes = ledger.holeRows(symbolId);
    const firstIdAt = (timeUs: number): number | undefined => store.firstIdAt(series, timeUs);
    return work({
      ...{ held, ends, holes },
      span: spanOf([
        ...held.ranges,
        ...(ends === undefined ? [] : [{ first: ends.firstId, last: ends.lastId }]),
      ]),
      merged: ledger.merged(symbolId, held, holes),
      conflicts: conflicts.get(symbolId) as number,
      latencyMs: (most) => pace.latencyMs(symbolId, most),
      pace: (of, most) => pace.pace(symbolId, of, held, most, firstIdAt),
    });
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

  const sources: QualitySources = {
    store,
    source: (series, read) => source(series, read) as ReturnType<typeof read>,
    imported: (series) => importedOf(symbolIdOf(series)),
    check: (series, span, most) => ledger.check(symbolIdOf(series), span, most),
  };
  return {
    file: () => fileFacts(db, path),
    users: () => fileUsers(path),
    collector: (left) => collectorFacts(path, left),
    publishers: () => [],
    integrityProblems: () => integrityProblems(db),
    series: (series, options) => seriesQuality(sources, series, options),
    holes: (series, most) => ledger.spans(symbolIdOf(series), most),
    latencyMs: (series, most) => pace.latencyMs(symbolIdOf(series), most),
    storedPerSecond: (series, fromUs, toUs, buckets) =>
      storedPerSecond(
        ledger.held(symbolIdOf(series)),
        (timesUs) => timesUs.map((timeUs) => store.firstIdAt(series, timeUs)),
        { fromUs, toUs, buckets },
      ),
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
