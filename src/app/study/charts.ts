import { drawdownChart } from "../../render/chart/backtest/drawdown.ts";
import { equityChart, heldChart } from "../../render/chart/backtest/equity.ts";
import { fillsChart } from "../../render/chart/backtest/fills.ts";
import { monthsChart } from "../../render/chart/backtest/months.ts";
import { returnHistogram } from "../../render/chart/backtest/returns.ts";
import { rollingChart } from "../../render/chart/backtest/rolling.ts";
import { signalChart } from "../../render/chart/backtest/signal.ts";
import { closingTimes } from "../../render/chart/base/closing-times.ts";
import { linesChart } from "../../render/chart/lines.ts";
import type { View } from "../../render/view.ts";
import type { BacktestRun } from "./run.ts";

/** What a run did, drawn: for a report as for a notebook. Each is made when it is asked for. */
export interface BacktestCharts {
  /** Of the strategy alone, so that it can be read. */
  equity(): View;
  /** Each leg bought with all of the money and held. */
  held(): View;
  drawdown(): View;
  /** Of each leg its price with its fills. */
  fills(): readonly View[];
  /** What the rule looked at, with its entries and exits; the z-score first where there is one. */
  signals(): readonly View[];
  /** The hedge ratio as it was known at each bar; none where nothing is hedged. */
  hedge(): readonly View[];
  months(): View;
  rolling(): View;
  returns(): View;
}

export function backtestCharts({ data, result, performance, description }: BacktestRun): BacktestCharts {
  const { market, venue } = data;
  const common = { venue, saysThinned: false };
  const { signals } = result;
  const levels = thresholdsOf(description.strategy.settings);
  const { beta } = signals;
  return {
    equity: () =>
      equityChart(result, market, performance, {
        ...common,
        hold: false,
        title: "Equity of the strategy",
        height: 260,
      }),
    held: () => heldChart(market, performance, common),
    drawdown: () => drawdownChart(performance, market, common),
    fills: () => market.legs.map((_, leg) => fillsChart(result, market, leg, common)),
    signals: () =>
      Object.keys(signals)
        .filter((name) => name !== "beta")
        .map((name) => signalChart(result, market, name, { ...common, ...(name === "z" && levels) })),
    hedge: () => {
      const known = beta?.filter((value) => !Number.isNaN(value)) ?? [];
      // a frozen one is a number, which the parameters name
      if (beta === undefined || known.every((value) => value === known[0])) return [];
      const { timesUs, domainUs } = closingTimes(market);
      const title = "Hedge ratio, as it was known at each bar";
      return [linesChart(timesUs, [{ name: "β", values: beta }], { ...common, domainUs, title })];
    },
    months: () => monthsChart(performance, { venue }),
    rolling: () => rollingChart(performance, common),
    returns: () => returnHistogram(performance, { venue }),
  };
}

/** The levels of the z-score that are lines of its chart. */
function thresholdsOf(settings: Readonly<Record<string, unknown>>): Partial<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => ["entry", "exit", "stop"].includes(name) && typeof value === "number" && value !== 0,
    ),
  ) as Partial<Record<string, number>>;
}
