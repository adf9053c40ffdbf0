import type { Backtest, Leg, Market } from "../../../analytics/backtest/types.ts";
import { standardDeviation } from "../../../analytics/mean.ts";
import { type LegMetrics, type RunMetrics, runMetrics } from "../../../analytics/performance/run-metrics.ts";
import { YEAR_US } from "../../../analytics/performance/sampling.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import { projectRoot } from "../../project.ts";
import { type BacktestData, backtestData } from "../data.ts";

/**
 * What a run is held against besides its legs: `cash`, at the risk-free rate; `mix`, its legs bought and held in shares of one
 * over their volatility in the whole window, set anew at each bar at no cost; else a symbol of the same source.
 */
export function benchmarkOf(
  name: string,
  data: BacktestData,
  result: Backtest,
  performance: RunMetrics,
): LegMetrics {
  const leg =
    name === "cash"
      ? cash(data.market, performance.settings.riskFree)
      : name === "mix"
        ? mix(data.market)
        : symbol(name, data);
  const { legs } = runMetrics({ ...result, market: { ...data.market, legs: [leg] } }, performance.settings);
  return legs[0]!;
}

function cash({ startUs, intervalUs }: Market, riskFree: number): Leg {
  const begin = startUs[0]!;
  const close = startUs.map((us) => (1 + riskFree) ** ((us + intervalUs - begin) / YEAR_US));
  return { symbol: "cash", open: close.map(() => 1), close };
}

function mix({ legs, length }: Market): Leg {
  const returns = legs.map(({ symbol, open, close }) => {
    const whole = complete(symbol, close, "mix");
    return whole.map((price, t) => price / (t > 0 ? whole[t - 1]! : open[0]! > 0 ? open[0]! : price) - 1);
  });
  const shares = returns.map((one) => 1 / standardDeviation(one));
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (!Number.isFinite(total)) {
    refuse({
      code: "no-variation",
      where: "benchmark",
      problem: `needs legs that move, for a mix of equal volatility; got ${legs.map(({ symbol }) => quote(symbol)).join(" and ")}, of which one stands still`,
      hint: "Take cash, or a symbol.",
    });
  }
  const close = new Float64Array(length);
  let value = 1;
  for (let t = 0; t < length; t++) {
    value *= 1 + returns.reduce((sum, one, k) => sum + (shares[k]! / total) * one[t]!, 0);
    close[t] = value;
  }
  return { symbol: "equal-volatility mix", open: close.map(() => 1), close };
}

function symbol(name: string, { request, market }: BacktestData): Leg {
  const { x: _, source, ...words } = request;
  const of = typeof source === "string" ? source : source[0];
  const read = backtestData({ ...words, source: of, y: name }, projectRoot, "flags").market;
  const bars = new Map([...read.startUs].map((us, t) => [us, t]));
  const column = (values: Float64Array): Float64Array =>
    market.startUs.map((us) => values[bars.get(us) ?? -1] ?? Number.NaN);
  const [leg] = read.legs as [Leg];
  return {
    symbol: leg.symbol,
    open: column(leg.open),
    close: complete(name, column(leg.close), name, market.startUs),
  };
}

/** A benchmark that is not known throughout is compared with nothing. */
function complete(
  symbol: string,
  close: Float64Array,
  benchmark: string,
  startUs?: Float64Array,
): Float64Array {
  const missing = close.reduce((sum, price) => sum + Number(!(price > 0)), 0);
  if (missing === 0) return close;
  const first = close.findIndex((price) => !(price > 0));
  return refuse({
    code: "benchmark-holes",
    where: "benchmark",
    problem: `needs the price of ${quote(symbol)} at every bar of the run, for ${quote(benchmark)}; ${missing.toLocaleString("en")} of ${close.length.toLocaleString("en")} have none, the first ${startUs === undefined ? `is bar ${first + 1}` : `at ${formatUtc(startUs[first]!)}`}`,
    hint: "Take another benchmark, or a window in which it has prices.",
    facts: { missing, first },
  });
}
