import { formatDuration } from "../../core/time.ts";
import { type MetricUnit, spanText } from "./metric-text.ts";
import type { CurveMetrics, LegMetrics, RunMetrics } from "./run-metrics.ts";
import { DAY_US, YEAR_US } from "./sampling.ts";

export type MetricGroup = "growth" | "risk" | "returns" | "activity" | "round trips" | "against buy and hold";

/** A line of the tear sheet: where its figure comes from, and what it means. */
export interface MetricDefinition {
  readonly group: MetricGroup;
  readonly name: string;
  readonly unit: MetricUnit;
  /** As `RunMetrics` holds it. Of the account; absent where the figure is a leg's alone. */
  readonly of?: (p: RunMetrics) => number;
  /** Of a leg that is bought and held. */
  readonly ofLeg?: (leg: LegMetrics) => number;
  readonly definition: (p: RunMetrics) => string;
  /** Why it is not defined, where it is not. */
  readonly missing?: (p: RunMetrics) => string;
}

type CurveKey = Exclude<keyof CurveMetrics, "ruinUs">;

/** A figure of the account and of each leg. */
function both(
  group: MetricGroup,
  name: string,
  unit: MetricUnit,
  key: CurveKey,
  definition: (p: RunMetrics) => string,
  missing: (p: RunMetrics) => string = noReturns,
): MetricDefinition {
  return { group, name, unit, of: (p) => p[key], ofLeg: (leg) => leg[key], definition, missing };
}

