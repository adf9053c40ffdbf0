import { runBacktest } from "../../src/analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../src/analytics/backtest/strategies/mean-reversion.ts";
import type { SweepSettings } from "../../src/analytics/backtest/sweep/sweep-grid.ts";
import type { Backtest, Market } from "../../src/analytics/backtest/types.ts";
import { metricRows } from "../../src/analytics/performance/metrics-table.ts";
import { runMetrics } from "../../src/analytics/performance/run-metrics.ts";
import { kalmanLineBeta } from "../../src/analytics/regression/kalman/kalman-line.ts";
import { ols } from "../../src/analytics/regression/ols.ts";
import { rollingOls } from "../../src/analytics/regression/rolling-ols.ts";
import { rollingZScore } from "../../src/analytics/rolling/rolling.ts";
import { rollingCorrelation } from "../../src/analytics/rolling/rolling-correlation.ts";
import { adf } from "../../src/analytics/unit-root/adf.ts";
import { engleGranger } from "../../src/analytics/unit-root/engle-granger.ts";
import { sweep } from "../../src/app/study/sweep/sweep.ts";
import { endThreads } from "../../src/app/threads/pool.ts";
import { barsFromTrades } from "../../src/pipeline/bars/from-trades.ts";
import { barsFromFrame, tradesFrame } from "../../src/pipeline/bars/polars.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { type Inputs, type Pair, SYMBOL, VENUE } from "./inputs.ts";

/** One piece of work, done here and by what a Python user would call for it. */
export interface Work {
  readonly what: string;
  readonly n: number;
  /** What is called there, in words. */
  readonly peer: string;
  /** Its name in peers.py. */
  readonly job: string;
  /** Makes the inputs; what it returns is timed. */
  readonly prepare: (inputs: Inputs, n: number) => () => unknown;
  /** Before each timed run. */
  readonly before?: () => Promise<void>;
  /** One run is a time: a second one would not be the first. */
  readonly once?: true;
  /** Among the few that the README shows; what is slower than its peer is shown there in any case. */
  readonly first?: true;
}

const MINUTE_US = 60e6;
const WINDOW = 120;
const settings = { venue: VENUE, symbol: SYMBOL, every: "1s" };
const kalman = {
  stateNoise: 1e-5,
  noise: 1e-3,
  start: { alpha: 0, beta: 0, alphaVariance: 1, betaVariance: 1 },
};
const strategy = meanReversion({
  hedge: { method: "fixed", beta: 0.8 },
  prices: "raw",
  neutral: "none",
  side: "long",
  window: WINDOW,
  entry: 2,
  size: { by: "equity", share: 0.99 },
});
const costs = { feeBps: 1 };
const grid: SweepSettings = {
  rows: { name: "window", values: Array.from({ length: 20 }, (_, k) => 20 + 10 * k) },
  columns: { name: "entry", values: Array.from({ length: 20 }, (_, k) => 1 + (2 * k) / 19) },
  costs,
  returns: "bar",
};

const onPair =
  (run: (pair: Pair) => unknown): Work["prepare"] =>
  (inputs, n) => {
    const pair = inputs.pair(n);
    return () => run(pair);
  };
const z = onPair(({ s }) => rollingZScore(s, { window: WINDOW }));
const correlation = onPair(({ x, y }) => rollingCorrelation(x, y, { window: WINDOW }));
const sweepOf: Work["prepare"] = (inputs, n) => {
  const market = marketOf(inputs.pair(n));
  return () => sweep(market, strategy, grid);
};
const read: Work["prepare"] = (inputs, n) => {
  const file = inputs.stored(n);
  return () => {
    const reader = openReader(file);
    try {
      return reader.trades(reader.series()[0]!, { fromId: 1, toId: n + 1 });
    } finally {
      reader.close();
    }
  };
};

const million = 1_000_000;

