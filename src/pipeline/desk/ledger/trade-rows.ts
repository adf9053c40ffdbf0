import type { StoredTrades } from "../../store/read/stored-trades.ts";
import { encodeBlock } from "../native/encode.ts";

/** Prices and quantities are whole numbers × 10^SCALE. */
export const SCALE = 8;

export const TRADES_INSERT: string =
  "INSERT INTO trades (venue, symbol, trade_id, price, qty, scale, decimals, trade_time_us, event_time_us, received_us, " +
  "is_buyer_maker, source) FORMAT Native";

/** Trades of one series as a part of a body for `TRADES_INSERT`; a trade without an event time has 0. */
export function encodeTrades(venue: string, symbol: string, trades: StoredTrades): Uint8Array {
  const { length } = trades;
  const whole = (name: string, values: Float64Array | BigInt64Array) =>
    ({ name, type: "Int64", values }) as const;
  const small = (name: string, values: Uint8Array) => ({ name, type: "UInt8", values }) as const;
  return encodeBlock(length, [
    { name: "venue", type: "String", values: venue },
    { name: "symbol", type: "String", values: symbol },
    whole("trade_id", trades.id),
    whole("price", trades.priceE8),
    whole("qty", trades.qtyE8),
    small("scale", new Uint8Array(length).fill(SCALE)),
    small("decimals", trades.decimals),
    whole("trade_time_us", trades.tradeTimeUs),
    whole(
      "event_time_us",
      trades.eventTimeUs.map((us) => (Number.isNaN(us) ? 0 : us)),
    ),
    whole("received_us", trades.receivedUs),
    small("is_buyer_maker", trades.isBuyerMaker),
    small("source", trades.source),
  ]);
}
