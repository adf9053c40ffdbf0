import { resolve } from "node:path";
import type Database from "better-sqlite3";
import { e8ToText } from "../../core/decimal.ts";
import { missingIds } from "./ledger/held-ids.ts";
import type { IdRange } from "./ledger/id-ranges.ts";
import type { MergedTrade } from "./ledger/merged.ts";
import { connectReadOnly } from "./read/connect.ts";

/** How far one series of another database has been taken in, and by what that database is known again. */
export interface MergeCursor {
  readonly nextId: number;
  /** Of its ledger. */
  readonly revision: number;
  /** A trade that was taken in, and when that collector received it: no other has the same. */
  readonly markId: number;
  readonly markUs: number;
}

/** What has been taken in from where; a table that only a database has into which others are merged. */
export interface MergeCursors {
  get(file: string, symbolId: number): MergeCursor | undefined;
  put(file: string, symbolId: number, cursor: MergeCursor): void;
}

export function mergeCursors(db: Database.Database): MergeCursors {
  db.exec(`CREATE TABLE IF NOT EXISTS merged_from (
    file      TEXT NOT NULL,
    symbol_id INTEGER NOT NULL REFERENCES symbols,
    next_id   INTEGER NOT NULL,
    revision  INTEGER NOT NULL,
    mark_id   INTEGER NOT NULL,
    mark_us   INTEGER NOT NULL,
    PRIMARY KEY (file, symbol_id)
  ) STRICT, WITHOUT ROWID;`);
  const get = db.prepare<[string, number], MergeCursor>(
    `SELECT next_id AS nextId, revision, mark_id AS markId, mark_us AS markUs FROM merged_from
     WHERE file = ? AND symbol_id = ?`,
  );
  const put = db.prepare("INSERT OR REPLACE INTO merged_from VALUES (?, ?, ?, ?, ?, ?)");
  return {
    get: (file, symbolId) => get.get(file, symbolId),
    put: (file, symbolId, { nextId, revision, markId, markUs }) => {
      put.run(file, symbolId, nextId, revision, markId, markUs);
    },
  };
}

/** Another content of a trade, as a database lists it. */
export interface ListedConflict {
  readonly trade_id: bigint;
  readonly price_e8: bigint;
  readonly qty_e8: bigint;
  readonly trade_time_us: bigint;
  readonly is_buyer_maker: bigint;
  readonly source: bigint;
  readonly agg_id: bigint | null;
}

/** What of a database is merged besides its trades. */
export interface MergeSource {
  revision(): number;
  /** Ids that have come below `below` since a revision. */
  revised(symbolId: number, since: number, below: number): IdRange[];
  conflicts(symbolId: number): ListedConflict[];
  /** Merged trades that touch a range. */
  merged(symbolId: number, within: IdRange): MergedTrade[];
  /** Whether its own collector may still fill something of a range. */
  mayFill(symbolId: number, within: IdRange): boolean;
  close(): void;
}

interface MergedRow {
  readonly agg_id: number;
  readonly first_id: number;
  readonly last_id: number;
  readonly price_e8: bigint;
  readonly qty_e8: bigint;
  readonly trade_time_us: number;
  readonly received_us: number;
  readonly is_buyer_maker: number;
  readonly decimals: number;
}

export function openMergeSource(file: string): MergeSource {
  const db = connectReadOnly(resolve(file));
  const revision = db.prepare<[], number>("SELECT coalesce(max(revision), 0) FROM revisions").pluck();
  const revised = db.prepare<number[], IdRange>(
    `SELECT first_id AS first, last_id AS last FROM revisions
     WHERE revision > ? AND symbol_id = ? AND first_id < ? ORDER BY first_id`,
  );
  const conflicts = db
    .prepare<[number], ListedConflict>(
      `SELECT trade_id, price_e8, qty_e8, trade_time_us, is_buyer_maker, source, agg_id FROM conflicts WHERE symbol_id = ?`,
    )
    .safeIntegers();
  const merged = db
    .prepare<[number, number, number], Record<keyof MergedRow, bigint>>(
      "SELECT * FROM agg_trades WHERE symbol_id = ? AND last_id >= ? AND first_id <= ? ORDER BY first_id",
    )
    .safeIntegers();
  const open = db
    .prepare<number[], number>(
      `SELECT count(*) FROM holes WHERE symbol_id = ? AND last_id >= ? AND first_id <= ?
       AND state IN ('detected', 'partly filled')`,
    )
    .pluck();
  return {
    revision: () => revision.get()!,
    revised: (symbolId, since, below) => revised.all(since, symbolId, below),
    conflicts: (symbolId) => conflicts.all(symbolId),
    merged: (symbolId, { first, last }) =>
      merged.all(symbolId, first, last).map((row) => {
        const fewer = Number(row.decimals);
        return {
          aggId: Number(row.agg_id),
          first: Number(row.first_id),
          last: Number(row.last_id),
          price: e8ToText(row.price_e8, 8 - Math.floor(fewer / 9)),
          qty: e8ToText(row.qty_e8, 8 - (fewer % 9)),
          tradeTimeUs: Number(row.trade_time_us),
          receivedUs: Number(row.received_us),
          isBuyerMaker: row.is_buyer_maker === 1n,
        };
      }),
    mayFill: (symbolId, { first, last }) => open.get(symbolId, first, last)! > 0,
    close: () => db.close(),
  };
}

/** The ids between the first and the last held that are missing, those that merged trades stand for not counted. */
export function missingInside(
  db: Database.Database,
  symbolId: number,
): { readonly holes: number; readonly ids: number } {
  const span = db
    .prepare<[number], { first: number | null; last: number | null }>(
      "SELECT min(first_id) AS first, max(last_id) AS last FROM ranges WHERE symbol_id = ?",
    )
    .get(symbolId)!;
  const { first, last } = span;
  if (first === null || last === null) return { holes: 0, ids: 0 };
  const inside = missingIds(db)(symbolId, first, last).filter((hole) => hole.first > first);
  return { holes: inside.length, ids: inside.reduce((sum, hole) => sum + hole.last - hole.first + 1, 0) };
}

/** Lists contents that another database lists, each once, and none that is held here. */
export function takeConflicts(
  db: Database.Database,
  symbolId: number,
  listed: readonly ListedConflict[],
  nowUs: number,
): void {
  const put = db.prepare(
    `INSERT INTO conflicts (symbol_id, trade_id, found_us, price_e8, qty_e8, trade_time_us, is_buyer_maker, source, agg_id)
     SELECT :symbolId, :trade_id, :nowUs, :price_e8, :qty_e8, :trade_time_us, :is_buyer_maker, :source, :agg_id
     WHERE NOT EXISTS (SELECT 1 FROM conflicts WHERE symbol_id = :symbolId AND trade_id = :trade_id
         AND price_e8 = :price_e8 AND qty_e8 = :qty_e8 AND trade_time_us = :trade_time_us
         AND is_buyer_maker = :is_buyer_maker)
       AND NOT EXISTS (SELECT 1 FROM trades WHERE symbol_id = :symbolId AND trade_id = :trade_id
         AND price_e8 = :price_e8 AND qty_e8 = :qty_e8 AND is_buyer_maker = :is_buyer_maker)`,
  );
  for (const one of listed) put.run({ symbolId, nowUs, ...one });
}
