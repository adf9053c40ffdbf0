import type Database from "better-sqlite3";
import { createBatch, TRADE_COLUMNS } from "../write/batch.ts";
import type { StoredTrades } from "./stored-trades.ts";

/** Reads the first `capacity` rows that a condition on `trades` takes; its parameters follow. */
export type ReadExact = (capacity: number, ...parameters: readonly number[]) => StoredTrades;

/** Readers of stored trades, one a condition. Decimals come as two halves of 32 bits: no number passes 2^53 on the way. */
export function exactReaders(db: Database.Database): (condition: string) => ReadExact {
  let target = allocateStored(0);
  let [price, qty] = [halves(target.priceE8), halves(target.qtyE8)];
  let filled = 0;
  const aim = (at: StoredTrades): void => {
    target = at;
    [price, qty] = [halves(at.priceE8), halves(at.qtyE8)];
  };
  const step = (
    id: number,
    at: number,
    event: number | null,
    received: number,
    priceLow: number,
    priceHigh: number,
    qtyLow: number,
    qtyHigh: number,
    flags: number,
  ): number => {
    if (filled === target.length) aim(grown(target));
    target.id[filled] = id;
    target.tradeTimeUs[filled] = at;
    target.eventTimeUs[filled] = event ?? Number.NaN;
    target.receivedUs[filled] = received;
    price.setUint32(8 * filled, priceLow, true);
    price.setInt32(8 * filled + 4, priceHigh, true);
    qty.setUint32(8 * filled, qtyLow, true);
    qty.setInt32(8 * filled + 4, qtyHigh, true);
    target.isBuyerMaker[filled] = flags & 1;
    target.source[filled] = (flags >> 1) & 3;
    target.decimals[filled] = flags >> 3;
    filled++;
    return 0;
  };
  db.function("fill_exact", { directOnly: true }, step as (...values: unknown[]) => unknown);
  return (condition) => {
    const fill = db.prepare(
      `SELECT count(fill_exact(trade_id, trade_time_us, event_time_us, received_us, price_e8 & 4294967295, price_e8 >> 32,
         qty_e8 & 4294967295, qty_e8 >> 32, is_buyer_maker + 2 * source + 8 * decimals))
       FROM (SELECT * FROM trades WHERE ${condition} ORDER BY trade_id LIMIT ?)`,
    );
    return (capacity, ...parameters) => {
      aim(allocateStored(Math.min(capacity, FIRST_ROWS)));
      filled = 0;
      fill.get(...parameters, capacity);
      const done = sliceStored(target, 0, filled);
      aim(allocateStored(0));
      return done;
    };
  };
}

/** Rows for which memory is taken at first. */
const FIRST_ROWS = 65_536;

function grown(from: StoredTrades): StoredTrades {
  const to = allocateStored(2 * from.length);
  for (const name of TRADE_COLUMNS) (to[name] as Float64Array).set(from[name] as Float64Array);
  return to;
}

const halves = ({ buffer }: BigInt64Array): DataView => new DataView(buffer);

/** Rows `from` to `to` (not included), as views of the same memory. */
export function sliceStored(trades: StoredTrades, from: number, to: number): StoredTrades {
  const end = Math.min(to, trades.length);
  if (from === 0 && end === trades.length) return trades;
  return {
    length: Math.max(0, end - from),
    id: trades.id.subarray(from, end),
    priceE8: trades.priceE8.subarray(from, end),
    qtyE8: trades.qtyE8.subarray(from, end),
    decimals: trades.decimals.subarray(from, end),
    tradeTimeUs: trades.tradeTimeUs.subarray(from, end),
    eventTimeUs: trades.eventTimeUs.subarray(from, end),
    receivedUs: trades.receivedUs.subarray(from, end),
    isBuyerMaker: trades.isBuyerMaker.subarray(from, end),
    source: trades.source.subarray(from, end),
  };
}

export function allocateStored(length: number): StoredTrades {
  const { symbol: _, ...columns } = createBatch(length);
  return { ...columns, length };
}
