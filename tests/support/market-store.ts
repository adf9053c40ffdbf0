import { simulatedMarket } from "../../src/pipeline/exchange/market/market.ts";
import { createBatch, pushTrade } from "../../src/pipeline/store/write/batch.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";

export interface MarketStoreSettings {
  readonly seed?: number;
  /** Seconds of market time. */
  readonly seconds: number;
  /** Begin; a Thursday morning unless told. */
  readonly fromUs?: number;
  /** Seconds, from the begin, in which nothing was stored: `[from, to]`. */
  readonly hole?: readonly [number, number];
}

/** Fills a database with the seeded market, as fast as it can be written; how many trades. */
export function storeMarket(file: string, settings: MarketStoreSettings): number {
  const { seed = 7, seconds, fromUs = Date.UTC(2025, 0, 9, 9) * 1000, hole } = settings;
  const market = simulatedMarket(seed);
  const { name, kind, detail, symbols } = market;
  const writer = openWriter(file, {
    venue: { name, kind, detail },
    symbols: symbols.map(({ symbol }) => symbol),
  });
  let stored = 0;
  try {
    for (let s = 0; s < seconds; s += 60) {
      const begin = fromUs + s * 1e6;
      const trades = market.between(begin, begin + Math.min(60, seconds - s) * 1e6);
      const batch = createBatch(Math.max(1, trades.length));
      for (const { symbol, ...trade } of trades) {
        const at = (trade.eventTimeUs - fromUs) / 1e6;
        if (hole !== undefined && at >= hole[0] && at < hole[1]) continue;
        const receivedUs = trade.eventTimeUs + 20_000;
        pushTrade(batch, symbol, { ...trade, symbol: symbols[symbol]!.symbol, receivedUs, source: "ws" });
      }
      writer.append(batch, begin + 60e6);
      stored += batch.length;
    }
  } finally {
    writer.close();
  }
  return stored;
}
