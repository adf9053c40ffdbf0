import { closingTimes } from "../render/chart/closing-times.ts";
import { drawdownChart } from "../render/chart/drawdown.ts";
import { equityChart } from "../render/chart/equity.ts";
import { fillsChart } from "../render/chart/fills.ts";
import { linesChart } from "../render/chart/lines.ts";
import { monthsChart } from "../render/chart/months.ts";
import { returnHistogram } from "../render/chart/returns.ts";
import { rollingChart } from "../render/chart/rolling.ts";
import { signalChart } from "../render/chart/signal.ts";
import type { View } from "../render/view.ts";
import type { BacktestRun } from "./backtest-run.ts";

export interface BacktestCharts {
  /** Equity and drawdown. */
  readonly account: readonly View[];
  /** Each leg's price with its fills, and what the rule looked at with its entries and exits. */
  readonly trades: readonly View[];
  readonly overTime: readonly View[];
}

/** What a run did, drawn: for a report as for a notebook. */
export function backtestCharts({ data, result, performance, description }: BacktestRun): BacktestCharts {
  const { market, venue } = data;
  const common = { venue };
  const { entry, exit, stop } = thresholdsOf(description.strategy.settings);
  const levels = {
    ...(entry !== undefined && { entry }),
    ...(exit !== undefined && exit !== 0 && { exit }),
    ...(stop !== undefined && { stop }),
  };
  const signals = Object.keys(result.signals).filter((name) => name !== "beta");
  const { beta } = result.signals;
  const { timesUs, domainUs } = closingTimes(market);
  return {
    account: [equityChart(result, market, performance, common), drawdownChart(performance, market, common)],
    trades: [
      ...market.legs.map((_, leg) => fillsChart(result, market, leg, common)),
      ...signals.map((name) => signalChart(result, market, name, { ...common, ...(name === "z" && levels) })),
      ...(beta === undefined
        ? []
        : [
            linesChart(timesUs, [{ name: "β", values: beta }], {
              ...common,
              domainUs,
              title: "Hedge ratio, as it was known at each bar",
            }),
          ]),
    ],
    overTime: [
      monthsChart(performance, common),
      rollingChart(performance, common),
      returnHistogram(performance, common),
    ],
  };
}

function thresholdsOf(settings: Readonly<Record<string, unknown>>): Partial<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => ["entry", "exit", "stop"].includes(name) && typeof value === "number",
    ),
  ) as Partial<Record<string, number>>;
}
