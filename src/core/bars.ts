import type { Venue } from "./trade.ts";

/**
 * Bars of one symbol as columns, oldest first. A bar covers `[startUs, startUs + intervalUs)`, UTC.
 * Prices are in quote units, volumes in base units unless the name says quote.
 */
export interface Bars {
  readonly venue: Venue;
  readonly symbol: string;
  readonly intervalUs: number;
  readonly length: number;
  readonly startUs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  /** quoteVolume / volume */
  readonly vwap: Float64Array;
  readonly tradeCount: Float64Array;
  readonly takerBuyVolume: Float64Array;
  readonly firstId: Float64Array;
  readonly lastId: Float64Array;
  /** 1 where no id is missing inside. */
  readonly complete: Uint8Array;
}
