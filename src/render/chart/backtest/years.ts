import type { View } from "../../view.ts";
import { GAIN_SCALE } from "../base/cell-figures.ts";
import { CHART_OPTIONS, type ChartOptions, frame } from "../base/frame.ts";
import { waitingView } from "../base/waiting.ts";
import { type DrawnMetrics, metricsOf } from "./run.ts";

/** Returns by calendar year as bars with their numbers; `*` where some bars of a year are not in the data. */
export function yearsChart(run: DrawnMetrics, given: ChartOptions = {}): View {
  const { metrics, options } = metricsOf("yearsChart", run, given, CHART_OPTIONS, ["calendarYears"]);
  const { calendarYears } = metrics;
  const title = options.title ?? "Returns by year, %";
  if (calendarYears.length === 0) return waitingView(title, 1, 0, { ...options });
  const rows = calendarYears.map(({ year, return: value, partial }) => {
    const percent = Number.isNaN(value) ? null : Number((100 * value).toPrecision(5));
    return {
      year: `${year}${partial ? "*" : ""}`,
      percent,
      text: percent === null ? "–" : percent.toFixed(1).replace("-", "−"),
      rises: percent !== null && percent >= 0,
    };
  });
  const isPartial = calendarYears.some(({ partial }) => partial);
  const y = {
    field: "percent",
    type: "quantitative",
    title: null,
    scale: { padding: 16 },
    axis: { labelExpr: "replace(datum.label, '-', '−')", tickCount: 4 },
  };
  return frame(options, title, ["UTC", isPartial ? "* some of its bars are not in the data" : ""], {
    width: options.width ?? 640,
    height: options.height ?? 120,
    data: { values: rows },
    encoding: {
      x: {
        field: "year",
        type: "nominal",
        sort: null,
        title: null,
        axis: { labelAngle: 0, labelOverlap: true },
      },
    },
    layer: [
      {
        mark: { type: "bar", size: 36 },
        encoding: {
          y,
          color: {
            field: "rises",
            type: "nominal",
            legend: null,
            scale: { domain: [true, false], range: [GAIN_SCALE.at(-1), GAIN_SCALE[0]] },
          },
        },
      },
      {
        mark: { type: "text", fontSize: 11, dy: { expr: "datum.rises ? -7 : 8" } },
        encoding: { y, text: { field: "text" } },
      },
    ],
  });
}