export const WORK: readonly Work[] = [
  {
    what: "ADF with AIC",
    n: 2000,
    peer: "statsmodels",
    job: "adf",
    prepare: onPair(({ s }) => adf(s)),
  },
  {
    what: "Engle-Granger",
    n: 2000,
    peer: "statsmodels",
    job: "engle_granger",
    prepare: onPair(({ x, y }) => engleGranger(y, x)),
  },
  {
    what: "OLS with errors",
    n: 100_000,
    peer: "statsmodels",
    job: "ols",
    prepare: onPair(({ x, y }) => ols(y, x)),
  },
  {
    what: "rolling OLS, 120",
    n: 100_000,
    peer: "statsmodels",
    job: "rolling_ols",
    prepare: onPair(({ x, y }) => rollingOls(y, x, { window: WINDOW })),
  },
  { what: "rolling z-score, 120", n: million, peer: "Python Polars", job: "rolling_z_polars", prepare: z },
  { what: "rolling z-score, 120", n: million, peer: "pandas", job: "rolling_z_pandas", prepare: z },
  {
    what: "rolling correlation, 120",
    n: million,
    peer: "pandas",
    job: "rolling_correlation_pandas",
    prepare: correlation,
  },
  {
    what: "rolling correlation, 120",
    n: million,
    peer: "Python Polars",
    job: "rolling_correlation_polars",
    prepare: correlation,
  },
  {
    what: "Kalman β of a line",
    n: million,
    peer: "numba",
    job: "kalman_numba",
    prepare: onPair(({ x, y }) => kalmanLineBeta(y, x, kalman)),
  },
  {
    what: "SQLite into columns, trades",
    n: million,
    peer: "sqlite3.fetchall",
    job: "sqlite_rows",
    prepare: read,
    first: true,
  },
  {
    what: "SQLite into columns, trades",
    n: million,
    peer: "polars.read_database",
    job: "sqlite_polars",
    prepare: read,
  },
  {
    what: "1 s bars of trades, all fields",
    n: 5 * million,
    peer: "Python Polars",
    job: "bars",
    prepare: (inputs, n) => {
      const trades = inputs.trades(n);
      return () => barsFromTrades(trades, settings);
    },
  },
  {
    what: "1 s bars by nodejs-polars from a frame",
    n: 5 * million,
    peer: "Python Polars",
    job: "bars",
    prepare: (inputs, n) => {
      const frame = tradesFrame(inputs.trades(n));
      return () => barsFromFrame(frame, settings);
    },
  },
  {
    what: "one backtest, bars",
    n: 10_000,
    peer: "backtesting.py",
    job: "backtest",
    prepare: (inputs, n) => {
      const market = marketOf(inputs.pair(n));
      return () => runBacktest(market, strategy, { costs });
    },
  },
  { what: "400 backtests, bars", n: 10_000, peer: "vectorbt", job: "sweep", prepare: sweepOf, first: true },
  {
    what: "400 backtests, bars, with the start of the threads",
    n: 10_000,
    peer: "vectorbt",
    job: "sweep",
    prepare: sweepOf,
    before: endThreads,
    once: true,
  },
  {
    what: "all metrics of daily returns",
    n: 5000,
    peer: "quantstats",
    job: "metrics",
    prepare: (inputs, n) => {
      const run = runOf(inputs.returns(n));
      return () => metricRows(runMetrics(run));
    },
  },
];

/** Ends what the work has started. */
export const endWork = (): Promise<void> => endThreads();

function marketOf({ y, x }: Pair): Market {
  return {
    length: y.length,
    intervalUs: MINUTE_US,
    startUs: y.map((_, t) => Date.UTC(2024, 0, 1) * 1000 + t * MINUTE_US),
    legs: [
      { symbol: "Y", open: y, close: y },
      { symbol: "X", open: x, close: x },
    ],
  };
}

/** A run that came to these returns a day. */
function runOf(returns: Float64Array): Backtest {
  const zeros = new Float64Array(returns.length);
  let value = 100;
  return {
    market: {
      length: returns.length,
      startUs: zeros.map((_, t) => Date.UTC(2004, 0, 1) * 1000 + t * 86_400e6),
      intervalUs: 86_400e6,
      legs: [],
    },
    strategy: { name: "none", settings: {} },
    startCash: 100,
    costs: { feeBps: 0, halfSpreadBps: 0, slippageBps: 0, financingBpsPerYear: 0 },
    orders: [],
    fills: [],
    roundTrips: [],
    equity: returns.map((part) => (value *= 1 + part)),
    cash: zeros,
    units: [],
    exposure: zeros,
    turnover: zeros,
    paid: zeros,
    funding: [],
    borrowed: [],
    signals: {},
    counts: {},
  };
}
