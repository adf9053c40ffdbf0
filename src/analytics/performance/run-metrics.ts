import { requireColumns, requireFields, requireKnown } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import type { Backtest } from "../backtest/types.ts";
import { requireBetween, requireFinite, requireOneOf, requireSameLength } from "../checks.ts";
import { type Against, against } from "./against.ts";
import { type CalendarReturn, calendarReturns } from "./calendar-returns.ts";
import { requireRate } from "./checks.ts";
import { type Curve, curveOf, type Grid, holdCurve, lastValue } from "./curve.ts";
import { type Drawdown, deepest, drawdownsOf } from "./drawdowns.ts";
import { NOTHING, type ReturnMetrics, returnMetrics } from "./return-metrics.ts";
import { type RollingMetrics, rollingMetrics } from "./rolling-metrics.ts";
import { type RoundTripMetrics, roundTripMetrics } from "./round-trip-metrics.ts";
import { returnsOf, type Sampling, sampled, samplingOf, YEAR_US } from "./sampling.ts";

export interface RunMetricsSettings {
  /**
   * The returns that ratios and risks rest on: `"day"`, UTC days, unless told. √time holds for returns that do not
   * depend on each other, and those of short bars do: the bounce between bid and ask and prices that stand still between
   * trades make neighbours alike or opposite, and the yearly figure wrong by as much. Days are also what other tear
   * sheets take. `"bar"` takes every bar; bars of a day or longer are taken as they are.
   */
  readonly returns?: "day" | "bar";
  /** A year; 0 unless given. */
  readonly riskFree?: number;
  /** Share of the returns that VaR, expected shortfall and tail ratio look at; 0.05 unless given. */
  readonly tail?: number;
  /** Window of the rolling figures, days; 90 unless given. */
  readonly rollingDays?: number;
}

/** Figures of a value over time: the account's, or a leg's that is bought and held. NaN where not defined. */
export interface CurveMetrics extends ReturnMetrics {
  /** End over start − 1. */
  readonly totalReturn: number;
  /** (end / start)^(1 / years) − 1. NaN for a window of less than 30 days, which says nothing of a year. */
  readonly cagr: number;
  /** `cagr` over |`maxDrawdown`|. */
  readonly calmar: number;
  /** At most 0; on the closes of bars. */
  readonly maxDrawdown: number;
  /** √(mean of the squared falls below the highest value so far, at the end of each period) (Martin 1987). */
  readonly ulcerIndex: number;
  /** From the peak of the deepest fall to its recovery, or to the end of the data. */
  readonly maxDrawdownUs: number;
  /** The longest time under water, of whatever depth. */
  readonly longestDrawdownUs: number;
  /** Close of the bar at which nothing was left; NaN if there is none. Figures that rest on returns are then NaN. */
  readonly ruinUs: number;
}

/** A leg bought at its first price and held without costs, and the strategy's returns against it. */
export interface LegMetrics extends CurveMetrics, Against {
  readonly symbol: string;
  /** The starting cash put into it: money at the close of each bar. */
  readonly equity: Float64Array;
  /** One a period, as those of the strategy. */
  readonly returns: Float64Array;
}

export interface RunMetrics extends CurveMetrics {
  /** Start of the first bar and end of the last one; NaN for an empty backtest. */
  readonly startUs: number;
  readonly endUs: number;
  /** Of 365 days. */
  readonly years: number;
  readonly bars: number;
  readonly intervalUs: number;
  /** Close of each bar, µs since 1970 UTC. */
  readonly closeUs: Float64Array;
  readonly settings: Required<RunMetricsSettings>;
  readonly sampling: Sampling;
  readonly startEquity: number;
  readonly endEquity: number;
  /** Share of bars with a position at their close. */
  readonly timeInMarket: number;
  /** Mean of exposure over equity, all bars; × equity. NaN after ruin. */
  readonly meanExposure: number;
  /** Money that changed hands, over mean equity, a year. */
  readonly turnoverPerYear: number;
  /** Paid, all kinds together. */
  readonly totalCosts: number;
  /** `totalCosts` on the money that changed hands, basis points. */
  readonly costBps: number;
  /** Change of equity before costs, on the money that changed hands: the costs at which nothing would be left. */
  readonly breakEvenBps: number;
  readonly roundTrips: RoundTripMetrics;
  readonly legs: readonly LegMetrics[];
  /** Of each bar. */
  readonly drawdown: Float64Array;
  /** The ten deepest. */
  readonly worstDrawdowns: readonly Drawdown[];
  /** One a period, at `sampling.endUs`. */
  readonly returns: Float64Array;
  readonly months: readonly CalendarReturn[];
  readonly calendarYears: readonly CalendarReturn[];
  readonly rolling: RollingMetrics;
}

