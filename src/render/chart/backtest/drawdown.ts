import type { Market } from "../../../analytics/backtest/types.ts";
import type { Drawdown } from "../../../analytics/performance/drawdowns.ts";
import type { RunMetrics } from "../../../analytics/performance/run-metrics.ts";
import { requireColumns } from "../../../core/arguments.ts";
import { COLOURS } from "../../theme.ts";
import type { View } from "../../view.ts";
import { type Json, packed, type TimeAxis } from "../base/frame.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";
import { type DrawnMetrics, metricsOf } from "./run.ts";

export interface DrawdownOptions extends LinesOptions {
  /** How many of the deepest falls are marked, from peak to recovery; 3 unless told. */
  readonly worst?: number;
}

/** How far equity lies below its highest close so far; the deepest falls are shaded and numbered. */
export function drawdownChart(run: DrawnMetrics, options?: DrawdownOptions): View;
/** @deprecated `drawdownChart(run, options)` */
export function drawdownChart(metrics: RunMetrics, market: Market, options?: DrawdownOptions): View;
export function drawdownChart(run: DrawnMetrics, given: DrawdownOptions | Market = {}): View {
  const names = ["worst", ...LINES_OPTIONS] as const;
  const needed = ["drawdown", "worstDrawdowns", "closeUs"] as const;
  const { metrics, options } = metricsOf<DrawdownOptions>("drawdownChart", run, given, names, needed);
  const { drawdown, worstDrawdowns, maxDrawdown, startUs, closeUs } = metrics;
  requireColumns("drawdownChart", { "metrics.drawdown": drawdown, "metrics.closeUs": closeUs });
  const { worst = 3 } = options;
  const domainUs = [closeUs.length > 0 ? startUs : 0, closeUs[closeUs.length - 1] ?? 1] as const;
  // beside a deep one a shallow one is no fall to read about
  const falls = worstDrawdowns.slice(0, worst).filter(({ depth }) => depth <= 0.1 * maxDrawdown);
  const lowest = maxDrawdown < 0 ? 130 * maxDrawdown : -1;
  return drawLines(closeUs, [{ name: "drawdown", values: drawdown.map((fall) => 100 * fall) }], {
    title: "Drawdown",
    unit: "%",
    domainUs,
    yDomain: [lowest, 0],
    layers: (x, y) => [shade(x, y), ...marked(falls, domainUs, x, y)],
    ...options,
  });
}

/** Between the line and 0. */
function shade(x: TimeAxis, y: Json): Json {
  return {
    mark: {
      type: "area",
      color: COLOURS.line,
      opacity: 0.18,
      clip: true,
      invalid: "break-paths-show-path-domains",
    },
    encoding: { x: x.channel("t"), y: { ...y, field: "y0" }, y2: { datum: 0 } },
  };
}

function marked(
  falls: readonly Drawdown[],
  [startUs, endUs]: readonly [number, number],
  x: TimeAxis,
  y: Json,
): Json[] {
  if (falls.length === 0) return [];
  const lines = staggered(
    falls.map(({ troughUs }) => troughUs),
    0.2 * (endUs - startUs),
  );
  const rows = falls.map(({ depth, peakUs, troughUs, recoveryUs }, k) => ({
    from: peakUs / 1000,
    to: (Number.isNaN(recoveryUs) ? endUs : recoveryUs) / 1000,
    at: troughUs / 1000,
    depth: Number((100 * depth).toPrecision(6)),
    short: `${k + 1}: ${(100 * depth).toFixed(1).replace("-", "−")} %`,
    label: `${k + 1}: ${(100 * depth).toFixed(2).replace("-", "−")} %${Number.isNaN(recoveryUs) ? ", not over" : ""}`,
    line: lines[k]!,
  }));
  const { data, transform } = packed(rows);
  const place = "width * (datum.at - firstMs) / (lastMs - firstMs)";
  return [
    {
      data,
      transform,
      mark: { type: "rect", color: COLOURS.alarm, opacity: 0.1, clip: true },
      encoding: { x: x.channel("from"), x2: { field: "to" } },
    },
    {
      data,
      transform,
      mark: {
        type: "point",
        shape: "triangle-down",
        filled: true,
        size: 40,
        color: COLOURS.alarm,
        opacity: 1,
        clip: true,
      },
      encoding: { x: x.channel("at"), y: { ...y, field: "depth" } },
    },
    {
      data,
      transform: [...transform, { calculate: "width < 300 ? datum.short : datum.label", as: "says" }],
      mark: {
        type: "text",
        fontWeight: 600,
        dy: { expr: "12 + 13 * datum.line" },
        align: { expr: `${place} < 80 ? 'left' : width - ${place} < 80 ? 'right' : 'center'` },
      },
      encoding: {
        x: x.channel("at"),
        y: { ...y, field: "depth" },
        // on a phone there is no room for more than the depth
        text: { field: "says", type: "nominal" },
      },
    },
  ];
}

/** Which labels stand a line lower, so that neighbours nearer than `room` do not meet. */
function staggered(places: readonly number[], room: number): number[] {
  const lines = places.map(() => 0);
  const byPlace = places.map((_, k) => k).sort((a, b) => places[a]! - places[b]!);
  byPlace.forEach((k, i) => {
    const before = byPlace[i - 1];
    if (before !== undefined && places[k]! - places[before]! < room) lines[k] = 1 - lines[before]!;
  });
  return lines;
}
