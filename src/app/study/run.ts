import { resolve } from "node:path";
import { runBacktest } from "../../analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../analytics/backtest/strategies/mean-reversion.ts";
import {
  namedStrategy,
  type StrategyDescription,
} from "../../analytics/backtest/strategies/named-strategies.ts";
import type { Strategy } from "../../analytics/backtest/strategy.ts";
import type { Backtest, Costs, Market } from "../../analytics/backtest/types.ts";
import {
  type LegMetrics,
  type RunMetrics,
  type RunMetricsSettings,
  runMetrics,
} from "../../analytics/performance/run-metrics.ts";
import { requireFields, requireText } from "../../core/arguments.ts";
import type { PairSource } from "../data/data-source.ts";
import { type FundingWords, fundedMarket, fundingLeftOut } from "../data/funding.ts";
import { projectRoot } from "../project.ts";
import { type BacktestData, backtestData, marketFingerprint } from "./data.ts";
import { type FingerprintColumn, fingerprintOf, type RunFingerprint } from "./fingerprint.ts";
import { benchmarkOf } from "./verdict/benchmark.ts";
import {
  calibratedReversion,
  type OpenReversion,
  type PairStanding,
  pairStanding,
} from "./verdict/calibrated.ts";

/** Everything that a backtest follows from: plain data, which a report carries and `npm run report -- --config` reads. */
export interface RunDescription {
  readonly data: PairSource;
  /** One that ships: `"mean reversion"`, whose hedge and window may be left to the calibration stretch. */
  readonly strategy: StrategyDescription;
  /** 0 for what is not named. */
  readonly costs: Partial<Costs>;
  /** Of perpetuals: which settlements are charged; none unless told. */
  readonly funding?: FundingWords;
  /** What it is held against besides its legs: `"cash"`, `"mix"` (the legs at equal volatility), or a symbol of the source. */
  readonly benchmark?: string;
  /** Quote units; 100,000 unless told. */
  readonly startCash?: number;
  /** Of the figures; days where the window has 60 or more, bars in a shorter one, unless told. */
  readonly performance?: RunMetricsSettings;
  readonly title?: string;
}

/** A backtest with all that it followed from. */
export interface BacktestRun {
  /** As it was run: nothing in it is left to be chosen. */
  readonly description: RunDescription;
  readonly data: BacktestData;
  readonly strategy: Strategy;
  readonly result: Backtest;
  readonly performance: RunMetrics;
  /** Undefined where none is asked for. */
  readonly benchmark: LegMetrics | undefined;
  /** What the calibration stretch says of the pair; undefined of one leg. */
  readonly pair: PairStanding | undefined;
  /** False: the rule is the caller's own, and no command can make this run again. */
  readonly isRepeatable: boolean;
}

/** Runs what a description says. Relative paths are from `folder` on; from the project's unless told. */
export function runDescribed(description: RunDescription, folder: string = projectRoot): BacktestRun {
  requireFields("runDescribed", "description", description, ["data", "strategy"]);
  requireText("runDescribed", "folder", folder);
  const bars = backtestData(description.data, folder, "flags");
  const data = withFunding(bars, description.funding, folder);
  return runOn(data, describedStrategy(description.strategy, data.market), description, true);
}

/** Bars with the funding that is charged on them; where a file has some that is not, a note says so. */
export function withFunding(
  data: BacktestData,
  words: FundingWords | undefined,
  folder: string,
): BacktestData {
  const { source } = data.request;
  const from = typeof source === "string" ? resolve(projectRoot, source) : source;
  if (words === undefined) {
    const note = fundingLeftOut(data.market, from, folder);
    return note === "" ? data : { ...data, notes: [...data.notes, note] };
  }
  const { market, notes } = fundedMarket(data.market, words, from, folder);
  return { ...data, market, notes: [...data.notes, ...notes], fingerprint: marketFingerprint(market) };
}

/** A strategy that ships, with what it leaves open taken from the calibration stretch of a market. */
function describedStrategy({ name, settings }: StrategyDescription, market: Market): Strategy {
  if (name !== "mean reversion") return namedStrategy({ name, settings });
  return meanReversion(calibratedReversion(market, settings as unknown as OpenReversion));
}

