import { requireList } from "../../core/arguments.ts";
import { quote, refuse } from "../../core/errors.ts";
import { plainText } from "../escape.ts";
import { drawable } from "../round.ts";
import { COLOURS } from "../theme.ts";
import type { View } from "../view.ts";
import { CHART_OPTIONS, type ChartOptions, frame, type Json, WIDTH } from "./base/frame.ts";
import { requireOptions } from "./base/options.ts";

/** An estimate with its interval; `low` and `high` NaN where there is none. */
export interface Interval {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface IntervalsOptions extends ChartOptions {
  /** What the axis shows. */
  readonly valueName?: string;
}

/** Estimates one below the other, each a dot with its value and the bar of its interval. */
export function intervalsChart(intervals: readonly Interval[], options: IntervalsOptions = {}): View {
  requireList("intervalsChart", "intervals", intervals);
  requireOptions("intervalsChart", options, ["valueName", ...CHART_OPTIONS]);

  const title = options.title ?? "Estimates";
  const bad = intervals.find(({ value }) => !Number.isFinite(value));
  if (intervals.length === 0 || bad) {
    refuse({
      code: "bad-value",
      where: "intervalsChart",
      problem: `needs estimates with finite values; got ${bad ? `${bad.value} for ${quote(bad.name)}` : "none"}`,
      hint: "Leave out what could not be estimated.",
    });
  }
  const values = intervals.map(({ name, value, low, high }) => ({
    name: plainText(name),
    value: drawable(value, 7),
    low: drawable(low, 7),
    high: drawable(high, 7),
  }));
  const y = {
    field: "name",
    type: "nominal",
    sort: values.map(({ name }) => name),
    axis: { title: null, grid: true, labelLimit: 200 },
  };
  const x: Json = {
    type: "quantitative",
    scale: { zero: false, nice: false, padding: 24 },
    axis: { title: plainText(options.valueName ?? "value"), tickCount: 7, grid: true },
  };
  const tooltip = [
    { field: "name", type: "nominal", title: "estimate" },
    ...["value", "low", "high"].map((field) => ({
      field,
      type: "quantitative",
      title: field,
      format: ",.6~r",
    })),
  ];
  return frame(options, title, [], {
    width: options.width ?? WIDTH - 100,
    height: options.height ?? 26 * intervals.length,
    data: { values },
    encoding: { y, tooltip },
    layer: [
      {
        transform: [{ filter: "datum.low !== null && datum.high !== null" }],
        mark: { type: "rule", strokeWidth: 2.5, color: COLOURS.line, opacity: 0.55 },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, size: 64, color: COLOURS.line, opacity: 1 },
        encoding: { x: { ...x, field: "value" } },
      },
      {
        mark: { type: "text", dy: -10 },
        encoding: {
          x: { ...x, field: "value" },
          text: { field: "value", type: "quantitative", format: ".4f" },
        },
      },
    ],
  });
}
