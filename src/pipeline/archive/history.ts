import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { firstAtLeast } from "../../core/search.ts";
import { sliceTrades, type TradeColumns } from "../../core/trade-columns.ts";
import { type ArchivePart, openArchiveList } from "../store/archive-desk.ts";
import { checkRange, openReader, type Series, type StoreReader, type TradeRange } from "../store/reader.ts";
import { missingPart, readTrades } from "./parquet.ts";
import { weaveTrades } from "./weave.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const BLOCK_ROWS = 262_144;

/**
 * A database with its archive, as if the archive's trades were still in it: every question that a reader answers is answered
 * over both. Two of the archive's files are kept in memory, the ones read last.
 */
export function openHistory(file: string): StoreReader {
  const reader = openReader(file);
  const list = openArchiveList(reader.path);
  const base = dirname(reader.path);
  const recent: { readonly part: ArchivePart; readonly trades: TradeColumns }[] = [];

  const load = (part: ArchivePart): TradeColumns => {
    const at = recent.findIndex((one) => one.part.path === part.path);
    const [found] = at < 0 ? [] : recent.splice(at, 1);
    const entry = found ?? { part, trades: readPart(base, part) };
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
      const parts = list.parts(series.symbolId);
      const { holes: _, ...stored } = reader.trades(series, { fromId, toId, limit });
      if (parts.length === 0) return stored;
      const pieces = archived(parts, fromId, toId, limit);
      if (sameParts(parts, list.parts(series.symbolId))) return weaveTrades([...pieces, stored], limit);
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
    for (const part of list.parts(series.symbolId)) {
      if (part.lastUs < timeUs || part.firstId > least) continue;
      const { id, tradeTimeUs, length } = load(part);
      let first = length;
      while (first > 0 && tradeTimeUs[first - 1]! >= timeUs) first--;
      if (first < length) least = Math.min(least, id[first]!);
    }
    return least === MOST ? undefined : least;
  };

  const idsOf = (series: Series, range: TradeRange): [number, number] => {
    checkRange(series, range);
    const { fromId = 0, toId = MOST, fromUs, toUs } = range;
    const at = (timeUs: number | undefined, otherwise: number): number =>
      timeUs === undefined ? otherwise : (firstIdAt(series, timeUs) ?? MOST);
    return [Math.max(fromId, at(fromUs, 0)), Math.min(toId, at(toUs, MOST))];
  };

  return {
    ...reader,
    trades: (series, range = {}) => {
      const [fromId, toId] = idsOf(series, range);
      return read(series, fromId, toId, range.limit ?? MOST);
    },
    blocks: function* (series, range = {}, most = BLOCK_ROWS) {
      let [fromId, toId] = idsOf(series, range);
      for (let left = range.limit ?? MOST; left > 0; ) {
        const block = read(series, fromId, toId, Math.min(most, left));
        if (block.length === 0) return;
        left -= block.length;
        fromId = lastIdOf(block) + 1;
        yield block;
      }
    },
    changes: (series, cursor, limit = MOST) => {
      const changes = reader.changes(series, cursor, limit);
      const parts = list.parts(series.symbolId);
      if (parts.every(({ lastId }) => lastId < cursor.nextId)) return changes;
      const trades = read(series, cursor.nextId, MOST, limit);
      const nextId = trades.length === 0 ? cursor.nextId : lastIdOf(trades) + 1;
      return { ...changes, trades, cursor: { ...changes.cursor, nextId } };
    },
    firstIdAt,
    newest: (series) => reader.newest(series),
    close: () => {
      list.close();
      reader.close();
    },
  };
}

function readPart(base: string, part: ArchivePart): TradeColumns {
  const path = join(base, part.path);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  return size === part.bytes ? readTrades(path) : missingPart(part, size);
}

function sameParts(a: readonly ArchivePart[], b: readonly ArchivePart[]): boolean {
  return a.length === b.length && a.every(({ partId }, i) => partId === b[i]!.partId);
}

function lastIdOf({ id, lastId = id, length }: TradeColumns): number {
  return lastId[length - 1]!;
}
