import { existsSync } from "node:fs";
import { resolve } from "node:path";
import Database from "better-sqlite3";
import { quote, refuse } from "../../core/errors.ts";
import type { Venue, VenueKind } from "../../core/trade.ts";
import { checkEngine, checkSchema } from "./schema.ts";

/** Trades of one symbol as columns, by ascending id. Prices in quote units, quantities in base units. */
export interface TradeColumns {
  readonly length: number;
  readonly id: Float64Array;
  readonly tradeTimeUs: Float64Array;
  readonly price: Float64Array;
  readonly qty: Float64Array;
  readonly isBuyerMaker: Uint8Array;
}

/** One symbol's series at one venue. */
export interface Series {
  readonly venue: Venue;
  readonly symbol: string;
  readonly symbolId: number;
}

export interface NewestTrade {
  readonly id: number;
  readonly timeUs: number;
  readonly receivedUs: number;
}

/** A read-only view of a database: never blocks the collector, never keeps a snapshot after a call. */
export interface StoreReader {
  readonly path: string;
  /** Every venue and symbol there is, in the order in which they came. */
  series(): Series[];
  /** Trades with `fromId ≤ id < toId`, at most `limit` of them, the first ones. */
  trades(series: Series, range?: { fromId?: number; toId?: number; limit?: number }): TradeColumns;
  /** The first id whose trade and all later ones come at `timeUs` or later; undefined when there is none. O(log n). */
  firstIdAt(series: Series, timeUs: number): number | undefined;
  /** The last trade by id, its time being the event time, or the trade time where there is none; undefined without one. */
  newest(series: Series): NewestTrade | undefined;
  /** Changes whenever another connection has committed. */
  version(): number;
  close(): void;
}

/** A read-only connection to a database of ours; refuses anything else. */
export function connectReadOnly(path: string): Database.Database {
  if (!existsSync(path)) {
    refuse({
      code: "no-database",
      where: path,
      problem: "needs a database that a collector has made; there is no such file",
      hint: "Run npm start, or npm run collect -- --db FILE, first.",
      facts: { path },
    });
  }
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
    return refuse({
      code: "unreadable-database",
      where: path,
      problem: `needs a Tickbook database; SQLite says ${quote((error as Error).message)}`,
      hint: "Pass another database file.",
    });
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
    "SELECT name, kind, detail, symbol, symbol_id FROM symbols JOIN venues USING (venue_id) ORDER BY symbol_id",
  );
  // an aggregate whose step fills typed arrays: twice the speed of reading rows (no row objects are made)
  let columns = allocate(0);
  let filled = 0;
  db.aggregate("fill_columns", {
    start: () => 0,
    step: ((_: number, id: number, timeUs: number, priceE8: number, qtyE8: number, isBuyerMaker: number) => {
      columns.id[filled] = id;
      columns.tradeTimeUs[filled] = timeUs;
      columns.price[filled] = priceE8 / 1e8;
      columns.qty[filled] = qtyE8 / 1e8;
      columns.isBuyerMaker[filled] = isBuyerMaker;
      filled++;
      return 0;
    }) as (total: number) => number, // the typings know of one argument only
    result: () => filled,
  });
  const RANGE = "FROM trades WHERE symbol_id = ? AND trade_id >= ? AND trade_id < ?";
  const count = db.prepare(`SELECT count(*) FROM (SELECT 1 ${RANGE} LIMIT ?)`).pluck();
  const fill = db
    .prepare(
      `SELECT fill_columns(trade_id, trade_time_us, price_e8, qty_e8, is_buyer_maker) FROM
       (SELECT trade_id, trade_time_us, price_e8, qty_e8, is_buyer_maker ${RANGE} ORDER BY trade_id LIMIT ?)`,
    )
    .pluck();
  const atOrAfter = db.prepare<unknown[], { id: number; timeUs: number }>(
    `SELECT trade_id AS id, trade_time_us AS timeUs FROM trades
     WHERE symbol_id = ? AND trade_id >= ? ORDER BY trade_id LIMIT 1`,
  );
  const first = db.prepare("SELECT min(trade_id) FROM trades WHERE symbol_id = ?").pluck();
  const last = db.prepare<unknown[], NewestTrade>(
    `SELECT trade_id AS id, coalesce(event_time_us, trade_time_us) AS timeUs, received_us AS receivedUs FROM trades
     WHERE symbol_id = ? ORDER BY trade_id DESC LIMIT 1`,
  );

  return {
    path,
    series: () =>
      selectSeries.all().map((row) => ({
        venue: { name: row.name, kind: row.kind, detail: row.detail },
        symbol: row.symbol,
        symbolId: row.symbol_id,
      })),
    trades: (series, { fromId = 0, toId = Number.MAX_SAFE_INTEGER, limit = Number.MAX_SAFE_INTEGER } = {}) =>
      db.transaction(() => {
        const args = [series.symbolId, fromId, toId, limit];
        columns = allocate(count.get(...args) as number);
        filled = 0;
        fill.get(...args);
        const result = columns;
        columns = allocate(0);
        return result;
      })(),
    firstIdAt: (series, timeUs) =>
      db.transaction(() => {
        const end = last.get(series.symbolId);
        if (end === undefined) return undefined;
        let low = first.get(series.symbolId) as number;
        let high = end.id + 1;
        while (low < high) {
          const middle = Math.floor((low + high) / 2);
          const trade = atOrAfter.get(series.symbolId, middle)!;
          if (trade.timeUs >= timeUs) high = middle;
          else low = trade.id + 1;
        }
        return low > end.id ? undefined : atOrAfter.get(series.symbolId, low)!.id;
      })(),
    newest: (series) => last.get(series.symbolId),
    version: () => db.pragma("data_version", { simple: true }) as number,
    close: () => db.close(),
  };
}

function allocate(length: number): TradeColumns {
  return {
    length,
    id: new Float64Array(length),
    tradeTimeUs: new Float64Array(length),
    price: new Float64Array(length),
    qty: new Float64Array(length),
    isBuyerMaker: new Uint8Array(length),
  };
}
