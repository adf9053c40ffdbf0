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
