import { requireColumns } from "../../../core/arguments.ts";
import type { View } from "../../view.ts";
import type { ChartOptions } from "../base/frame.ts";
import { CHART_OPTIONS } from "../base/frame.ts";
import { histogramChart } from "../histogram.ts";
import { type DrawnMetrics, metricsOf } from "./run.ts";

/** How the returns are spread that the ratios rest on, with their mean, VaR and CVaR. */
export function returnsChart(run: DrawnMetrics, given: ChartOptions = {}): View {
  const needed = ["returns", "sampling", "settings", "valueAtRisk", "expectedShortfall"] as const;
  const { metrics, options } = metricsOf("returnsChart", run, given, CHART_OPTIONS, needed);
  const { returns, sampling, settings, valueAtRisk, expectedShortfall } = metrics;
  requireColumns("returnsChart", { "metrics.returns": returns });
  const percent = returns.map((value) => 100 * value).filter((value) => !Number.isNaN(value));
  const mean = percent.reduce((sum, value) => sum + value, 0) / percent.length;
  const tail = Number((100 * settings.tail).toPrecision(6));
  const marks = [
    { value: 100 * expectedShortfall, label: `CVaR ${tail} %:` },
    { value: 100 * valueAtRisk, label: `VaR ${tail} %:` },
    { value: mean, label: "mean" },
  ];
  const isDaily = sampling.period === "day" || sampling.periodUs === 86_400e6;
  return histogramChart(percent, {
    title: isDaily ? "Daily returns" : "Returns of bars",
    of: "return",
    xName: "return",
    unit: "%",
    marks: marks.filter(({ value }) => Number.isFinite(value)),
    ...options,
  });
}