/** A figure of the round trips. */
function trips(
  name: string,
  unit: MetricUnit,
  key: keyof RunMetrics["roundTrips"],
  definition: string,
  none = "",
): MetricDefinition {
  return {
    group: "round trips",
    name,
    unit,
    of: (p) => p.roundTrips[key],
    definition: () => definition,
    missing: (p) => (p.roundTrips.count === 0 ? "no closed round trip" : none),
  };
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(6))} %`;
const one = ({ sampling: { period, periodUs } }: RunMetrics): string =>
  period === "day" || periodUs === DAY_US ? "day" : `bar of ${formatDuration(periodUs)}`;
const daily = (p: RunMetrics): string => (one(p) === "day" ? "daily" : formatDuration(p.sampling.periodUs));
const perYear = ({ sampling }: RunMetrics): number => Number(sampling.perYear.toPrecision(6));
const yearly = (p: RunMetrics): string => `√${perYear(p)}`;
const above = ({ settings }: RunMetrics): string =>
  settings.riskFree === 0 ? "0" : `the risk-free rate of ${percent(settings.riskFree)} a year`;
const excess = ({ settings }: RunMetrics): string =>
  settings.riskFree === 0 ? "" : `, less ${percent(settings.riskFree)} a year`;
const extrapolated = ({ years }: RunMetrics): string =>
  years < 1 ? `; extrapolated from ${spanText(years * YEAR_US)}` : "";

function noReturns(p: RunMetrics): string {
  if (p.bars === 0) return "no bars";
  if (!Number.isNaN(p.ruinUs)) return "ruin";
  if (p.nobs < 2) return "a single return";
  return p.volatility === 0 ? "the returns do not vary" : "";
}

const or = (first: (p: RunMetrics) => string, then: string) => (p: RunMetrics) => first(p) || then;
const noRuin = (p: RunMetrics): string =>
  p.bars === 0 ? "no bars" : Number.isNaN(p.ruinUs) ? "" : noReturns(p);

export const METRICS: readonly MetricDefinition[] = [
  {
    group: "growth",
    name: "equity at the end",
    unit: "money",
    of: (p) => p.endEquity,
    definition: (p) => `after all costs, from ${p.startEquity}`,
    missing: noRuin,
  },
  both("growth", "return", "%", "totalReturn", () => "end / start − 1", noRuin),
  both(
    "growth",
    "CAGR",
    "%",
    "cagr",
    (p) => `(end / start)^(1 / years) − 1, years of 365 days${extrapolated(p)}`,
    or(noRuin, "the window is shorter than 30 days"),
  ),
  both(
    "growth",
    "Sharpe",
    "ratio",
    "sharpe",
    (p) => `mean / deviation (n − 1) of ${daily(p)} returns${excess(p)} · ${yearly(p)}`,
  ),
  both(
    "growth",
    "standard error of Sharpe",
    "ratio",
    "sharpeError",
    (p) =>
      `√((1 − skew s + (kurtosis − 1) s² / 4) / n) · ${yearly(p)}, s a period (Mertens); without autocorrelation`,
  ),
  both(
    "growth",
    "Sortino",
    "ratio",
    "sortino",
    (p) => `mean above ${above(p)} / √(mean of the squares below it, all returns counted) · ${yearly(p)}`,
    or(noReturns, "no return lies below"),
  ),
  both(
    "growth",
    "Calmar",
    "ratio",
    "calmar",
    (p) => `CAGR / |max drawdown|, whole window${extrapolated(p)}`,
    or(noRuin, "no drawdown, or less than 30 days"),
  ),
  both(
    "growth",
    "Omega",
    "ratio",
    "omega",
    (p) => `sum of ${daily(p)} returns above ${above(p)} / sum below`,
    or(noReturns, "no return lies below"),
  ),
  both(
    "risk",
    "volatility",
    "%",
    "volatility",
    (p) => `deviation (n − 1) of ${daily(p)} returns · ${yearly(p)}`,
  ),
  both(
    "risk",
    "max drawdown",
    "%",
    "maxDrawdown",
    () => "lowest close / highest close before − 1, start included",
    noRuin,
  ),
  both(
    "risk",
    "ulcer index",
    "%",
    "ulcerIndex",
    (p) => `√(mean of the squared falls below the highest so far), at the end of each ${one(p)}`,
    noRuin,
  ),
  both(
    "risk",
    "length of max drawdown",
    "days",
    "maxDrawdownUs",
    () => "from its peak to its recovery, or to the end of the data",
    noRuin,
  ),
  both(
    "risk",
    "longest drawdown",
    "days",
    "longestDrawdownUs",
    () => "the longest time below a peak, of any depth",
    noRuin,
  ),
  both(
    "risk",
    "VaR",
    "%",
    "valueAtRisk",
    (p) =>
      `historical: the ${percent(p.settings.tail)} quantile of ${daily(p)} returns, interpolated; below 0 a loss, in one ${one(p)}`,
  ),
  both(
    "risk",
    "CVaR",
    "%",
    "expectedShortfall",
    (p) =>
      `historical: mean of the lowest ${percent(p.settings.tail)} of ${daily(p)} returns; in one ${one(p)}`,
  ),
  both(
    "returns",
    "tail ratio",
    "ratio",
    "tailRatio",
    (p) =>
      `|${percent(1 - p.settings.tail)} quantile| / |${percent(p.settings.tail)} quantile| of ${daily(p)} returns`,
    or(noReturns, "the lower quantile is 0"),
  ),
  both("returns", "skew", "ratio", "skewness", (p) => `m₃ / m₂^1.5 of ${daily(p)} returns, divisor n`),
  both(
    "returns",
    "kurtosis",
    "ratio",
    "kurtosis",
    (p) => `m₄ / m₂² of ${daily(p)} returns, divisor n: 3 for the normal`,
  ),
  both("returns", "best return", "%", "best", (p) => `of one ${one(p)}`),
  both("returns", "worst return", "%", "worst", (p) => `of one ${one(p)}`),
  both("returns", "returns above 0", "%", "positive", (p) => `share of ${daily(p)} returns`),
  both(
    "returns",
    "autocorrelation",
    "ratio",
    "autocorrelation",
    (p) => `of neighbouring ${daily(p)} returns: ${yearly(p)} holds where it is near 0`,
  ),
  both("returns", "returns", "count", "nobs", (p) => {
    const { period, missing } = p.sampling;
    const gaps =
      missing === 0 ? "" : `; without a bar: ${missing} ${period}s, whose move falls into the next`;
    return `${daily(p)} ones, ${perYear(p)} a year of markets that never close${gaps}`;
  }),
  {
    group: "activity",
    name: "time in the market",
    unit: "%",
    of: (p) => p.timeInMarket,
    definition: () => "share of bars with a position at their close",
    missing: noRuin,
  },
  {
    group: "activity",
    name: "mean exposure",
    unit: "×",
    of: (p) => p.meanExposure,
    definition: () => "sum of the legs' absolute values / equity, mean of all bars",
    missing: noRuin,
  },
  {
    group: "activity",
    name: "turnover a year",
    unit: "×",
    of: (p) => p.turnoverPerYear,
    definition: (p) => `money that changed hands / mean equity / years${extrapolated(p)}`,
    missing: noRuin,
  },
  {
    group: "activity",
    name: "costs",
    unit: "money",
    of: (p) => p.totalCosts,
    definition: () => "fees, half-spread, slippage and financing",
  },
  {
    group: "activity",
    name: "costs on turnover",
    unit: "bps",
    of: (p) => p.costBps,
    definition: () => "costs / money that changed hands",
    missing: () => "nothing was traded",
  },
  {
    group: "activity",
    name: "break-even costs",
    unit: "bps",
    of: (p) => p.breakEvenBps,
    definition: () =>
      "(change of equity + costs) / money that changed hands: with these costs nothing would be left",
    missing: () => "nothing was traded",
  },
  trips("round trips", "count", "count", "closed, both legs together; only these count below"),
  trips("still open", "count", "open", "at the end of the data"),
  trips("win rate", "%", "winRate", "share with a profit above 0 after costs"),
  trips("profit factor", "ratio", "profitFactor", "sum of profits / sum of losses", "no losing round trip"),
  trips("expectancy", "money", "expectancy", "mean profit"),
  trips("expectancy on notional", "%", "expectancyReturn", "mean of profit / notional at entry"),
  trips("average win", "money", "averageWin", "mean of the profits above 0", "no winning round trip"),
  trips("average loss", "money", "averageLoss", "mean of the profits below 0", "no losing round trip"),
  trips("payoff", "ratio", "payoff", "average win / |average loss|", "wins or losses are missing"),
  trips("best round trip", "money", "best", "highest profit"),
  trips("worst round trip", "money", "worst", "lowest profit"),
  trips("average duration", "days", "averageUs", "from entry to exit"),
  trips("longest duration", "days", "longestUs", "from entry to exit"),
  trips("losing streak", "count", "losingStreak", "most round trips in a row without a profit"),
  trips("SQN", "ratio", "sqn", "√count · mean / deviation (n − 1) of the profits", "profits do not vary"),
  trips(
    "Kelly",
    "%",
    "kelly",
    "win rate − (1 − win rate) / payoff: of two outcomes",
    "wins or losses are missing",
  ),
  {
    group: "against buy and hold",
    name: "beta",
    unit: "ratio",
    ofLeg: (leg) => leg.beta,
    definition: (p) => `slope of the strategy's ${daily(p)} returns on the leg's`,
  },
  {
    group: "against buy and hold",
    name: "alpha",
    unit: "%",
    ofLeg: (leg) => leg.alpha,
    definition: (p) => `intercept of that line${excess(p)} · ${perYear(p)}: a year, not compounded`,
  },
  {
    group: "against buy and hold",
    name: "correlation",
    unit: "ratio",
    ofLeg: (leg) => leg.correlation,
    definition: (p) => `of the strategy's ${daily(p)} returns with the leg's`,
  },
  {
    group: "against buy and hold",
    name: "information ratio",
    unit: "ratio",
    ofLeg: (leg) => leg.informationRatio,
    definition: (p) =>
      `mean / deviation (n − 1) of the strategy's ${daily(p)} returns less the leg's · ${yearly(p)}`,
  },
];
