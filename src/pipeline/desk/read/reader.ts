import type { TradeColumns } from "../../../core/trade-columns.ts";
import { type IdRange, idRanges } from "../../store/ledger/id-ranges.ts";
import { allocate } from "../../store/read/column-sink.ts";
import { weave } from "../../store/read/columns.ts";
import { allocateStored } from "../../store/read/exact-trades.ts";
import { lastIdOf, rangedReads } from "../../store/read/ranges.ts";
import type { StoredTrades } from "../../store/read/stored-trades.ts";
import type { Cursor, NewestTrade, Series, TradeStore } from "../../store/trade-store.ts";
import { exactQuery, exactRows } from "../ledger/exact-rows.ts";
import { type Ask, openAsk } from "../sync/ask.ts";
import { type DeskUser, deskAddress, deskUser } from "../wire/address.ts";
import { openDeskBars } from "./imported-bars.ts";
import { blocksAt, type DeskLedger, openLedger, readKey, type SeriesLedger } from "./ledger.ts";
import { deskQuality } from "./quality.ts";
import { isWorthSumming, summed } from "./sums.ts";
import {
  askWhole,
  columnsOf,
  countIds,
  fromTrades,
  heldWithin,
  joinRows,
  pickRows,
  readWhole,
  stretches,
  TIME_SQL,
  tradesQuery,
} from "./trades.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const BLOCK_ROWS = 262_144;
/** Rows of one answer: what bounds the memory of the thread that takes it. */
const ANSWER_ROWS = 1_048_576;

/** How far a series was read: the next id, and which ids stood for something then. */
interface Place {
  readonly nextId: number;
  readonly covered: readonly IdRange[];
}

/** Opens the trades that collectors have published to a server, for reading: the union of what they hold. */
export function openDesk(source: string, user: DeskUser = deskUser()): TradeStore {
  const address = deskAddress("source", source);
  const ask = openAsk(address, user);
  try {
    const ledger = openLedger(ask, address.label);
    ledger.refresh();
    return deskStore(address.label, ask, ledger);
  } catch (error) {
    ask.close();
    throw error;
  }
}

function deskStore(label: string, ask: Ask, ledger: DeskLedger): TradeStore {
  const now = (series: Series): SeriesLedger => {
    ledger.refresh();
    return ledger.of(series);
  };
  const reads = idReads(label, ask);

  const read = (series: Series, fromId: number, toId: number, limit: number): TradeColumns => {
    const state = now(series);
    const singles = reads.singles(series, heldWithin(state.held, fromId, toId, limit));
    const end = singles.length === limit ? singles.id[limit - 1]! : toId;
    const merged = state.merged().within(fromId, end);
    const columns = merged.length === 0 ? singles : weave(singles, merged, limit);
    if (columns.length === 0) return columns;
    return { ...columns, holes: missingNear(state, Math.min(fromId, columns.id[0]!), lastIdOf(columns)) };
  };
  const firstIdAt = (series: Series, timeUs: number): number | undefined => {
    const state = now(series);
    const single = reads.firstSingleAt(series, state, timeUs);
    const merged = state.merged();
    const end = merged.indexAt(single ?? MOST);
    for (let i = 0; i < end; i++) {
      const { first, timeUs: us } = merged.row(i);
      if (us >= timeUs) return first;
    }
    return single;
  };
  const ranged = rangedReads(read, firstIdAt);

  const store: TradeStore = {
    label,
    series: () => {
      ledger.refresh();
      return ledger.series();
    },
    trades: (series, range = {}) => ledger.atOneTime(() => ranged.trades(series, range)),
    blocks: (series, range = {}, rows = BLOCK_ROWS) =>
      ranged.blocks(series, range, rows, (work) => ledger.atOneTime(work)),
    sums: (series, { fromId, toId }, stepUs) => {
      const state = now(series);
      const ids = heldWithin(idRanges(state.covered()), fromId, toId, MOST);
      if (!isWorthSumming(state, ids, stepUs)) return undefined;
      const [venue, symbol] = readKey(series);
      const parts = {
        blocks: (from: number, to: number) => store.blocks(series, { fromId: from, toId: to }),
        holes: (first: number, last: number) => missingNear(state, Math.min(fromId, first), last),
      };
      return summed({ venue, symbol, state, ask, ...parts }, ids, stepUs);
    },
    exact: (series, fromId, toId, limit) =>
      reads.exact(series, heldWithin(now(series).held, fromId, toId, limit)),
    exactMerged: (series, fromId, toId) =>
      now(series)
        .merged()
        .within(fromId, toId)
        .map(({ first, exactPriceE8, exactQtyE8 }) => ({
          id: first,
          priceE8: exactPriceE8,
          qtyE8: exactQtyE8,
        })),
    cursor: (series, fromId) => cursorOf({ nextId: fromId, covered: now(series).covered() }),
    changes: (series, cursor, limit = MOST) =>
      ledger.atOneTime(() => {
        const { nextId, covered: before } = cursor as unknown as Place;
        const { covered } = now(series);
        const late = lateIds(before, covered(), nextId);
        const trades = read(series, nextId, MOST, limit);
        const next = trades.length === 0 ? nextId : lastIdOf(trades) + 1;
        return { trades, late, fromId: nextId, cursor: cursorOf({ nextId: next, covered: covered() }) };
      }),
    holes: (series, first, last) => missingNear(now(series), first, last),
    firstIdAt,
    newest: (series, belowId = MOST) => reads.newest(series, now(series), belowId),
    atOneTime: (work) => ledger.atOneTime(work),
    version: () => {
      ledger.refresh();
      return ledger.version();
    },
    checkThere: (series, fromId, toId) => {
      const ids = heldWithin(now(series).held, fromId, toId, MOST);
      if (ids.length > 0) reads.checkCount(series, ids);
    },
    isCurrent: () => true,
    quality: () => deskQuality({ label, ask, ledger, store }),
    importedBars: () => openDeskBars(ask),
    close: () => ask.close(),
  };
  return store;
}

