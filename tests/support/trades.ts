import type { Trade } from "../../src/core/trade.ts";
import { createBatch, pushTrade, type TradeBatch } from "../../src/pipeline/store/write/batch.ts";

export const T0 = 1_723_161_255_342_000;

/** A plain trade of BTCUSDT; what matters to a test is given. */
export function trade(id: number, given: Partial<Trade> = {}): Trade {
  return {
    symbol: "BTCUSDT",
    id,
    price: "61837.63000000",
    qty: "0.02000000",
    tradeTimeUs: T0 + id * 1000,
    eventTimeUs: T0 + id * 1000 + 1000,
    receivedUs: T0 + id * 1000 + 2000,
    isBuyerMaker: true,
    source: "ws",
    ...given,
  };
}

export function batchOf(trades: readonly Trade[], symbols: readonly string[] = ["BTCUSDT"]): TradeBatch {
  const batch = createBatch(Math.max(1, trades.length));
  for (const one of trades) pushTrade(batch, symbols.indexOf(one.symbol), one);
  return batch;
}
