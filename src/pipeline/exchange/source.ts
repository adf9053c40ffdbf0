/** A trade as the exchange itself knows it: every stream and every REST answer is a view of this. */
export interface MarketTrade {
  /** Index into `MarketSource.symbols`. */
  readonly symbol: number;
  readonly id: number;
  /** Fills of one taker order at one price share it; consecutive aggregates differ by 1. */
  readonly aggregateId: number;
  /** The decimal text that is sent, never rewritten. */
  readonly price: string;
  readonly qty: string;
  readonly tradeTimeUs: number;
  readonly eventTimeUs: number;
  readonly isBuyerMaker: boolean;
}

export interface SymbolInfo {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Decimal texts with 8 places, as exchangeInfo shows them. */
  readonly tickSize: string;
  readonly stepSize: string;
}

/**
 * What the exchange trades: a market made from a seed, a recorded tape, or a window of a database.
 * Everything is a question about the past or the present, so the same question always has the same answer.
 */
export interface MarketSource {
  /** The part of the venue's name that says which market this is: `sim-seed7`, `replay-spot-20240808`. */
  readonly name: string;
  readonly kind: "simulated" | "replayed";
  readonly detail: string;
  readonly symbols: readonly SymbolInfo[];
  /** When the first and the last trade there will ever be are sent: their event times, or that of one sent before them. */
  readonly startUs: number;
  readonly endUs: number;
  /** Trades of all symbols that are sent in `(fromUs, toUs]`, in that order. */
  between(fromUs: number, toUs: number): readonly MarketTrade[];
  /** At most `most` trades of a symbol with ids in `[fromId, toId]`, ascending. */
  trades(symbol: number, fromId: number, toId: number, most: number): readonly MarketTrade[];
  firstId(symbol: number): number;
  /** The highest id whose event (or trade) time is at or before `us`; `firstId - 1` where there is none. */
  lastId(symbol: number, us: number, by: "event" | "trade"): number;
  /** The first trade of an aggregate, or of the first aggregate after it; above every id where there is none. */
  firstIdOfAggregate(symbol: number, aggregateId: number): number;
}
