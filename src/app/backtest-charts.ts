import { histogramChart } from "../render/chart/histogram.ts";
import { linesChart } from "../render/chart/lines.ts";
import { spreadChart } from "../render/chart/spread.ts";
import { zscoreChart } from "../render/chart/zscore.ts";
import type { View } from "../render/view.ts";
import type { BacktestRun } from "./backtest-run.ts";

export interface BacktestCharts {
  readonly account: readonly View[];
  readonly trades: readonly View[];
  readonly overTime: readonly View[];
}

/** What a run did, drawn: by a report and by a notebook alike. */
export function backtestCharts(run: BacktestRun): BacktestCharts {
  const { data, result, performance } = run;
  const { market, venue } = data;
  const { startUs } = market;
  const { z, spread } = result.signals;
  const common = { venue };
  return {
    account: [
      linesChart(startUs, [{ name: "equity", values: result.equity }], common),
      linesChart(startUs, [{ name: "drawdown", values: performance.drawdown }], common),
    ],
    trades: [
      ...(spread
        ? [spreadChart(startUs, spread, { ...common, y: "y", x: "x", hedgeRatio: "rolling", scale: "log" })]
        : []),
      ...(z ? [zscoreChart(startUs, z, { ...common, threshold: 2 })] : []),
    ],
    overTime: [histogramChart(performance.returns, { ...common, of: "return", xName: "return" })],
  };
}
