import type { Venue } from "../../core/trade.ts";

declare const OPAQUE: unique symbol;

/** What a store knows a series by; nobody else looks into it. */
export interface SeriesKey {
  readonly [OPAQUE]: "series";
}

/** One symbol's series at one venue. */
export interface Series {
  readonly venue: Venue;
  readonly symbol: string;
  readonly key: SeriesKey;
}
