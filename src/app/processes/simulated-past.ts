import { existsSync } from "node:fs";
import { simulatedMarket } from "../../pipeline/exchange/market/market.ts";
import { createBatch, pushTrade } from "../../pipeline/store/write/batch.ts";
import { openWriter } from "../../pipeline/store/write/writer.ts";

export interface SimulatedPast {
  readonly seed: number;
  readonly symbols: readonly string[];
  /** How far back. */
  readonly pastUs: number;
  readonly nowUs: number;
}

/** Trades are made and written so long a stretch at a time. */
const STRETCH_US = 300e6;

/**
 * A database that is not there yet begins so far in the simulated market's past, as if it had been collected since: the
 * market is a function of seed and time. Returns how many trades it holds; 0 where there is a database, or a symbol that
 * the market does not have.
 */
export function storeSimulatedPast(file: string, { seed, symbols, pastUs, nowUs }: SimulatedPast): number {
  const market = simulatedMarket(seed);
  const { name, kind, detail } = market;
  const numbers = symbols.map((symbol) => market.symbols.findIndex((one) => one.symbol === symbol));
  if (existsSync(file) || numbers.includes(-1)) return 0;
  const writer = openWriter(file, { venue: { name, kind, detail }, symbols });
  let stored = 0;
  try {
    for (let fromUs = nowUs - pastUs; fromUs < nowUs; fromUs += STRETCH_US) {
      const trades = market.between(fromUs, Math.min(nowUs, fromUs + STRETCH_US));
      const batch = createBatch(Math.max(1, trades.length));
      for (const { symbol, ...trade } of trades) {
        const k = numbers.indexOf(symbol);
        if (k >= 0)
          pushTrade(batch, k, {
            ...trade,
            eventTimeUs: null,
            symbol: symbols[k]!,
            receivedUs: nowUs,
            source: "rest",
          });
      }
      writer.append(batch, nowUs);
      stored += batch.length;
    }
  } finally {
    writer.close();
  }
  return stored;
}
