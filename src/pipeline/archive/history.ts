import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { firstAtLeast } from "../../core/search.ts";
import { firstRowAt, sliceTrades, type TradeColumns } from "../../core/trade-columns.ts";
import { type ArchivePart, openArchiveList } from "../store/archive-writer.ts";
import { openQuality } from "../store/quality/quality.ts";
import { placeOf, readPlace, symbolIdOf } from "../store/read/keys.ts";
import { lastIdOf, rangedReads } from "../store/read/ranges.ts";
import { openReader } from "../store/read/reader.ts";
import type { StoredTrades } from "../store/read/stored-trades.ts";
import type { NewestTrade, Series, TradeStore } from "../store/trade-store.ts";
import { missingPart, readStoredIds, readTrades } from "./parquet.ts";
import { weaveStored, weaveTrades } from "./weave.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const BLOCK_ROWS = 262_144;

/**
 * A database with its archive, as if the archive's trades were still in it: every question that a reader answers is answered
 * over both. Two of the archive's files are kept in memory, the ones read last.
 */
export function openHistory(file: string): TradeStore {
  const path = resolve(file);
  const reader = openReader(path);
  const list = openArchiveList(path);
  const base = dirname(path);
  const recent: { readonly part: ArchivePart; readonly trades: TradeColumns }[] = [];

  let newestArchived: { readonly series: number; readonly trade: NewestTrade } | undefined;

  const load = (part: ArchivePart): TradeColumns => {
    const at = recent.findIndex((one) => one.part.path === part.path);
    const [found] = at < 0 ? [] : recent.splice(at, 1);
    const entry = found ?? { part, trades: readTrades(partPath(base, part)) };
    recent.push(entry);
    if (recent.length > 2) recent.shift();
    return entry.trades;
  };

  /** Archived rows of a range of ids, as pieces; at least the first `limit` of them where there are so many. */
  const archived = (
    parts: readonly ArchivePart[],
    fromId: number,
    toId: number,
    limit: number,
  ): TradeColumns[] => {
    const pieces: TradeColumns[] = [];
    for (const part of parts) {
      if (part.lastId < fromId || part.firstId >= toId) continue;
      const before = pieces.reduce(
        (sum, { id, length }) => sum + (id[length - 1]! < part.firstId ? length : 0),
        0,
      );
      if (before >= limit) break;
      const trades = load(part);
      const from = firstAtLeast(trades.id, fromId);
      const piece = sliceTrades(trades, from, Math.min(firstAtLeast(trades.id, toId), from + limit));
      if (piece.length > 0) pieces.push(piece);
    }
    return pieces;
  };

  /** Rows without their holes. Trades move from the database to the archive: what is read has to be of one moment. */
  const rows = (series: Series, fromId: number, toId: number, limit: number): TradeColumns => {
    for (;;) {
      const parts = list.parts(symbolIdOf(series));
      const { holes: _, ...stored } = reader.trades(series, { fromId, toId, limit });
      if (parts.length === 0) return stored;
      const pieces = archived(parts, fromId, toId, limit);
      if (sameParts(parts, list.parts(symbolIdOf(series)))) return weaveTrades([...pieces, stored], limit);
    }
  };

  const exact = (series: Series, fromId: number, toId: number, limit: number): StoredTrades => {
    for (;;) {
      const parts = list.parts(symbolIdOf(series));
      const stored = reader.exact(series, fromId, toId, limit);
      if (parts.length === 0) return stored;
      const pieces: StoredTrades[] = [];
      let end = toId;
      for (const part of parts) {
        if (part.lastId < fromId || part.firstId >= end) continue;
        const piece = readStoredIds(partPath(base, part), fromId, end, limit);
        pieces.push(piece);
        if (piece.length === limit) end = Math.min(end, lastIdOf(piece) + 1);
      }
      if (sameParts(parts, list.parts(symbolIdOf(series)))) return weaveStored([...pieces, stored], limit);
    }
  };

  const read = (series: Series, fromId: number, toId: number, limit: number): TradeColumns => {
    if (fromId >= toId) return weaveTrades([], 0);
    const trades = rows(series, fromId, toId, limit);
    if (trades.length === 0) return trades;
    return { ...trades, holes: reader.holes(series, Math.min(fromId, trades.id[0]!), lastIdOf(trades)) };
  };

  const firstIdAt = (series: Series, timeUs: number): number | undefined => {
    const stored = reader.firstIdAt(series, timeUs) ?? MOST;
    let least = stored;
    for (const part of list.parts(symbolIdOf(series))) {
      if (part.lastUs < timeUs || part.firstId > least) continue;
      const trades = load(part);
      const first = firstRowAt(trades, timeUs);
      if (first < trades.length) least = Math.min(least, trades.id[first]!);
    }
    return least === MOST ? undefined : least;
  };

  /** The last trade may be archived: of a symbol that went quiet before its venue did. */
  const newest = (series: Series, belowId = MOST): NewestTrade | undefined => {
    const stored = reader.newest(series, belowId);
    const archived = list.newest(symbolIdOf(series), belowId);
    if (archived === undefined || (stored !== undefined && stored.id > archived.id)) return stored;
    const { part, id } = archived;
    if (newestArchived?.series !== symbolIdOf(series) || newestArchived.trade.id !== id) {
      // what is known of a file that was moved away does for the question where the end is
      const isThere = existsSync(join(base, part.path));
      const trade = isThere
        ? newestOf(readStoredIds(partPath(base, part), id, id + 1, 1))
        : { id, timeUs: part.lastUs, receivedUs: part.lastUs };
      newestArchived = { series: symbolIdOf(series), trade };
    }
    return newestArchived.trade;
  };

  const ranged = rangedReads(read, firstIdAt);
  const store: TradeStore = {
    ...reader,
    trades: (series, range = {}) => ranged.trades(series, range),
    blocks: (series, range = {}, most = BLOCK_ROWS) => ranged.blocks(series, range, most, (work) => work()),
    exact,
    changes: (series, cursor, limit = MOST) => {
      const changes = reader.changes(series, cursor, limit);
      const parts = list.parts(symbolIdOf(series));
      const { fromId } = changes;
      if (parts.every(({ lastId }) => lastId < fromId)) return changes;
      const trades = read(series, fromId, MOST, limit);
      const nextId = trades.length === 0 ? fromId : lastIdOf(trades) + 1;
      return { ...changes, trades, cursor: placeOf({ ...readPlace(changes.cursor), nextId }) };
    },
    firstIdAt,
    newest,
    checkThere: (series, fromId, toId) => {
      for (const part of list.parts(symbolIdOf(series))) {
        if (part.lastId >= fromId && part.firstId < toId) partPath(base, part);
      }
    },
    quality: () => openQuality(path, store),
    close: () => {
      list.close();
      reader.close();
    },
  };
  return store;
}

function partPath(base: string, part: ArchivePart): string {
  const path = join(base, part.path);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  return size === part.bytes ? path : missingPart(part, size);
}

function newestOf({ id, tradeTimeUs, eventTimeUs, receivedUs }: StoredTrades): NewestTrade {
  const eventUs = eventTimeUs[0]!;
  return {
    id: id[0]!,
    timeUs: Number.isNaN(eventUs) ? tradeTimeUs[0]! : eventUs,
    receivedUs: receivedUs[0]!,
  };
}

function sameParts(a: readonly ArchivePart[], b: readonly ArchivePart[]): boolean {
  return a.length === b.length && a.every(({ partId }, i) => partId === b[i]!.partId);
}