/** Runs a strategy, a shipped one or the caller's own, on data that were read before. */
export function runOn(
  data: BacktestData,
  strategy: Strategy,
  description: Omit<RunDescription, "data" | "strategy">,
  isRepeatable: boolean,
): BacktestRun {
  const { costs, startCash = 100_000, title } = description;
  const { market } = data;
  const result = runBacktest(market, strategy, { costs, startCash });
  const performance = runMetrics(result, { ...figureSettings(data), ...description.performance });
  const { benchmark } = description;
  return {
    description: {
      data: data.request,
      strategy: { name: strategy.name, settings: plainSettings(strategy.settings) },
      costs: result.costs,
      ...(description.funding !== undefined && { funding: description.funding }),
      ...(benchmark !== undefined && { benchmark }),
      startCash,
      performance: { ...figureSettings(data), ...description.performance },
      ...(title !== undefined && { title }),
    },
    data,
    strategy,
    result,
    performance,
    benchmark: benchmark === undefined ? undefined : benchmarkOf(benchmark, data, result, performance),
    pair: pairStanding(market, strategy.settings),
    isRepeatable,
  };
}

/** Settings as JSON keeps them: what is left open, or never, is left out. */
function plainSettings(settings: Strategy["settings"]): Strategy["settings"] {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== Number.POSITIVE_INFINITY),
  );
}

/** What a run came to, to be compared with another run of the same description. */
export function runFingerprint({ data, result, performance, benchmark }: BacktestRun): RunFingerprint {
  const { fills, orders, roundTrips, signals, units, equity, cash, exposure, turnover, paid } = result;
  const legs = data.market.legs;
  const counts = Object.entries(result.counts).map(([name, count]) => [`rule: ${name}`, count]);
  const figures = {
    ...figuresOf(performance, benchmark),
    ...coverageOf(data),
    ...Object.fromEntries(counts),
  };
  return fingerprintOf(figures, {
    equity,
    cash,
    exposure,
    turnover,
    paid,
    ...Object.fromEntries(
      chargesOf(
        result,
        legs.map(({ symbol }) => symbol),
      ),
    ),
    ...Object.fromEntries(units.map((column, k) => [`units of ${legs[k]!.symbol}`, column])),
    ...Object.fromEntries(Object.entries(signals).map(([name, column]) => [`signal ${name}`, column])),
    returns: performance.returns,
    drawdown: performance.drawdown,
    ...columnsOf("order", orders),
    ...columnsOf("fill", fills),
    ...columnsOf("round trip", roundTrips),
  });
}

/** Funding and borrowing by leg, where there is any. */
function chargesOf({ funding, borrowed }: Backtest, symbols: readonly string[]): [string, Float64Array][] {
  return Object.entries({ funding, borrowed }).flatMap(([name, columns]) =>
    columns.flatMap((column, k): [string, Float64Array][] =>
      column.some((money) => money !== 0) ? [[`${name} of ${symbols[k]}`, column]] : [],
    ),
  );
}

/** Every number of the figures by its name. */
function figuresOf(performance: RunMetrics, benchmark: LegMetrics | undefined): Record<string, number> {
  const figures: Record<string, number> = {};
  const add = (prefix: string, from: object): void => {
    for (const [name, value] of Object.entries(from)) {
      if (typeof value === "number") figures[`${prefix}${name}`] = value;
    }
  };
  add("", performance);
  add("round trips: ", performance.roundTrips);
  for (const leg of performance.legs) add(`${leg.symbol} held: `, leg);
  if (benchmark !== undefined) add(`benchmark ${benchmark.symbol}: `, benchmark);
  return figures;
}

function coverageOf({ coverage }: BacktestData): Record<string, number> {
  return Object.fromEntries(
    coverage.flatMap(({ symbol, ...counts }) =>
      Object.entries(counts).map(([name, count]) => [`data of ${symbol}: ${name}`, count]),
    ),
  );
}

function columnsOf(prefix: string, rows: readonly object[]): Record<string, FingerprintColumn> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (row: object, name: string): number | string | boolean => {
    const value = (row as Record<string, unknown>)[name];
    return typeof value === "number" || typeof value === "boolean" ? value : (JSON.stringify(value) ?? "");
  };
  return Object.fromEntries(names.map((name) => [`${prefix} ${name}`, rows.map((row) => cell(row, name))]));
}

const DAY_US = 86_400e6;

/** Days say little about a window of a few of them. */
function figureSettings({ market }: BacktestData): RunMetricsSettings {
  const { length, startUs, intervalUs } = market;
  const days = (startUs[length - 1]! + intervalUs - startUs[0]!) / DAY_US;
  const rollingDays = Math.min(90, Number((days / 6).toPrecision(3)));
  return days >= 60 ? { returns: "day", rollingDays } : { returns: "bar", rollingDays };
}
