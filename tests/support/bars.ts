import type { Bars } from "../../src/core/bars.ts";
import { random } from "../../src/core/random.ts";
import type { Venue } from "../../src/core/trade.ts";

export const simulated: Venue = { name: "sim-seed7", kind: "simulated", detail: "seed 7" };
export const real: Venue = { name: "binance", kind: "real", detail: "" };

export interface WalkOptions {
  readonly venue?: Venue;
  readonly symbol?: string;
  readonly startUs?: number;
  readonly intervalUs?: number;
  readonly seed?: number;
}

/** Bars of a seeded random walk around 60,000 with moves of a few units. */
export function walkBars(length: number, options: WalkOptions = {}): Bars {
  const { venue = simulated, symbol = "BTCUSDT", startUs = Date.UTC(2024, 7, 8, 23, 50) * 1000 } = options;
  const { intervalUs = 10_000_000, seed = 1 } = options;
  const source = random(seed);
  const column = (): Float64Array => new Float64Array(length);
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()];
  let price = 60_000;
  const cents = (value: number): number => Math.round(value * 100) / 100;
  for (let i = 0; i < length; i++) {
    open[i] = cents(price);
    price += 5 * source.normal();
    close[i] = cents(price);
    high[i] = cents(Math.max(open[i]!, close[i]!) + 3 * source.uniform());
    low[i] = cents(Math.min(open[i]!, close[i]!) - 3 * source.uniform());
    volume[i] = Math.round(1e5 * source.uniform()) / 1e4;
  }
  const vwap = close.map((c, i) => (c + open[i]!) / 2);
  return {
    venue,
    symbol,
    rule: { by: "time", intervalUs },
    intervalUs,
    length,
    startUs: column().map((_, i) => startUs + i * intervalUs),
    endUs: column().map((_, i) => startUs + (i + 1) * intervalUs),
    open,
    high,
    low,
    close,
    volume,
    quoteVolume: volume.map((v, i) => v * vwap[i]!),
    vwap,
    tradeCount: column().map((_, i) => 3 + (i % 5)),
    takerBuyVolume: volume.map((v) => v / 2),
    firstId: column().map((_, i) => 1 + 10 * i),
    lastId: column().map((_, i) => 10 + 10 * i),
    complete: new Uint8Array(length).fill(1),
  };
}
