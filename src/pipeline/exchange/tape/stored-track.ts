import { DECIMAL_PLACES, e8ToText } from "../../../core/decimal.ts";
import { refuse, TickbookError } from "../../../core/errors.ts";
import { firstAtLeast } from "../../../core/search.ts";
import { sliceStored } from "../../store/read/exact-trades.ts";
import type { StoredTrades } from "../../store/read/stored-trades.ts";
import type { Series, TradeStore } from "../../store/trade-store.ts";
import type { MarketTrade } from "../source.ts";
import { firstAbove } from "./first-above.ts";

/** A trade of a stored window, and what says when it goes out. */
export interface StoredRow {
  readonly trade: MarketTrade;
  /** The newest event time of its symbol up to this id; the trade time stands in for one that is missing. */
  readonly ownUs: number;
  /** When the stream brought it; NaN where it came otherwise (REST, file). */
  readonly receivedUs: number;
}

/** One symbol of a stored window, read block by block: a few blocks are in memory, and of each one read where it ended. */
export interface StoredTrack {
  readonly firstId: number;
  /** Once through, in order of receipt. What came otherwise than by the stream keeps its place among the ids. */
  rows(): Generator<StoredRow, void, undefined>;
  /** At most `most` trades with ids in `[fromId, toId]`, of those that were read so far. */
  trades(fromId: number, toId: number, most: number): MarketTrade[];
  /** The highest id whose event (or trade) time is at or before `us`; `firstId - 1` where there is none. */
  lastId(us: number, by: "event" | "trade"): number;
  /** The first trade of an aggregate, or of the one after it; above every id where none was read so far. */
  firstIdOfAggregate(aggregateId: number): number;
}

export interface StoredWindow {
  readonly series: Series;
  /** From (included), to (not included); there is at least one trade. */
  readonly fromId: number;
  readonly toId: number;
  /** Place of the symbol in the market's list. */
  readonly symbol: number;
  /** Rows of a block: a trade that came late is put into its place if that is less than a block away. */
  readonly blockRows: number;
}

interface Block {
  readonly trades: StoredTrades;
  readonly aggregateId: Float64Array;
  /** Running maxima over the whole window. */
  readonly eventUs: Float64Array;
  readonly tradeUs: Float64Array;
}

/** How it stood behind a block. */
interface BlockEnd {
  readonly id: number;
  readonly aggregateId: number;
  readonly eventUs: number;
  readonly tradeUs: number;
}

const KEPT_BLOCKS = 3;
const WS = 0;

export function storedTrack(reader: TradeStore, window: StoredWindow): StoredTrack {
  const { series, fromId, toId, symbol, blockRows } = window;
  const ends: BlockEnd[] = [];
  const kept = new Map<number, Block>();
  let isAllRead = false;

  /** Blocks are read one after another the first time; undefined behind the last one. */
  const block = (at: number): Block | undefined => {
    const found = kept.get(at);
    if (found !== undefined) return found;
    while (ends.length < at && !isAllRead) block(ends.length);
    if (isAllRead && at >= ends.length) return undefined;
    const before = ends[at - 1];
    const to = ends[at] === undefined ? toId : ends[at].id + 1;
    // the row before tells whether the first one goes on with its aggregate
    const rows = readExact(
      reader,
      series,
      before?.id ?? fromId,
      to,
      blockRows + (before === undefined ? 0 : 1),
    );
    const made = blockOf(rows, before);
    if (made.trades.length === 0) {
      isAllRead = true;
      return undefined;
    }
    ends[at] ??= endOf(made);
    kept.set(at, made);
    if (kept.size > KEPT_BLOCKS) kept.delete(kept.keys().next().value!);
    return made;
  };

  const trade = ({ trades, aggregateId }: Block, row: number): MarketTrade => {
    const fewer = trades.decimals[row]!;
    return {
      symbol,
      id: trades.id[row]!,
      aggregateId: aggregateId[row]!,
      price: e8ToText(trades.priceE8[row]!, DECIMAL_PLACES - Math.floor(fewer / 9)),
      qty: e8ToText(trades.qtyE8[row]!, DECIMAL_PLACES - (fewer % 9)),
      tradeTimeUs: trades.tradeTimeUs[row]!,
      eventTimeUs: eventTime(trades, row),
      isBuyerMaker: trades.isBuyerMaker[row] === 1,
    };
  };

  const firstId = block(0)!.trades.id[0]!;
  return {
    firstId,
    *rows() {
      let waiting: Place[] = [];
      let out = 0;
      for (let at = 0; ; at++) {
        const next = block(at);
        const places = next === undefined ? [] : placesOf(next);
        // the first id of all stays the first: what comes below it would be another sequence
        waiting = byReceipt([...waiting, ...places], out === 0 ? 1 : 0);
        const ready = waiting.splice(0, waiting.length - places.length);
        out += ready.length;
        for (const { held, row, receivedUs } of ready) {
          yield { trade: trade(held, row), ownUs: held.eventUs[row]!, receivedUs };
        }
        if (next === undefined) return;
      }
    },
    trades(from, to, most) {
      const out: MarketTrade[] = [];
      for (let at = firstAbove(ends.length, (i) => ends[i]!.id, from - 1); at < ends.length; at++) {
        const held = block(at)!;
        for (let row = firstAtLeast(held.trades.id, from); row < held.trades.length; row++) {
          if (held.trades.id[row]! > to || out.length >= most) return out;
          out.push(trade(held, row));
        }
      }
      return out;
    },
    lastId(us, by) {
      const name = by === "event" ? "eventUs" : "tradeUs";
      while (!isAllRead && ends.at(-1)![name] <= us) block(ends.length);
      const at = firstAbove(ends.length, (i) => ends[i]![name], us);
      if (at === ends.length) return ends.at(-1)!.id;
      const held = block(at)!;
      const row = firstAtLeast(held[name], us + 1) - 1;
      return held.trades.id[row] ?? ends[at - 1]?.id ?? firstId - 1;
    },
    firstIdOfAggregate(aggregateId) {
      const at = firstAbove(ends.length, (i) => ends[i]!.aggregateId, aggregateId - 1);
      if (at === ends.length) return Number.MAX_SAFE_INTEGER;
      const held = block(at)!;
      return held.trades.id[firstAtLeast(held.aggregateId, aggregateId)]!;
    },
  };
}

