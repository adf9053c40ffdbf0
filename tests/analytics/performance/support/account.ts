import type { Backtest, Market, RoundTrip } from "../../../../src/analytics/backtest/types.ts";
import {
  type RunMetrics,
  type RunMetricsSettings,
  runMetrics,
} from "../../../../src/analytics/performance/run-metrics.ts";

export const HOUR_US: number = 3600e6;
export const DAY_US: number = 86_400e6;
/** 15 February 2021. */
export const START_US: number = Date.UTC(2021, 1, 15) * 1000;

/** Bars without a gap, and legs of these closes, open at the close before. */
export function marketOf(
  length: number,
  { intervalUs = DAY_US, startUs = START_US, closes = {} }: MarketParts = {},
): Market {
  return {
    length,
    startUs: Float64Array.from({ length }, (_, t) => startUs + t * intervalUs),
    intervalUs,
    legs: Object.entries(closes).map(([symbol, close]) => ({
      symbol,
      open: Float64Array.from(close, (value, t) => (t === 0 ? value : close[t - 1]!)),
      close: Float64Array.from(close),
    })),
  };
}

export interface MarketParts {
  readonly intervalUs?: number;
  readonly startUs?: number;
  readonly closes?: Readonly<Record<string, ArrayLike<number>>>;
}

/** The figures of an account on a market. */
export function metricsOn(run: Backtest, market: Market, settings: RunMetricsSettings = {}): RunMetrics {
  return runMetrics({ ...run, market }, settings);
}

/** An account with this equity, on bars of a day; nothing held, traded or paid unless told. */
export function accountOf(equity: ArrayLike<number>, parts: Partial<Backtest> = {}): Backtest {
  const zeros = new Float64Array(equity.length);
  return {
    market: marketOf(equity.length),
    strategy: { name: "none", settings: {} },
    startCash: 100,
    costs: { feeBps: 0, halfSpreadBps: 0, slippageBps: 0, financingBpsPerYear: 0 },
    orders: [],
    fills: [],
    roundTrips: [],
    equity: Float64Array.from(equity),
    cash: zeros,
    units: [zeros],
    exposure: zeros,
    turnover: zeros,
    paid: zeros,
    funding: [zeros],
    borrowed: [zeros],
    signals: {},
    counts: {},
    ...parts,
  };
}

/** Equity that starts at 100 and makes these returns. */
export function grown(returns: ArrayLike<number>, start = 100): Float64Array {
  let value = start;
  return Float64Array.from(returns, (r) => {
    value *= 1 + r;
    return value;
  });
}

export function trip(profit: number, parts: Partial<RoundTrip> = {}): RoundTrip {
  return {
    side: 1,
    entryBar: 0,
    exitBar: 1,
    entryUs: START_US,
    exitUs: START_US + HOUR_US,
    entryReason: "entry",
    exitReason: "exit",
    units: [1],
    notional: 100,
    profit,
    costs: 0,
    entrySignal: Number.NaN,
    exitSignal: Number.NaN,
    closed: true,
    ...parts,
  };
}
