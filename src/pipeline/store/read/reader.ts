import { resolve } from "node:path";
import type { VenueKind } from "../../../core/trade.ts";
import { MOST_BACK_US, type TradeColumns } from "../../../core/trade-columns.ts";
import { inode } from "../file/open.ts";
import { venueKind } from "../file/schema.ts";
import { missingIds } from "../ledger/held-ids.ts";
import { type IdRange, idRanges } from "../ledger/id-ranges.ts";
import { openQuality } from "../quality/quality.ts";
import type { NewestTrade, Series, TradeStore } from "../trade-store.ts";
import { columnsReader } from "./columns.ts";
import { connectReadOnly } from "./connect.ts";
import { exactReaders } from "./exact-trades.ts";
import { openImportedBars } from "./imported-bars.ts";
import { keyOf, placeOf, readPlace, symbolIdOf } from "./keys.ts";
import { lastIdOf, rangedReads } from "./ranges.ts";
import { storedVenue } from "./stored-venue.ts";

export { checkRange } from "./ranges.ts";

const BLOCK_ROWS = 262_144;

/** Opens a database for reading; the file must be there. */
export function openReader(file: string): TradeStore {
  const path = resolve(file);
  const db = connectReadOnly(path);
  const opened = inode(path);
  const selectSeries = db.prepare<
    [],
    { name: string; kind: VenueKind; detail: string; symbol: string; symbol_id: number }
  >(
    `SELECT name, ${venueKind(db)} AS kind, detail, symbol, symbol_id FROM symbols JOIN venues USING (venue_id) ORDER BY symbol_id`,
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
  const newest = (series: Series, belowId = Number.MAX_SAFE_INTEGER): NewestTrade | undefined => {
    const symbolId = symbolIdOf(series);
    const [single, merged] = [last.get(symbolId, belowId), lastMerged.get(symbolId, belowId)];
    return single === undefined || (merged !== undefined && merged.id > single.id) ? merged : single;
  };

  const firstIdAt = (series: Series, timeUs: number): number | undefined => {
    const symbolId = symbolIdOf(series);
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
    const columns = readColumns(symbolIdOf(series), fromId, toId, limit);
    if (columns.length === 0) return columns;
    const holes = missing(symbolIdOf(series), Math.min(fromId, columns.id[0]!), lastIdOf(columns));
    return { ...columns, holes };
  };
  const ranged = rangedReads(read, firstIdAt);

  const store: TradeStore = {
    label: path,
    series: () =>
      selectSeries.all().map((row) => ({
        venue: storedVenue(row),
        symbol: row.symbol,
        key: keyOf(row.symbol_id),
      })),
    trades: (series, range = {}) => db.transaction(() => ranged.trades(series, range))(),
    blocks: (series, range = {}, rows = BLOCK_ROWS) =>
      ranged.blocks(series, range, rows, (work) => db.transaction(work)()),
    exact: (series, fromId, toId, limit) => readExact(limit, symbolIdOf(series), fromId, toId),
    cursor: (_, fromId) => placeOf({ nextId: fromId, revision: revision.get()! }),
    changes: (series, cursor, limit = Number.MAX_SAFE_INTEGER) =>
      db.transaction(() => {
        const { nextId, revision: before } = readPlace(cursor);
        const late = idRanges();
        for (const ids of revised.iterate(before, symbolIdOf(series), nextId))
          late.hold(ids.first, Math.min(ids.last, nextId - 1));
        const trades = read(series, nextId, Number.MAX_SAFE_INTEGER, limit);
        return {
          trades,
          late: late.ranges,
          fromId: nextId,
          cursor: placeOf({
            nextId: trades.length === 0 ? nextId : lastIdOf(trades) + 1,
            revision: revision.get()!,
          }),
        };
      })(),
    holes: (series, first, last) => db.transaction(() => missing(symbolIdOf(series), first, last))(),
    firstIdAt: (series, timeUs) => db.transaction(() => firstIdAt(series, timeUs))(),
    newest,
    version: () => db.pragma("data_version", { simple: true }),
    checkThere: () => {},
    isCurrent: () => inode(path) === opened,
    quality: () => openQuality(path, store),
    importedBars: () => openImportedBars(path),
    close: () => db.close(),
  };
  return store;
}
