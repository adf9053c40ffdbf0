/**
 * What moves prices. Each factor is a path of its own, a stationary Ornstein-Uhlenbeck process in log price;
 * one with a half-life of months is a random walk to anyone who looks for hours or days, and yet never leaves
 * the range of plausible prices.
 */
export interface FactorModel {
  readonly halfLifeS: number;
  /** Standard deviation of the stationary process, in log price. */
  readonly sd: number;
  /** `activity`: moves fast when trading is busy (heavy tails, clustered volatility); `clock`: half-life exact. */
  readonly time: "activity" | "clock";
  /** The factor is 0 until then and wanders off from 0 after it: how a relation breaks at a known time. */
  readonly fromUs?: number;
}

/**
 * log price = log of `price` + Σ loading · factor, or, for the second leg of a pair, α + β · log price of `on` + spread,
 * and from a known time on a `rift` which ends the relation.
 */
export type PriceModel =
  | { readonly price: number; readonly loadings: Readonly<Record<string, number>> }
  | {
      readonly on: string;
      readonly alpha: number;
      readonly beta: number;
      readonly spread: string;
      /** A factor with a `fromUs`. */
      readonly rift?: string;
    };

export interface SymbolModel {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly stepSize: string;
  readonly price: PriceModel;
  readonly tradesPerSecond: number;
  /** Best ask minus best bid. */
  /** Between bid and ask: one, as in four of five turns of the recorded Binance spot market (docs/exchange.md). */
  readonly spreadTicks: number;
  /** Scale of the heavy-tailed trade size, in steps: the median trade is about two thirds of it. */
  readonly sizeSteps: number;
}

export interface World {
  readonly factors: Readonly<Record<string, FactorModel>>;
  readonly symbols: readonly SymbolModel[];
  /** Share of a day's trades in each hour, UTC; only the proportions count. */
  readonly hours: readonly number[];
}

const DAY_S = 86_400;

/** Stationary deviation of a factor that moves by `dailyVol` (log price) a day at first: σ² = 2θ·sd², θ = ln 2 / half-life. */
function walk(dailyVol: number, halfLifeDays = 60): FactorModel {
  const sd = dailyVol / Math.sqrt((2 * Math.LN2) / halfLifeDays);
  return { halfLifeS: halfLifeDays * DAY_S, sd, time: "activity" };
}

/** When TRX stops following XRP: 2026-07-01 UTC. */
const RIFT_US = 1_782_864_000_000_000;

/**
 * The market of `--seed`. Cointegrated: ETH on BTC (β 1.2, half-life 3 minutes), BCH on LTC (0.85, 15 minutes), AVAX on SOL
 * (0.9, an hour), and TRX on XRP (0.7, 10 minutes) until 2026-07-01. SOL, BNB and DOGE share a factor and each has a
 * walk of its own: correlated, and not cointegrated.
 */
export const WORLD: World = {
  factors: {
    btc: walk(0.03),
    "eth-btc": { halfLifeS: 180, sd: 0.001, time: "clock" },
    alts: walk(0.025),
    sol: walk(0.02),
    bnb: walk(0.012),
    ltc: walk(0.02),
    "bch-ltc": { halfLifeS: 900, sd: 0.0015, time: "clock" },
    "avax-sol": { halfLifeS: 3600, sd: 0.003, time: "clock" },
    xrp: walk(0.025),
    "trx-xrp": { halfLifeS: 600, sd: 0.002, time: "clock" },
    "trx-rift": { ...walk(0.03), fromUs: RIFT_US },
    doge: walk(0.03),
  },
  symbols: [
    {
      ...coin("BTC", "0.01000000", "0.00001000", 20, 300),
      price: { price: 62_000, loadings: { btc: 1 } },
    },
    {
      ...coin("ETH", "0.01000000", "0.00010000", 14, 600),
      price: { on: "BTCUSDT", alpha: -5.36, beta: 1.2, spread: "eth-btc" },
    },
    {
      ...coin("SOL", "0.01000000", "0.00100000", 8, 900),
      price: { price: 150, loadings: { btc: 0.6, alts: 1.1, sol: 1 } },
    },
    {
      ...coin("BNB", "0.10000000", "0.00100000", 5, 150),
      price: { price: 580, loadings: { btc: 0.5, alts: 0.7, bnb: 1 } },
    },
    {
      ...coin("LTC", "0.01000000", "0.00100000", 4, 800),
      price: { price: 80, loadings: { btc: 0.8, ltc: 1 } },
    },
    {
      ...coin("BCH", "0.01000000", "0.00100000", 3, 200),
      price: { on: "LTCUSDT", alpha: 2.13, beta: 0.85, spread: "bch-ltc" },
    },
    {
      ...coin("AVAX", "0.00100000", "0.01000000", 4, 400),
      price: { on: "SOLUSDT", alpha: -1.18, beta: 0.9, spread: "avax-sol" },
    },
    {
      ...coin("XRP", "0.00010000", "0.10000000", 6, 1500),
      price: { price: 0.55, loadings: { btc: 0.5, xrp: 1 } },
    },
    {
      ...coin("TRX", "0.00001000", "0.10000000", 3, 9000),
      price: { on: "XRPUSDT", alpha: -1.62, beta: 0.7, spread: "trx-xrp", rift: "trx-rift" },
    },
    {
      ...coin("DOGE", "0.00001000", "1.00000000", 6, 900),
      price: { price: 0.11, loadings: { btc: 0.5, alts: 0.9, doge: 1 } },
    },
  ],
  hours: [10, 9, 9, 8, 8, 8, 9, 10, 11, 11, 10, 10, 12, 16, 19, 18, 16, 14, 13, 12, 12, 11, 10, 10],
};

function coin(
  base: string,
  tickSize: string,
  stepSize: string,
  tradesPerSecond: number,
  sizeSteps: number,
): Omit<SymbolModel, "price"> {
  const spreadTicks = 1;
  return {
    symbol: `${base}USDT`,
    base,
    quote: "USDT",
    tickSize,
    stepSize,
    tradesPerSecond,
    spreadTicks,
    sizeSteps,
  };
}
