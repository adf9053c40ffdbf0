import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type Database from "better-sqlite3";
import type { Venue } from "../../../core/trade.ts";
import { openLocked } from "../file/open.ts";
import { venueKind } from "../file/schema.ts";
import type { TradeBatch } from "./batch.ts";

export interface ImportCounts {
  readonly stored: number;
  /** Held already, with the same content. */
  readonly known: number;
  /** Held already, with another content: kept as they were, and listed. */
  readonly conflicts: number;
}

/** A file that was taken in, or is being. */
export interface ImportEntry extends ImportCounts {
  readonly importId: number;
  readonly kind: "trades" | "aggTrades" | "bars";
  readonly venue: string;
  readonly symbol: string;
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  /** Rows that are in the database. */
  readonly rowsDone: number;
  readonly startedUs: number;
  /** Null: it was interrupted. */
  readonly finishedUs: number | null;
}

export interface ImportKey {
  readonly symbolId: number;
  readonly kind: "trades" | "aggTrades" | "bars";
  readonly file: string;
  readonly sha256: string;
}

const ENTRY = `SELECT import_id AS importId, imports.kind AS kind, venues.name AS venue, symbol, file, sha256, rows,
  rows_done AS rowsDone, stored, known, conflicts, started_us AS startedUs, finished_us AS finishedUs
  FROM imports JOIN symbols USING (symbol_id) JOIN venues USING (venue_id)`;

/** Which content is meant, for which symbol; at any venue unless one is told. */
export interface OutlookKey {
  readonly venue?: string | undefined;
  readonly symbol: string;
  readonly sha256: string;
}

/** What a database knows before a file is read. */
export interface ImportOutlook {
  /** As the database has them. */
  readonly venues: readonly Venue[];
  /** The content, taken in before. */
  readonly entry: ImportEntry | undefined;
}

/** Undefined: there is no such database yet. */
export function importOutlook(file: string, key: OutlookKey): ImportOutlook | undefined {
  if (!existsSync(resolve(file))) return undefined;
  return openLocked(file, ({ db, release }) => {
    const outlook = outlookOf(db, key);
    db.close();
    release();
    return outlook;
  });
}

export function outlookOf(
  db: Database.Database,
  { symbol, sha256, venue: asked }: OutlookKey,
): ImportOutlook {
  const venue = asked ?? null;
  return {
    venues: db.prepare(`SELECT name, ${venueKind(db)} AS kind, detail FROM venues`).all() as Venue[],
    entry: db
      .prepare(
        `${ENTRY} WHERE symbol = ? AND sha256 = ? AND (venues.name = ? OR ? IS NULL) ORDER BY import_id DESC`,
      )
      .get(symbol, sha256, venue, venue) as ImportEntry | undefined,
  };
}

/** Where a file stands as its import begins. */
export interface ImportBegin {
  /** Of its content, made where there is none. */
  readonly entry: ImportEntry;
  /** Of another content under its name. */
  readonly issuedBefore: ImportEntry | undefined;
  /** The series has both trades and bars that came as bars, then: its bars are made of the trades, and the others not shown. */
  readonly hidesBars: boolean;
}

export function beginImport(
  db: Database.Database,
  { symbolId, kind, file, sha256 }: ImportKey,
  rows: number,
  nowUs: number,
): ImportBegin {
  db.prepare(
    `INSERT INTO imports (symbol_id, kind, file, sha256, rows, started_us) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  ).run(symbolId, kind, file, sha256, rows, nowUs);
  db.prepare(
    `INSERT INTO import_runs (import_id, at_us)
     SELECT import_id, ? FROM imports WHERE symbol_id = ? AND kind = ? AND sha256 = ? ON CONFLICT DO NOTHING`,
  ).run(nowUs, symbolId, kind, sha256);
  const entry = db
    .prepare(`${ENTRY} WHERE imports.symbol_id = ? AND imports.kind = ? AND sha256 = ?`)
    .get(symbolId, kind, sha256) as ImportEntry;
  const issuedBefore = db
    .prepare(
      `${ENTRY} WHERE imports.symbol_id = ? AND imports.kind = ? AND file = ? AND sha256 <> ? ORDER BY import_id DESC`,
    )
    .get(symbolId, kind, file, sha256) as ImportEntry | undefined;
  const others =
    kind === "bars"
      ? "SELECT EXISTS (SELECT 1 FROM ranges WHERE symbol_id = :id) OR EXISTS (SELECT 1 FROM agg_trades WHERE symbol_id = :id)"
      : "SELECT EXISTS (SELECT 1 FROM imported_bars WHERE symbol_id = :id)";
  const hidesBars = db.prepare(others).pluck().get({ id: symbolId }) === 1;
  return { entry, issuedBefore, hidesBars };
}

/** Notes what a piece of a file came to; in the transaction which stores it. */
export function noteImport(
  db: Database.Database,
  importId: number,
  rows: number,
  { stored, known, conflicts }: ImportCounts,
): void {
  db.prepare(
    `UPDATE imports SET rows_done = rows_done + ?, stored = stored + ?, known = known + ?, conflicts = conflicts + ?
     WHERE import_id = ?`,
  ).run(rows, stored, known, conflicts, importId);
}

export function endImport(db: Database.Database, importId: number, nowUs: number): ImportEntry {
  db.prepare("UPDATE imports SET finished_us = ? WHERE import_id = ? AND finished_us IS NULL").run(
    nowUs,
    importId,
  );
  return db.prepare(`${ENTRY} WHERE import_id = ?`).get(importId) as ImportEntry;
}

/** Lists a trade of a batch that is held with another content. */
export function listConflict(
  db: Database.Database,
  symbolId: number,
  batch: TradeBatch,
  i: number,
  nowUs: number,
): void {
  db.prepare(
    `INSERT INTO conflicts (symbol_id, trade_id, found_us, price_e8, qty_e8, trade_time_us, is_buyer_maker, source)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    symbolId,
    batch.id[i],
    nowUs,
    batch.priceE8[i],
    batch.qtyE8[i],
    batch.tradeTimeUs[i],
    batch.isBuyerMaker[i],
    batch.source[i],
  );
}
