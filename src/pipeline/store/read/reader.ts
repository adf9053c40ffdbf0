import { statSync } from "node:fs";
import { resolve } from "node:path";
import Database from "better-sqlite3";
import { quote, refuse } from "../../../core/errors.ts";
import type { VenueKind } from "../../../core/trade.ts";
import { MOST_BACK_US, type TradeColumns } from "../../../core/trade-columns.ts";
import { checkEngine, checkSchema } from "../file/schema.ts";
import { VENUE_KIND } from "../file/schema-tables.ts";
import { missingIds } from "../ledger/held-ids.ts";
import { type IdRange, idRanges } from "../ledger/id-ranges.ts";
import { columnsReader } from "./columns.ts";
import { exactReaders, type StoredTrades } from "./exact-trades.ts";
import { lastIdOf, rangedReads, type Series, type TradeRange } from "./ranges.ts";

export { checkRange, type Series, type TradeRange } from "./ranges.ts";

export interface NewestTrade {
  readonly id: number;
  readonly timeUs: number;
  readonly receivedUs: number;
}

/** How far a series was read: every id below `nextId`, as it was at a revision of the ledger. */
export interface Cursor {
  readonly nextId: number;
  readonly revision: number;
}

/** What is new since a cursor. */
export interface Changes {
  /** The trades from `nextId` on. */
  readonly trades: TradeColumns;
  /** Ids below `nextId` that have come since, ascending: what was made of their neighbourhood has to be made again. */
  readonly late: readonly IdRange[];
  /** To be passed next time. */
  readonly cursor: Cursor;
}

/** A read-only view of a database: never blocks the collector, never keeps a snapshot after a call. */
export interface StoreReader {
  readonly path: string;
  /** Every venue and symbol there is, in the order in which they came. */
  series(): Series[];
  /** Trades of a range as columns, with the holes that touch them. Merged trades stand where no single ones could be had. */
  trades(series: Series, range?: TradeRange): TradeColumns;
  /** The same piece by piece, `rows` at most in each: memory stays bounded, however long the range is. */
  blocks(series: Series, range?: TradeRange, rows?: number): Generator<TradeColumns, void, undefined>;
  /** Single trades with `fromId` ≤ id < `toId`, the first `limit`, with everything that is known of them. */
  exact(series: Series, fromId: number, toId: number, limit: number): StoredTrades;
  /** Where to begin: before the trades from `fromId` on. */
  cursor(series: Series, fromId: number): Cursor;
  /** Trades above the cursor, `limit` at most, and which below it came late. Costs what is new, not what is stored. */
  changes(series: Series, cursor: Cursor, limit?: number): Changes;
  /** The ids missing from `first` to `last`, or next to them, each hole in full. */
  holes(series: Series, first: number, last: number): IdRange[];
  /**
   * The first id whose trade comes at `timeUs` or later, which is where a bar that starts then begins; later ids may be of
   * earlier trades. Undefined when there is none. O(log n), and what a minute holds.
   */
  firstIdAt(series: Series, timeUs: number): number | undefined;
  /** The last trade by id (below `belowId`), merged ones included, its time being the event time, or the trade time where there is none. */
  newest(series: Series, belowId?: number): NewestTrade | undefined;
  /** Changes whenever another connection has committed. */
  version(): number;
  close(): void;
}

const BLOCK_ROWS = 262_144;

/** A read-only connection to a database of ours; refuses anything else. */
export function connectReadOnly(path: string): Database.Database {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    refuse({
      code: "no-database",
      where: path,
      problem: "needs a database that a collector has made; there is no such file",
      hint: "Run npm start, or npm run collect -- --db FILE, first.",
      facts: { path },
    });
  }
  const unreadable = (came: string): never =>
    refuse({
      code: "unreadable-database",
      where: path,
      problem: `needs a Tickbook database; ${came}`,
      hint: "Pass another database file.",
    });
  if (!found.isFile()) unreadable("it is something else than a file");
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 });
    checkEngine(db);
    db.pragma("query_only = ON");
    db.pragma("trusted_schema = OFF");
    checkSchema(db, path);
    return db;
  } catch (error) {
    db?.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_") !== true) throw error;
    return unreadable(`SQLite says ${quote((error as Error).message)}`);
  }
}

