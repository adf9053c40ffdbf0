import { firstAtLeast } from "./search.ts";

/**
 * As ids ascend, times go back by less than this: by a jitter of the exchange. More is other units, or another order, and
 * is refused where trades come in and where bars are made.
 */
export const MOST_BACK_US: number = 60_000_000;

/** Ids from `first` to `last`, both included, that are not stored. */
export interface MissingIds {
  readonly first: number;
  readonly last: number;
}

/** Trades of one symbol as columns, by ascending id. Prices in quote units, quantities in base units. */
export interface TradeColumns {
  readonly length: number;
  readonly id: Float64Array;
  readonly tradeTimeUs: Float64Array;
  readonly price: Float64Array;
  readonly qty: Float64Array;
  readonly isBuyerMaker: Uint8Array;
  /** The last id that a row stands for, where some are merged trades; absent where each row is one trade. */
  readonly lastId?: Float64Array;
  /** What is missing between the rows, and next to the first and the last one, as the ledger has it; ascending. */
  readonly holes?: readonly MissingIds[];
}

/** The rows with `fromUs` ≤ time < `toUs`, with all the holes; the same columns where that is all of them. */
export function tradesInTime(
  trades: TradeColumns,
  fromUs: number = Number.NEGATIVE_INFINITY,
  toUs: number = Number.POSITIVE_INFINITY,
): TradeColumns {
  const { length, tradeTimeUs, holes } = trades;
  const isIn = (row: number): boolean => tradeTimeUs[row]! >= fromUs && tradeTimeUs[row]! < toUs;
  let kept = 0;
  for (let row = 0; row < length; row++) kept += isIn(row) ? 1 : 0;
  if (kept === length) return trades;
  const pick = <Column extends Float64Array | Uint8Array>(column: Column): Column => {
    const out = column.slice(0, kept) as Column;
    for (let row = 0, to = 0; row < length; row++) if (isIn(row)) out[to++] = column[row]!;
    return out;
  };
  return {
    length: kept,
    id: pick(trades.id),
    tradeTimeUs: pick(tradeTimeUs),
    price: pick(trades.price),
    qty: pick(trades.qty),
    isBuyerMaker: pick(trades.isBuyerMaker),
    ...(trades.lastId && { lastId: pick(trades.lastId) }),
    ...(holes && { holes }),
  };
}

/** The first row with a time of `timeUs` or later; `length` where none is. O(log n), and what a minute holds. */
export function firstRowAt({ tradeTimeUs, length }: TradeColumns, timeUs: number): number {
  // a crossing: all rows before it are earlier than `timeUs`, since times go back by less than a minute
  let row = firstAtLeast(tradeTimeUs.subarray(0, length), timeUs - MOST_BACK_US);
  while (row < length && tradeTimeUs[row]! < timeUs) row++;
  return row;
}

/** Rows `from` to `to` (not included), as views of the same memory, with all the holes. */
export function sliceTrades(trades: TradeColumns, from: number, to: number): TradeColumns {
  const { id, tradeTimeUs, price, qty, isBuyerMaker, lastId, holes } = trades;
  return {
    length: Math.max(0, Math.min(to, trades.length) - from),
    id: id.subarray(from, to),
    tradeTimeUs: tradeTimeUs.subarray(from, to),
    price: price.subarray(from, to),
    qty: qty.subarray(from, to),
    isBuyerMaker: isBuyerMaker.subarray(from, to),
    ...(lastId && { lastId: lastId.subarray(from, to) }),
    ...(holes && { holes }),
  };
}
