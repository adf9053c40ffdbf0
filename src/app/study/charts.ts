import { rollingBeta } from "../../analytics/performance/rolling-beta.ts";
import { drawdownChart } from "../../render/chart/backtest/drawdown.ts";
import { equityChart, heldChart } from "../../render/chart/backtest/equity.ts";
import { fillsChart } from "../../render/chart/backtest/fills.ts";
import { monthsChart } from "../../render/chart/backtest/months.ts";
import { returnsChart } from "../../render/chart/backtest/returns.ts";
import { rollingChart } from "../../render/chart/backtest/rolling.ts";
import { signalChart } from "../../render/chart/backtest/signal.ts";
import { yearsChart } from "../../render/chart/backtest/years.ts";
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
  /** Returns by calendar year; none within one year. */
  years(): readonly View[];
  /** What is held, against what the account is worth. */
  exposure(): View;
  rolling(): View;
  /** Volatility, and β on each leg, of the last returns. */
  rollingRisk(): readonly View[];
  returns(): View;
}

export function backtestCharts(run: BacktestRun): BacktestCharts {
  const { market, venue } = run.data;
  const { signals } = run.result;
  const whole = { saysThinned: false };
  const { beta } = signals;
  return {
    equity: () => equityChart(run, { ...whole, title: "Equity of the strategy", height: 260 }),
    held: () => heldChart(withBenchmark(run), whole),
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
    years: () => (run.performance.calendarYears.length > 1 ? [yearsChart(run)] : []),
    exposure: () => {
      const { timesUs, domainUs } = closingTimes(market);
      const { exposure, equity } = run.result;
      const values = exposure.map((money, bar) => (equity[bar]! > 0 ? money / equity[bar]! : Number.NaN));
      const title = "Exposure: the legs' absolute values over equity";
      return linesChart(timesUs, [{ name: "exposure", values }], {
        ...whole,
        ...{ venue, domainUs, title, unit: "×", height: 110 },
      });
    },
    rolling: () => rollingChart(run, whole),
    rollingRisk: () => [rollingChart(run, { ...whole, figure: "volatility" }), betaChart(run)],
    returns: () => returnsChart(run),
  };
}

/** The benchmark stands beside the legs. */
function withBenchmark(run: BacktestRun): BacktestRun {
  const { performance, benchmark } = run;
  if (benchmark === undefined) return run;
  return { ...run, performance: { ...performance, legs: [...performance.legs, benchmark] } };
}

function betaChart({ performance, data }: BacktestRun): View {
  const { rolling, legs, startUs, endUs } = performance;
  const lines = legs.map((leg) => ({ name: leg.symbol, values: rollingBeta(performance, leg) }));
  return linesChart(rolling.endUs, lines, {
    title: "Rolling β of the strategy's returns on each leg's",
    venue: data.venue,
    yName: "β",
    domainUs: [startUs, endUs],
    levels: [{ value: 0, dash: [], colour: "rgba(128,128,128,0.6)" }],
    needs: rolling.window,
    saysThinned: false,
  });
}
