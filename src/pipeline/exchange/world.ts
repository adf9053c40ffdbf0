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

/** log price = log of `price` + Σ loading · factor, or, for the second leg of a pair, α + β · log price of `on` + spread. */
export type PriceModel =
  | { readonly price: number; readonly loadings: Readonly<Record<string, number>> }
  | { readonly on: string; readonly alpha: number; readonly beta: number; readonly spread: string };

export interface SymbolModel {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly stepSize: string;
  readonly price: PriceModel;
  readonly tradesPerSecond: number;
  /** Best ask minus best bid. */
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

/**
 * The market of `--seed`: BTC and ETH cointegrated with β = 1.2 and a half-life of three minutes;
 * SOL and BNB share a factor and each has a walk of its own, so that they are correlated and not cointegrated.
 */
export const WORLD: World = {
  factors: {
    btc: walk(0.03),
    "eth-btc": { halfLifeS: 180, sd: 0.001, time: "clock" },
    alts: walk(0.025),
    sol: walk(0.02),
    bnb: walk(0.012),
  },
  symbols: [
    {
      symbol: "BTCUSDT",
      base: "BTC",
      quote: "USDT",
      tickSize: "0.01000000",
      stepSize: "0.00001000",
      price: { price: 62_000, loadings: { btc: 1 } },
      tradesPerSecond: 20,
      spreadTicks: 1,
      sizeSteps: 300,
    },
    {
      symbol: "ETHUSDT",
      base: "ETH",
      quote: "USDT",
      tickSize: "0.01000000",
      stepSize: "0.00010000",
      price: { on: "BTCUSDT", alpha: -5.36, beta: 1.2, spread: "eth-btc" },
      tradesPerSecond: 14,
      spreadTicks: 1,
      sizeSteps: 600,
    },
    {
      symbol: "SOLUSDT",
      base: "SOL",
      quote: "USDT",
      tickSize: "0.01000000",
      stepSize: "0.00100000",
      price: { price: 150, loadings: { btc: 0.6, alts: 1.1, sol: 1 } },
      tradesPerSecond: 8,
      spreadTicks: 1,
      sizeSteps: 900,
    },
    {
      symbol: "BNBUSDT",
      base: "BNB",
      quote: "USDT",
      tickSize: "0.10000000",
      stepSize: "0.00100000",
      price: { price: 580, loadings: { btc: 0.5, alts: 0.7, bnb: 1 } },
      tradesPerSecond: 5,
      spreadTicks: 1,
      sizeSteps: 150,
    },
  ],
  hours: [10, 9, 9, 8, 8, 8, 9, 10, 11, 11, 10, 10, 12, 16, 19, 18, 16, 14, 13, 12, 12, 11, 10, 10],
};
