import { drawdownChart } from "../../render/chart/backtest/drawdown.ts";
import { equityChart, heldChart } from "../../render/chart/backtest/equity.ts";
import { fillsChart } from "../../render/chart/backtest/fills.ts";
import { monthsChart } from "../../render/chart/backtest/months.ts";
import { returnsChart } from "../../render/chart/backtest/returns.ts";
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

export function backtestCharts(run: BacktestRun): BacktestCharts {
  const { market, venue } = run.data;
  const { signals } = run.result;
  const whole = { saysThinned: false };
  const { beta } = signals;
  return {
    equity: () => equityChart(run, { ...whole, title: "Equity of the strategy", height: 260 }),
    held: () => heldChart(run, whole),
    drawdown: () => drawdownChart(run, whole),
    fills: () => market.legs.map((_, leg) => fillsChart(run, { ...whole, leg })),
    signals: () =>
      Object.keys(signals)
        .filter((name) => name !== "beta")
        .map((signal) => signalChart(run, { ...whole, signal })),
    hedge: () => {
      const known = beta?.filter((value) => !Number.isNaN(value)) ?? [];
      // a frozen one is a number, which the parameters name
      if (beta === undefined || known.every((value) => value === known[0])) return [];
      const { timesUs, domainUs } = closingTimes(market);
      const title = "Hedge ratio, as it was known at each bar";
      return [linesChart(timesUs, [{ name: "β", values: beta }], { ...whole, venue, domainUs, title })];
    },
    months: () => monthsChart(run),
    rolling: () => rollingChart(run, whole),
    returns: () => returnsChart(run),
  };
}