const NAN = Number.NaN;
// 30 days, less a rounding
const LEAST_YEARS = (30 / 365) * (1 - 1e-12);

/**
 * What an account did, in the figures of a tear sheet; `metricsTable` prints them with their definitions. Equity is the
 * starting cash before the first bar, so the first bar can lose, too. An empty backtest gives NaN throughout.
 */
export function runMetrics(run: Backtest, settings: RunMetricsSettings = {}): RunMetrics {
  const where = "runMetrics";
  requireFields(where, "run", run, ["equity", "startCash", "roundTrips", "market"]);
  requireColumns(where, { "run.equity": run.equity });
  const { market, equity, startCash } = run;
  requireFields(where, "run.market", market, ["startUs", "intervalUs", "legs"]);
  requireColumns(where, { "run.market.startUs": market.startUs });
  const defaults = { returns: "day", riskFree: 0, tail: 0.05, rollingDays: 90 } as const;
  requireKnown(where, "settings", settings, Object.keys(defaults));
  const chosen = { ...defaults, ...settings };
  check(run, chosen);
  const n = equity.length;
  const startUs = market.startUs[0] ?? NAN;
  const endUs = n > 0 ? market.startUs[n - 1]! + market.intervalUs : NAN;
  const years = (endUs - startUs) / YEAR_US;
  const sampling = samplingOf(market, chosen.returns);
  const account = curveOf(startCash, equity, market);
  const own = measured(account, market, sampling, years, chosen);
  const { values, returns } = own;
  return {
    ...own.metrics,
    startUs,
    endUs,
    years,
    bars: n,
    intervalUs: market.intervalUs,
    closeUs: market.startUs.map((start) => start + market.intervalUs),
    settings: chosen,
    sampling,
    startEquity: startCash,
    endEquity: n > 0 ? lastValue(account) : NAN,
    ...activity(run, lastValue(account) - startCash, years),
    roundTrips: roundTripMetrics(run.roundTrips),
    legs: market.legs.map((leg) => {
      const hold = holdCurve(leg, market);
      const held = measured(hold, market, sampling, years, chosen);
      return {
        symbol: leg.symbol,
        equity: leg.close.map((close) => (close / hold.start) * startCash),
        ...held.metrics,
        returns: held.returns,
        ...(Number.isNaN(account.ruinUs)
          ? against(returns, held.returns, sampling.perYear, chosen.riskFree)
          : { alpha: NAN, beta: NAN, correlation: NAN, informationRatio: NAN }),
      };
    }),
    drawdown: own.drawdown,
    worstDrawdowns: own.worstDrawdowns,
    returns,
    months: calendarReturns(account, market, "month"),
    calendarYears: calendarReturns(account, market, "year"),
    rolling: rollingMetrics(startCash, values, returns, sampling, {
      days: chosen.rollingDays,
      riskFree: chosen.riskFree,
    }),
  };
}

function check(
  { equity, exposure, turnover, paid, startCash, market }: Backtest,
  settings: Required<RunMetricsSettings>,
): void {
  const where = "runMetrics";
  const { startUs, intervalUs } = market;
  requireSameLength(where, {
    equity: equity.length,
    exposure: exposure.length,
    turnover: turnover.length,
    paid: paid.length,
    startUs: startUs.length,
  });
  requireBetween(where, "startCash", startCash, 0, Number.POSITIVE_INFINITY);
  requireBetween(where, "intervalUs", intervalUs, 0, Number.POSITIVE_INFINITY);
  requireOneOf(where, "returns", settings.returns, ["day", "bar"]);
  requireRate(where, settings.riskFree);
  requireBetween(where, "tail", settings.tail, 0, 0.5);
  requireBetween(where, "rollingDays", settings.rollingDays, 0, Number.POSITIVE_INFINITY);
  requireFinite(where, "equity", equity);
  for (let t = 0; t < startUs.length; t++) {
    if (startUs[t]! > (t === 0 ? Number.NEGATIVE_INFINITY : startUs[t - 1]!)) continue;
    refuse({
      code: "bad-times",
      where,
      problem: `bars must begin one after the other; bar ${t} begins at ${startUs[t]} µs, the one before at ${startUs[t - 1]} µs`,
      hint: "Give the market bars in order.",
      facts: { bar: t },
    });
  }
}