function cursorOf(place: Place): Cursor {
  return place as unknown as Cursor;
}

/** Ids below the next one that stand for something now and did not before. */
export function lateIds(before: readonly IdRange[], now: readonly IdRange[], nextId: number): IdRange[] {
  const known = idRanges(before);
  return now
    .filter(({ first }) => first < nextId)
    .flatMap(({ first, last }) => known.missing({ first, last: Math.min(last, nextId - 1) }));
}

/** Holes between ids that are held, and below them, that touch a stretch of ids, each in full less what merged trades stand for. */
export function missingNear(
  { held, merged }: Pick<SeriesLedger, "held" | "merged">,
  first: number,
  last: number,
): IdRange[] {
  const touches = (hole: IdRange): boolean => hole.last >= first - 1 && hole.first <= last + 1;
  const ranges = held.around({ first: first - 1, last: last + 1 });
  const found: IdRange[] = [];
  const start = held.ranges[0]?.first ?? 0;
  // ids begin at 0 or 1
  if (start > 1) found.push({ first: 0, last: start - 1 });
  for (let i = 1; i < ranges.length; i++)
    found.push({ first: ranges[i - 1]!.last + 1, last: ranges[i]!.first - 1 });
  return found.filter(touches).flatMap((hole) => {
    const within = merged().within(hole.first, hole.last + 1);
    if (within.length === 0) return [hole];
    const covered = idRanges();
    for (const row of within) covered.hold(row.first, row.last);
    return covered.missing(hole).filter(touches);
  });
}

interface IdReads {
  singles(series: Series, ids: readonly IdRange[]): TradeColumns;
  exact(series: Series, ids: readonly IdRange[]): StoredTrades;
  firstSingleAt(series: Series, state: SeriesLedger, timeUs: number): number | undefined;
  newest(series: Series, state: SeriesLedger, belowId: number): NewestTrade | undefined;
  checkCount(series: Series, ids: readonly IdRange[]): void;
}

