import type { Leg, Market } from "../../../../src/analytics/backtest/types.ts";
import { random } from "../../../../src/core/random.ts";

export const MINUTE_US = 60e6;
export const HOUR_US = 3600e6;
/** 2025-01-01 UTC. */
export const NEW_YEAR_US = 1_735_689_600e6;

export type LegPrices = Pick<Leg, "symbol"> & {
  readonly open: readonly number[];
  readonly close: readonly number[];
};

/** A market of given prices, hourly unless told. */
export function marketOf(legs: readonly LegPrices[], intervalUs: number = HOUR_US): Market {
  const { length } = legs[0]!.close;
  return {
    length,
    intervalUs,
    startUs: Float64Array.from({ length }, (_, t) => NEW_YEAR_US + t * intervalUs),
    legs: legs.map(({ symbol, open, close }) => ({
      symbol,
      open: Float64Array.from(open),
      close: Float64Array.from(close),
    })),
  };
}

export interface SeededMarket {
  readonly seed: number;
  readonly length: number;
  /** Of the spread, in bars; 0: none, two walks. */
  readonly halfLife?: number;
  /** Deviation of a spread's step, in log price. */
  readonly step?: number;
  /** Share of bars in which a leg does not trade, and in which its close is not known. */
  readonly untraded?: number;
  readonly unknown?: number;
  readonly legs?: 1 | 2;
}

/** log y = 0.4 + 1.3 log x + spread, opens a little off the closes before; minute bars. */
export function seededMarket(settings: SeededMarket): Market {
  const { seed, length, halfLife = 12, step = 0.002, untraded = 0, unknown = 0, legs = 2 } = settings;
  const source = random(seed);
  const keep = halfLife === 0 ? 1 : 0.5 ** (1 / halfLife);
  const column = (): Float64Array => new Float64Array(length);
  const y = { symbol: "YUSDT", open: column(), close: column(), volume: column(), tradeCount: column() };
  const x = { symbol: "XUSDT", open: column(), close: column(), volume: column(), tradeCount: column() };
  let [level, spread] = [4, 0];
  for (let t = 0; t < length; t++) {
    level += 0.001 * source.normal();
    spread = keep * spread + step * source.normal();
    for (const [leg, price] of [
      [x, Math.exp(level)],
      [y, Math.exp(0.4 + 1.3 * level + spread)],
    ] as const) {
      const isTraded = source.uniform() >= untraded;
      const isKnown = source.uniform() >= unknown;
      const before = t === 0 ? price : leg.close[t - 1]!;
      const from = Number.isNaN(before) ? price : before;
      leg.open[t] = isTraded && isKnown ? from * Math.exp(0.0002 * source.normal()) : Number.NaN;
      leg.close[t] = isKnown ? (isTraded ? price : from) : Number.NaN;
      leg.volume[t] = isTraded ? 10 * source.uniform() : 0;
      leg.tradeCount[t] = isTraded ? Math.ceil(20 * source.uniform()) : 0;
    }
  }
  const startUs = Float64Array.from({ length }, (_, t) => NEW_YEAR_US + t * MINUTE_US);
  return { length, intervalUs: MINUTE_US, startUs, legs: legs === 1 ? [y] : [y, x] };
}