interface Measured {
  readonly metrics: CurveMetrics;
  /** At the end of each period, and their returns. */
  readonly values: Float64Array;
  readonly returns: Float64Array;
  readonly drawdown: Float64Array;
  readonly worstDrawdowns: readonly Drawdown[];
}

function measured(
  curve: Curve,
  grid: Grid,
  sampling: Sampling,
  years: number,
  { riskFree, tail }: Required<RunMetricsSettings>,
): Measured {
  const values = sampled(curve, sampling);
  const returns = returnsOf(curve.start, values);
  const isRuined = !Number.isNaN(curve.ruinUs);
  const { perYear } = sampling;
  const ratios =
    isRuined || returns.length === 0 ? NOTHING : returnMetrics(returns, { perYear, riskFree, tail });
  const { series, falls } = drawdownsOf(curve, grid);
  const worstDrawdowns = deepest(falls, 10);
  const worst = worstDrawdowns[0];
  const isKnown = curve.start > 0 && values.length > 0;
  const growth = isKnown ? lastValue(curve) / curve.start : NAN;
  const maxDrawdown = isKnown ? (worst?.depth ?? 0) : NAN;
  const cagr = isRuined || years < LEAST_YEARS ? NAN : finite(growth ** (1 / years) - 1);
  return {
    metrics: {
      ...ratios,
      totalReturn: growth - 1,
      cagr,
      calmar: maxDrawdown < 0 ? finite(cagr / -maxDrawdown) : NAN,
      maxDrawdown,
      ulcerIndex: isKnown ? ulcerIndex(curve.start, values) : NAN,
      maxDrawdownUs: isKnown ? (worst?.lengthUs ?? 0) : NAN,
      longestDrawdownUs: isKnown ? falls.reduce((most, { lengthUs }) => Math.max(most, lengthUs), 0) : NAN,
      ruinUs: curve.ruinUs,
    },
    values,
    returns,
    drawdown: series,
    worstDrawdowns,
  };
}

function ulcerIndex(start: number, values: Float64Array): number {
  let [peak, squares] = [start, 0];
  for (const value of values) {
    peak = Math.max(peak, value);
    squares += (value / peak - 1) ** 2;
  }
  return Math.sqrt(squares / values.length);
}

function activity(
  { equity, exposure, turnover, paid }: Backtest,
  change: number,
  years: number,
): Pick<
  RunMetrics,
  "timeInMarket" | "meanExposure" | "turnoverPerYear" | "totalCosts" | "costBps" | "breakEvenBps"
> {
  const n = equity.length;
  if (n === 0) {
    return {
      timeInMarket: NAN,
      meanExposure: NAN,
      turnoverPerYear: NAN,
      totalCosts: 0,
      costBps: NAN,
      breakEvenBps: NAN,
    };
  }
  let [held, leverage, traded, costs, money, known] = [0, 0, 0, 0, 0, 0];
  for (let t = 0; t < n; t++) {
    if (exposure[t]! > 0) held += 1;
    traded += turnover[t]!;
    costs += paid[t]!;
    if (Number.isNaN(equity[t]!)) continue;
    leverage += equity[t]! > 0 ? exposure[t]! / equity[t]! : NAN;
    money += equity[t]!;
    known += 1;
  }
  return {
    timeInMarket: held / n,
    meanExposure: leverage / known,
    turnoverPerYear: money > 0 ? traded / (money / known) / years : NAN,
    totalCosts: costs,
    costBps: traded > 0 ? (1e4 * costs) / traded : NAN,
    breakEvenBps: traded > 0 ? (1e4 * sumOf(change, costs)) / traded : NAN,
  };
}

/** A sum of which nothing but rounding is left is 0. */
function sumOf(a: number, b: number): number {
  return Math.abs(a + b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) ? 0 : a + b;
}

/** A rate that is beyond all numbers is none. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : NAN;
}