/** Reads of ids that the ledger claims: each is whole, or refused. */
function idReads(label: string, ask: Ask): IdReads {
  const singles = (series: Series, ids: readonly IdRange[]): TradeColumns => {
    const [venue, symbol] = readKey(series);
    if (ids.length === 0) return allocate(0);
    const pieces = stretches(ids, ANSWER_ROWS).map((some) => {
      const sql = tradesQuery(venue, symbol, { first: some[0]!.first, last: some.at(-1)!.last });
      return readWhole(ask, sql, { label, what: symbol, ids: some }, columnsOf, pickRows);
    });
    return joinRows(pieces);
  };
  const exact = (series: Series, ids: readonly IdRange[]): StoredTrades => {
    const [venue, symbol] = readKey(series);
    if (ids.length === 0) return allocateStored(0);
    const pieces = stretches(ids, ANSWER_ROWS).map((some) => {
      const sql = exactQuery(venue, symbol, some[0]!.first, some.at(-1)!.last + 1);
      const about = { label, what: symbol, ids: some };
      return readWhole(ask, sql, about, (table) => exactRows(label, table), pickRows);
    });
    return joinRows(pieces);
  };
  /** Of ids that are claimed, all of which have to be there: the least whose trade comes at a time or later. */
  const firstInBlock = (series: Series, ids: readonly IdRange[], timeUs: number): number | undefined => {
    const [venue, symbol] = readKey(series);
    if (ids.length === 0) return undefined;
    const from = fromTrades(venue, symbol, ids[0]!.first, ids.at(-1)!.last);
    const claimed = countIds(ids);
    const least = `minIf(trade_id, ${TIME_SQL} >= ${Math.ceil(timeUs)})`;
    const { rows, id } = askWhole({ label, what: symbol, ids }, () => {
      const { columns } = ask(
        `SELECT toFloat64(count()) AS rows_, toFloat64(${least}) AS id_, countIf(${TIME_SQL} >= ${Math.ceil(timeUs)}) AS late_ ${from} FORMAT Native`,
      );
      const [rows, id] = [(columns.rows_ as Float64Array)[0]!, (columns.id_ as Float64Array)[0]!];
      const isAny = (columns.late_ as BigUint64Array)[0]! > 0n;
      return { found: rows >= claimed ? { rows, id: isAny ? id : undefined } : undefined, rows };
    });
    if (rows === claimed) return id;
    // some have come since that the ledger did not speak of
    const columns = singles(series, ids);
    const row = columns.tradeTimeUs.findIndex((us) => us >= timeUs);
    return row < 0 ? undefined : columns.id[row]!;
  };
  return {
    exact,
    singles,
    firstSingleAt: (series, { held, rows }, timeUs) => {
      for (const block of blocksAt(rows, timeUs)) {
        const id = firstInBlock(series, heldWithin(held, block.first, block.last + 1, MOST), timeUs);
        if (id !== undefined) return id;
      }
      return undefined;
    },
    newest: (series, state, belowId) => {
      const id = state.held.within({ first: 0, last: belowId - 1 }).at(-1);
      const lastId = id === undefined ? undefined : Math.min(id.last, belowId - 1);
      const rows = state.merged();
      const below = rows.indexAt(belowId) - 1;
      const row = below < 0 ? undefined : rows.row(below);
      const merged = row && { id: row.last, timeUs: row.timeUs, receivedUs: row.receivedUs };
      if (lastId === undefined || (merged !== undefined && merged.id > lastId)) return merged;
      const told = newestTold(state, lastId);
      if (told !== undefined) return told;
      const { tradeTimeUs, eventTimeUs, receivedUs } = exact(series, [{ first: lastId, last: lastId }]);
      const eventUs = eventTimeUs[0]!;
      return {
        id: lastId,
        timeUs: Number.isNaN(eventUs) ? tradeTimeUs[0]! : eventUs,
        receivedUs: receivedUs[0]!,
      };
    },
    checkCount: (series, ids) => {
      const [venue, symbol] = readKey(series);
      for (const some of stretches(ids, 16 * ANSWER_ROWS)) {
        const [first, last] = [some[0]!.first, some.at(-1)!.last];
        const claimed = countIds(some);
        askWhole({ label, what: symbol, ids: some }, () => {
          const { columns } = ask(
            `SELECT toFloat64(count()) AS rows_ ${fromTrades(venue, symbol, first, last)} FORMAT Native`,
          );
          const rows = (columns.rows_ as Float64Array)[0]!;
          return { found: rows >= claimed ? true : undefined, rows };
        });
      }
    },
  };
}

/** The newest trade as the ledger tells it; of several copies the one received first, which is the one that is kept. */
function newestTold({ rows }: SeriesLedger, id: number): NewestTrade | undefined {
  let found: NewestTrade | undefined;
  for (const { ids, newestUs, newestReceivedUs } of rows) {
    if (ids.at(-1)?.last !== id || (found !== undefined && found.receivedUs <= newestReceivedUs)) continue;
    found = { id, timeUs: newestUs, receivedUs: newestReceivedUs };
  }
  return found;
}
