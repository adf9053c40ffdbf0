import { resolve } from "node:path";
import type { TradeColumns } from "../../core/trade-columns.ts";
import type { ArchivePart } from "../store/archive-writer.ts";
import { openQuality } from "../store/quality/quality.ts";
import { placeOf, readPlace, symbolIdOf } from "../store/read/keys.ts";
import { lastIdOf, rangedReads } from "../store/read/ranges.ts";
import { openReader } from "../store/read/reader.ts";
import type { Series, TradeStore } from "../store/trade-store.ts";
import { openArchived } from "./archived.ts";
import { weaveStored, weaveTrades } from "./weave.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const BLOCK_ROWS = 262_144;

/**
 * A database with its archive, as if the archive's trades were still in it: every question that a reader answers is answered
 * over both.
 */
export function openHistory(file: string): TradeStore {
  const path = resolve(file);
  const reader = openReader(path);
  const archived = openArchived(path);

  /** Trades move from the database to the archive: what is read of both has to be of one moment. */
  const atOnce = <T>(series: Series, read: (parts: readonly ArchivePart[]) => T): T => {
    for (;;) {
      const parts = archived.parts(symbolIdOf(series));
      const found = read(parts);
      if (sameParts(parts, archived.parts(symbolIdOf(series)))) return found;
    }
  };

  /** Rows without their holes. */
  const rows = (series: Series, fromId: number, toId: number, limit: number): TradeColumns =>
    atOnce(series, (parts) => {
      const { holes: _, ...stored } = reader.trades(series, { fromId, toId, limit });
      if (parts.length === 0) return stored;
      return weaveTrades([...archived.rows(parts, fromId, toId, limit), stored], limit);
    });

  const read = (series: Series, fromId: number, toId: number, limit: number): TradeColumns => {
    if (fromId >= toId) return weaveTrades([], 0);
    const trades = rows(series, fromId, toId, limit);
    if (trades.length === 0) return trades;
    return { ...trades, holes: reader.holes(series, Math.min(fromId, trades.id[0]!), lastIdOf(trades)) };
  };

  const firstIdAt = (series: Series, timeUs: number): number | undefined => {
    const stored = reader.firstIdAt(series, timeUs);
    return archived.firstIdAt(symbolIdOf(series), timeUs, stored ?? MOST) ?? stored;
  };

  const ranged = rangedReads(read, firstIdAt);
  const store: TradeStore = {
    ...reader,
    trades: (series, range = {}) => ranged.trades(series, range),
    blocks: (series, range = {}, most = BLOCK_ROWS) => ranged.blocks(series, range, most, (work) => work()),
    exact: (series, fromId, toId, limit) =>
      atOnce(series, (parts) => {
        const stored = reader.exact(series, fromId, toId, limit);
        if (parts.length === 0) return stored;
        return weaveStored([...archived.exact(parts, fromId, toId, limit), stored], limit);
      }),
    changes: (series, cursor, limit = MOST) => {
      const changes = reader.changes(series, cursor, limit);
      const parts = archived.parts(symbolIdOf(series));
      const { fromId } = changes;
      if (parts.every(({ lastId }) => lastId < fromId)) return changes;
      const trades = read(series, fromId, MOST, limit);
      const nextId = trades.length === 0 ? fromId : lastIdOf(trades) + 1;
      return { ...changes, trades, cursor: placeOf({ ...readPlace(changes.cursor), nextId }) };
    },
    firstIdAt,
    // the last trade may be archived: of a symbol that went quiet before its venue did
    newest: (series, belowId = MOST) => {
      const stored = reader.newest(series, belowId);
      return archived.newest(symbolIdOf(series), stored?.id ?? -1, belowId) ?? stored;
    },
    checkThere: (series, fromId, toId) => archived.checkThere(symbolIdOf(series), fromId, toId),
    quality: () => openQuality(path, store),
    close: () => {
      archived.close();
      reader.close();
    },
  };
  return store;
}

function sameParts(a: readonly ArchivePart[], b: readonly ArchivePart[]): boolean {
  return a.length === b.length && a.every(({ partId }, i) => partId === b[i]!.partId);
}
