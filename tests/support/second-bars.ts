import { type Bars, barColumn, makeBars } from "../../src/core/bars.ts";
import type { MarketSource } from "../../src/pipeline/exchange/source.ts";

/** Bars of 1 s of a symbol, those without a trade left out. */
export function secondBars(market: MarketSource, symbol: string, fromUs: number, seconds: number): Bars {
  const index = market.symbols.findIndex((one) => one.symbol === symbol);
  const rows = new Map<number, Record<string, number>>();
  for (const trade of market.between(fromUs, fromUs + seconds * 1e6)) {
    if (trade.symbol !== index) continue;
    const [price, qty] = [Number(trade.price), Number(trade.qty)];
    const startUs = Math.floor(trade.tradeTimeUs / 1e6) * 1e6;
    const row = rows.get(startUs) ?? {
      ...{ startUs, endUs: startUs + 1e6, open: price, high: price, low: price, volume: 0, quoteVolume: 0 },
      ...{ tradeCount: 0, takerBuyVolume: 0, firstId: trade.id, complete: 1 },
    };
    row.high = Math.max(row.high!, price);
    row.low = Math.min(row.low!, price);
    row.volume! += qty;
    row.quoteVolume! += price * qty;
    row.tradeCount! += 1;
    if (!trade.isBuyerMaker) row.takerBuyVolume! += qty;
    Object.assign(row, { close: price, lastId: trade.id, vwap: row.quoteVolume! / row.volume! });
    rows.set(startUs, row);
  }
  const list = [...rows.values()].sort((a, b) => a.startUs! - b.startUs!);
  const venue = { name: market.name, kind: "simulated" as const, detail: market.detail };
  return makeBars({ venue, symbol, rule: { by: "time", intervalUs: 1e6 } }, list.length, (name) => {
    const column = barColumn(name, list.length);
    for (const [i, row] of list.entries()) column[i] = row[name]!;
    return column;
  });
}
