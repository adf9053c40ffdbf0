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
