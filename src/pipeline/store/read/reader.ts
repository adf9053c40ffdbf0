import { resolve } from "node:path";
import type { VenueKind } from "../../../core/trade.ts";
import type { TradeColumns } from "../../../core/trade-columns.ts";
import { inode } from "../file/open.ts";
import { venueKind } from "../file/schema.ts";
import { missingIds } from "../ledger/held-ids.ts";
import { type IdRange, idRanges } from "../ledger/id-ranges.ts";
import { openQuality } from "../quality/quality.ts";
import type { ExactMerged, Series, TradeStore } from "../trade-store.ts";
import { columnsReader } from "./columns.ts";
import { connectReadOnly } from "./connect.ts";
import { edgesOf } from "./edges.ts";
import { exactReaders } from "./exact-trades.ts";
import { openImportedBars } from "./imported-bars.ts";
import { keyOf, placeOf, readPlace, symbolIdOf } from "./keys.ts";
import { lastIdOf, rangedReads } from "./ranges.ts";
import { storedVenue } from "./stored-venue.ts";
import { transactions } from "./transactions.ts";

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
  const selectMerged = db
    .prepare<number[], { id: bigint } & Omit<ExactMerged, "id">>(
      `SELECT first_id AS id, price_e8 AS priceE8, qty_e8 AS qtyE8 FROM agg_trades
       WHERE symbol_id = ? AND first_id >= ? AND first_id < ? ORDER BY first_id`,
    )
    .safeIntegers();
  const missing = missingIds(db);
  const edges = edgesOf(db);
  const revision = db.prepare<[], number>("SELECT coalesce(max(revision), 0) FROM revisions").pluck();
  const revised = db.prepare<number[], IdRange>(
    `SELECT first_id AS first, last_id AS last FROM revisions
     WHERE revision > ? AND symbol_id = ? AND first_id < ?`,
  );
  const { together, atOneTime } = transactions(db);
  const read = (series: Series, fromId: number, toId: number, limit: number): TradeColumns => {
    const columns = readColumns(symbolIdOf(series), fromId, toId, limit);
    if (columns.length === 0) return columns;
    const holes = missing(symbolIdOf(series), Math.min(fromId, columns.id[0]!), lastIdOf(columns));
    return { ...columns, holes };
  };
  const firstIdAt = (series: Series, timeUs: number): number | undefined =>
    edges.firstIdAt(symbolIdOf(series), timeUs);
  const ranged = rangedReads(read, firstIdAt);

  const store: TradeStore = {
    label: path,
    series: () =>
      selectSeries.all().map((row) => ({
        venue: storedVenue(row),
        symbol: row.symbol,
        key: keyOf(row.symbol_id),
      })),
    trades: (series, range = {}) => together(() => ranged.trades(series, range)),
    blocks: (series, range = {}, rows = BLOCK_ROWS) => ranged.blocks(series, range, rows, together),
    exact: (series, fromId, toId, limit) => readExact(limit, symbolIdOf(series), fromId, toId),
    exactMerged: (series, fromId, toId) =>
      selectMerged.all(symbolIdOf(series), fromId, toId).map((row) => ({ ...row, id: Number(row.id) })),
    cursor: (_, fromId) => placeOf({ nextId: fromId, revision: revision.get()! }),
    changes: (series, cursor, limit = Number.MAX_SAFE_INTEGER) =>
      together(() => {
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
      }),
    holes: (series, first, last) => together(() => missing(symbolIdOf(series), first, last)),
    firstIdAt: (series, timeUs) => together(() => firstIdAt(series, timeUs)),
    newest: (series, belowId) => edges.newest(symbolIdOf(series), belowId),
    atOneTime,
    version: () => db.pragma("data_version", { simple: true }),
    checkThere: () => {},
    isCurrent: () => inode(path) === opened,
    quality: () => openQuality(path, store),
    importedBars: () => openImportedBars(path),
    close: () => db.close(),
  };
  return store;
}
