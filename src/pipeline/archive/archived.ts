import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { firstAtLeast } from "../../core/search.ts";
import { firstRowAt, sliceTrades, type TradeColumns } from "../../core/trade-columns.ts";
import { type ArchivePart, openArchiveList } from "../store/archive-writer.ts";
import { lastIdOf } from "../store/read/ranges.ts";
import type { StoredTrades } from "../store/read/stored-trades.ts";
import type { NewestTrade } from "../store/trade-store.ts";
import { missingPart, readStoredIds, readTrades } from "./parquet.ts";

/** The files of a database's archive. Two of them are kept in memory, the ones read last. */
export interface Archived {
  /** The files of a symbol, by ascending ids. */
  parts(symbolId: number): readonly ArchivePart[];
  /** Rows of a range of ids, as pieces; at least the first `limit` of them where there are so many. */
  rows(parts: readonly ArchivePart[], fromId: number, toId: number, limit: number): TradeColumns[];
  exact(parts: readonly ArchivePart[], fromId: number, toId: number, limit: number): StoredTrades[];
  /** The least id of a trade at this time or later, where it is below another. */
  firstIdAt(symbolId: number, timeUs: number, belowId: number): number | undefined;
  /** The last one below an id, where it is none below another. */
  newest(symbolId: number, leastId: number, belowId: number): NewestTrade | undefined;
  /** Refuses where a file of these ids is not there as it was written. */
  checkThere(symbolId: number, fromId: number, toId: number): void;
  close(): void;
}

export function openArchived(database: string): Archived {
  const list = openArchiveList(database);
  const base = dirname(database);
  const recent: { readonly part: ArchivePart; readonly trades: TradeColumns }[] = [];
  let newest: { readonly symbolId: number; readonly trade: NewestTrade } | undefined;

  const load = (part: ArchivePart): TradeColumns => {
    const at = recent.findIndex((one) => one.part.path === part.path);
    const [found] = at < 0 ? [] : recent.splice(at, 1);
    const entry = found ?? { part, trades: readTrades(partPath(base, part)) };
    recent.push(entry);
    if (recent.length > 2) recent.shift();
    return entry.trades;
  };

  return {
    parts: (symbolId) => list.parts(symbolId),
    rows: (parts, fromId, toId, limit) => {
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
    },
    exact: (parts, fromId, toId, limit) => {
      const pieces: StoredTrades[] = [];
      let end = toId;
      for (const part of parts) {
        if (part.lastId < fromId || part.firstId >= end) continue;
        const piece = readStoredIds(partPath(base, part), fromId, end, limit);
        pieces.push(piece);
        if (piece.length === limit) end = Math.min(end, lastIdOf(piece) + 1);
      }
      return pieces;
    },
    firstIdAt: (symbolId, timeUs, belowId) => {
      let least = belowId;
      for (const part of list.parts(symbolId)) {
        if (part.lastUs < timeUs || part.firstId > least) continue;
        const trades = load(part);
        const first = firstRowAt(trades, timeUs);
        if (first < trades.length) least = Math.min(least, trades.id[first]!);
      }
      return least === belowId ? undefined : least;
    },
    newest: (symbolId, leastId, belowId) => {
      const found = list.newest(symbolId, belowId);
      if (found === undefined || found.id < leastId) return undefined;
      const { part, id } = found;
      if (newest?.symbolId !== symbolId || newest.trade.id !== id) {
        // what is known of a file that was moved away does for the question where the end is
        const isThere = existsSync(join(base, part.path));
        const trade = isThere
          ? newestOf(readStoredIds(partPath(base, part), id, id + 1, 1))
          : { id, timeUs: part.lastUs, receivedUs: part.lastUs };
        newest = { symbolId, trade };
      }
      return newest.trade;
    },
    checkThere: (symbolId, fromId, toId) => {
      for (const part of list.parts(symbolId)) {
        if (part.lastId >= fromId && part.firstId < toId) partPath(base, part);
      }
    },
    close: () => list.close(),
  };
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
