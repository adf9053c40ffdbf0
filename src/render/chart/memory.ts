import type { AutocorrelationResult } from "../../analytics/unit-root/autocorrelation.ts";
import { requireFields, requireSequence } from "../../core/arguments.ts";
import { drawable } from "../round.ts";
import { COLOURS } from "../theme.ts";
import type { View } from "../view.ts";
import { CHART_OPTIONS, type ChartOptions, frame, type Json, WIDTH } from "./base/frame.ts";
import { requireOptions } from "./base/options.ts";
import { waitingView } from "./base/waiting.ts";

export interface MemoryOptions extends ChartOptions {
  /** ± this much is what a series without memory stays within. */
  readonly band?: number;
}

/** What `autocorrelation` gives, or its values, by lag from lag 1 on (`values[0]`, which is always 1, is left out). Beyond the band a stem is filled. */
export function memoryChart(
  memory: Pick<AutocorrelationResult, "values" | "band"> | ArrayLike<number>,
  options: MemoryOptions = {},
): View {
  const isColumn = Array.isArray(memory) || ArrayBuffer.isView(memory);
  const result = isColumn
    ? { values: memory as ArrayLike<number>, band: 0 }
    : (memory as AutocorrelationResult);
  requireFields("memoryChart", "memory", result, ["values", "band"]);
  const { values, band: ownBand } = result;
  requireSequence("memoryChart", "memory.values", values);
  requireOptions("memoryChart", options, ["band", ...CHART_OPTIONS]);

  const { width = WIDTH, height = 130, band = ownBand } = options;
  const title = options.title ?? "Autocorrelation";
  const rows: Json[] = [];
  for (let lag = 1; lag < values.length; lag++) {
    const r = drawable(values[lag], 5);
    if (r !== null) rows.push({ lag, r, beyond: Math.abs(r) > band });
  }
  if (rows.length === 0) return waitingView(title, 3, values.length, { ...options, width, height });
  const x = {
    field: "lag",
    type: "quantitative",
    scale: { nice: false, padding: 10 },
    axis: { title: "lag (bars)", tickMinStep: 1, format: "d" },
  };
  const y = {
    type: "quantitative",
    axis: { title: "autocorrelation", tickCount: 5 },
    scale: { nice: false, padding: 8 },
  };
  const color = { condition: { test: "datum.beyond", value: COLOURS.alarm }, value: COLOURS.line };
  const edges = band > 0 ? [{ edge: band }, { edge: -band }] : [];
  const note = band > 0 ? `filled: beyond ±${band.toFixed(3)}, the band of a series without memory` : "";
  return frame(options, title, [note], {
    width,
    height,
    data: { values: rows },
    layer: [
      {
        data: { values: [{ edge: 0 }, ...edges] },
        mark: { type: "rule", color: "#808080", opacity: 0.8 },
        encoding: {
          y: { ...y, field: "edge" },
          strokeDash: { condition: { test: "datum.edge === 0", value: [1, 0] }, value: [4, 3] },
        },
      },
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { x, y: { ...y, field: "r" }, y2: { datum: 0 }, color },
      },
      {
        mark: { type: "point", size: 34, opacity: 1, strokeWidth: 1.5 },
        encoding: {
          x,
          y: { ...y, field: "r" },
          color,
          fill: { condition: { test: "datum.beyond", value: COLOURS.alarm }, value: "transparent" },
          tooltip: [
            { field: "lag", type: "quantitative" },
            { field: "r", type: "quantitative", title: "autocorrelation", format: ".4f" },
          ],
        },
      },
    ],
  });
}