/** The trades behind `before`, whose row comes first where there is one. */
function blockOf(rows: StoredTrades, before: BlockEnd | undefined): Block {
  const column = (): Float64Array => new Float64Array(rows.length);
  const [aggregateId, eventUs, tradeUs] = [column(), column(), column()];
  for (let row = 0; row < rows.length; row++) {
    const last = row === 0 ? undefined : row - 1;
    const joins = last !== undefined && isSameOrder(rows, last, row);
    const aggregate = last === undefined ? (before?.aggregateId ?? 0) : aggregateId[last]! + (joins ? 0 : 1);
    aggregateId[row] = aggregate;
    eventUs[row] = Math.max(
      eventTime(rows, row),
      (last === undefined ? before?.eventUs : eventUs[last]) ?? 0,
    );
    tradeUs[row] = Math.max(
      rows.tradeTimeUs[row]!,
      (last === undefined ? before?.tradeUs : tradeUs[last]) ?? 0,
    );
  }
  const from = before === undefined ? 0 : 1;
  return {
    trades: sliceStored(rows, from, rows.length),
    aggregateId: aggregateId.subarray(from),
    eventUs: eventUs.subarray(from),
    tradeUs: tradeUs.subarray(from),
  };
}

function endOf({ trades, aggregateId, eventUs, tradeUs }: Block): BlockEnd {
  const last = trades.length - 1;
  return {
    id: trades.id[last]!,
    aggregateId: aggregateId[last]!,
    eventUs: eventUs[last]!,
    tradeUs: tradeUs[last]!,
  };
}

function eventTime({ eventTimeUs, tradeTimeUs }: StoredTrades, row: number): number {
  const given = eventTimeUs[row]!;
  return Number.isNaN(given) ? tradeTimeUs[row]! : given;
}

/** Whether two rows are fills of one order, as far as a tape can tell. */
function isSameOrder(rows: StoredTrades, a: number, b: number): boolean {
  return (
    rows.id[b] === rows.id[a]! + 1 &&
    rows.tradeTimeUs[b] === rows.tradeTimeUs[a] &&
    eventTime(rows, b) === eventTime(rows, a) &&
    rows.priceE8[b] === rows.priceE8[a] &&
    rows.isBuyerMaker[b] === rows.isBuyerMaker[a]
  );
}

/** A row that waits for its turn. */
interface Place {
  readonly held: Block;
  readonly row: number;
  /** NaN: none. */
  readonly receivedUs: number;
}

function placesOf(held: Block): Place[] {
  const { source, receivedUs } = held.trades;
  return Array.from(source, (from, row) => ({
    held,
    row,
    receivedUs: from === WS ? receivedUs[row]! : Number.NaN,
  }));
}

/** What the stream brought, in order of receipt, on the places that it has from `from` on; each kind stays where it is. */
function byReceipt(places: Place[], from: number): Place[] {
  const at = [...places.keys()].filter((i) => i >= from && !Number.isNaN(places[i]!.receivedUs));
  const isOrdered = at.every((i, k) => k === 0 || places[at[k - 1]!]!.receivedUs <= places[i]!.receivedUs);
  if (isOrdered) return places;
  const idOf = ({ held, row }: Place): number => held.trades.id[row]!;
  const sorted = at.map((i) => places[i]!).sort((a, b) => a.receivedUs - b.receivedUs || idOf(a) - idOf(b));
  for (const [k, i] of at.entries()) places[i] = sorted[k]!;
  return places;
}

function readExact(
  reader: TradeStore,
  series: Series,
  fromId: number,
  toId: number,
  limit: number,
): StoredTrades {
  try {
    return reader.exact(series, fromId, toId, limit);
  } catch (error) {
    if (error instanceof TickbookError) throw error;
    return refuse({
      code: "unreadable-tape",
      where: reader.label,
      problem: `needs to be readable to the end of the window; ${(error as Error).message}`,
      hint: "See npm run doctor -- --source FILE.",
    });
  }
}