/** Opens a database for reading; the file must be there. */
export function openReader(file: string): StoreReader {
  const path = resolve(file);
  const db = connectReadOnly(path);
  const selectSeries = db.prepare<
    [],
    { name: string; kind: VenueKind; detail: string; symbol: string; symbol_id: number }
  >(
    `SELECT name, ${VENUE_KIND} AS kind, detail, symbol, symbol_id FROM symbols JOIN venues USING (venue_id) ORDER BY symbol_id`,
  );
  const readColumns = columnsReader(db);
  const readExact = exactReaders(db)("symbol_id = ? AND trade_id >= ? AND trade_id < ?");
  const missing = missingIds(db);
  const revision = db.prepare<[], number>("SELECT coalesce(max(revision), 0) FROM revisions").pluck();
  const revised = db.prepare<number[], IdRange>(
    `SELECT first_id AS first, last_id AS last FROM revisions
     WHERE revision > ? AND symbol_id = ? AND first_id < ?`,
  );
  const mergedFrom = db
    .prepare<number[], number | null>(
      `SELECT min(first_id) FROM agg_trades WHERE symbol_id = ? AND first_id > ? AND first_id < ?
       AND trade_time_us >= ?`,
    )
    .pluck();
  const lastBelow = db
    .prepare<number[], number | null>("SELECT max(trade_id) FROM trades WHERE symbol_id = ? AND trade_id < ?")
    .pluck();
  const atOrAfter = db.prepare<unknown[], { id: number; timeUs: number }>(
    `SELECT trade_id AS id, coalesce(time_us, trade_time_us) AS timeUs FROM trades LEFT JOIN odd_times USING (symbol_id, trade_id)
     WHERE symbol_id = ? AND trade_id >= ? ORDER BY trade_id LIMIT 1`,
  );
  const firstAfter = db
    .prepare<number[], number>(
      `SELECT trade_id FROM trades LEFT JOIN odd_times USING (symbol_id, trade_id)
       WHERE symbol_id = ? AND trade_id >= ? AND coalesce(time_us, trade_time_us) >= ? ORDER BY trade_id LIMIT 1`,
    )
    .pluck();
  const first = db.prepare("SELECT min(trade_id) FROM trades WHERE symbol_id = ?").pluck();
  const last = db.prepare<unknown[], NewestTrade>(
    `SELECT trade_id AS id, coalesce(event_time_us, trade_time_us) AS timeUs, received_us AS receivedUs FROM trades
     WHERE symbol_id = ? AND trade_id < ? ORDER BY trade_id DESC LIMIT 1`,
  );
  const lastMerged = db.prepare<unknown[], NewestTrade>(
    `SELECT last_id AS id, trade_time_us AS timeUs, received_us AS receivedUs FROM agg_trades
     WHERE symbol_id = ? AND first_id < ? ORDER BY first_id DESC LIMIT 1`,
  );
  const newest = ({ symbolId }: Series, belowId = Number.MAX_SAFE_INTEGER): NewestTrade | undefined => {
    const [single, merged] = [last.get(symbolId, belowId), lastMerged.get(symbolId, belowId)];
    return single === undefined || (merged !== undefined && merged.id > single.id) ? merged : single;
  };

  const firstIdAt = (series: Series, timeUs: number): number | undefined => {
    const { symbolId } = series;
    const end = last.get(symbolId, Number.MAX_SAFE_INTEGER);
    // merged trades alone
    if (end === undefined) return mergedFrom.get(symbolId, -1, Number.MAX_SAFE_INTEGER, timeUs) ?? undefined;
    // where times cross a minute before: all trades below are earlier than `timeUs`
    const crossedUs = timeUs - MOST_BACK_US;
    let low = first.get(symbolId) as number;
    let high = end.id + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const trade = atOrAfter.get(symbolId, middle)!;
      if (trade.timeUs >= crossedUs) high = middle;
      else low = trade.id + 1;
    }
    const found = firstAfter.get(symbolId, low, timeUs);
    const before = lastBelow.get(symbolId, low) ?? -1;
    return mergedFrom.get(symbolId, before, found ?? Number.MAX_SAFE_INTEGER, timeUs) ?? found;
  };

  const read = (series: Series, fromId: number, toId: number, limit: number): TradeColumns => {
    const columns = readColumns(series.symbolId, fromId, toId, limit);
    if (columns.length === 0) return columns;
    const holes = missing(series.symbolId, Math.min(fromId, columns.id[0]!), lastIdOf(columns));
    return { ...columns, holes };
  };
  const ranged = rangedReads(read, firstIdAt);

  return {
    path,
    series: () =>
      selectSeries.all().map((row) => ({
        venue: { name: row.name, kind: row.kind, detail: row.detail },
        symbol: row.symbol,
        symbolId: row.symbol_id,
      })),
    trades: (series, range = {}) => db.transaction(() => ranged.trades(series, range))(),
    blocks: (series, range = {}, rows = BLOCK_ROWS) =>
      ranged.blocks(series, range, rows, (work) => db.transaction(work)()),
    exact: ({ symbolId }, fromId, toId, limit) => readExact(limit, symbolId, fromId, toId),
    cursor: (_, fromId) => ({ nextId: fromId, revision: revision.get()! }),
    changes: (series, { nextId, revision: before }, limit = Number.MAX_SAFE_INTEGER) =>
      db.transaction(() => {
        const late = idRanges();
        for (const ids of revised.iterate(before, series.symbolId, nextId))
          late.hold(ids.first, Math.min(ids.last, nextId - 1));
        const trades = read(series, nextId, Number.MAX_SAFE_INTEGER, limit);
        return {
          trades,
          late: late.ranges,
          cursor: {
            nextId: trades.length === 0 ? nextId : lastIdOf(trades) + 1,
            revision: revision.get()!,
          },
        };
      })(),
    holes: (series, first, last) => db.transaction(() => missing(series.symbolId, first, last))(),
    firstIdAt: (series, timeUs) => db.transaction(() => firstIdAt(series, timeUs))(),
    newest,
    version: () => db.pragma("data_version", { simple: true }) as number,
    close: () => db.close(),
  };
}
