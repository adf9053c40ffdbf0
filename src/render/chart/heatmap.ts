import { requireFields } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { plainText } from "../escape.ts";
import { drawable } from "../round.ts";
import type { View } from "../view.ts";
import { cellInk } from "./base/cell-figures.ts";
import { CHART_OPTIONS, type ChartOptions, frame } from "./base/frame.ts";
import { requireOptions } from "./base/options.ts";
import { waitingView } from "./base/waiting.ts";

/** Correlations by name: what `correlationMatrix` gives. */
export interface HeatmapData {
  readonly method?: string;
  readonly names: readonly string[];
  readonly values: readonly ArrayLike<number>[];
  readonly nobs?: readonly ArrayLike<number>[];
}

export interface HeatmapOptions extends ChartOptions {
  /** The indices of rows and columns, in the order in which they stand; as given unless told. */
  readonly order?: readonly number[];
}

/** Blue to red through a light grey: told apart with any of the common colour deficiencies, and each cell has its number. */
const SCALE = ["#1f5fa8", "#8fb4d9", "#f1f1ef", "#e0978b", "#b0302a"] as const;

/** A correlation matrix as coloured cells from −1 (blue) over 0 to +1 (red), with its numbers in them. */
export function heatmapChart(matrix: HeatmapData, options: HeatmapOptions = {}): View {
  requireFields("heatmapChart", "matrix", matrix, ["names", "values"]);
  requireOptions("heatmapChart", options, ["order", ...CHART_OPTIONS]);

  const { names, values, nobs } = matrix;
  const { order = names.map((_, i) => i) } = options;
  if (
    order.length !== names.length ||
    new Set(order).size !== names.length ||
    order.some((i) => !(i in names))
  ) {
    refuse({
      code: "bad-order",
      where: "heatmapChart",
      problem: `order needs each of the ${names.length} indices once; got ${JSON.stringify(order)}`,
      hint: "Pass clusterOrder(matrix).order, or leave it out.",
    });
  }
  const title =
    options.title ?? `Correlation${matrix.method ? `, ${METHODS[matrix.method] ?? matrix.method}` : ""}`;
  if (names.length === 0) return waitingView(title, 2, 0, { ...options, what: "series" });
  const cell =
    options.width === undefined
      ? Math.max(30, Math.min(72, 560 / names.length))
      : options.width / names.length;
  const digits = cell < 38 ? 1 : 2;
  const text = (name: string): string => plainText(name);
  const rows = order.flatMap((i) =>
    order.map((j) => ({
      row: text(names[i]!),
      column: text(names[j]!),
      r: drawable(values[i]![j], 6),
      n: nobs === undefined ? null : nobs[i]![j]!,
    })),
  );
  const sort = order.map((i) => text(names[i]!));
  const axis = {
    title: null,
    domain: false,
    ticks: false,
    labelPadding: 6,
    labelLimit: 120,
    labelOverlap: false,
  };
  return frame(options, title, [], {
    width: cell * names.length,
    height: options.height ?? Math.min(cell, 46) * names.length,
    data: { values: rows },
    encoding: {
      x: {
        field: "column",
        type: "nominal",
        sort,
        axis: { ...axis, orient: "bottom", labelAngle: names.length > 6 ? -40 : 0 },
      },
      y: { field: "row", type: "nominal", sort, axis },
      tooltip: [
        { field: "row", type: "nominal", title: "of" },
        { field: "column", type: "nominal", title: "and" },
        { field: "r", type: "quantitative", title: "correlation", format: ".4f" },
        ...(nobs === undefined ? [] : [{ field: "n", type: "quantitative", title: "rows", format: "," }]),
      ],
    },
    layer: [
      {
        mark: { type: "rect", stroke: "rgba(128,128,128,0.35)", strokeWidth: 0.5 },
        encoding: {
          color: {
            field: "r",
            type: "quantitative",
            scale: { domain: [-1, -0.5, 0, 0.5, 1], range: SCALE, interpolate: "lab" },
            legend: {
              orient: "right",
              title: null,
              gradientLength: 150,
              values: [-1, -0.5, 0, 0.5, 1],
              labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+.1f')",
              direction: "vertical",
            },
          },
        },
      },
      {
        mark: { type: "text", fontSize: 11.5 },
        encoding: {
          text: {
            condition: { test: "datum.r === null", value: "–" },
            field: "r",
            type: "quantitative",
            format: `.${digits}f`,
          },
          color: cellInk("r", 1),
        },
      },
    ],
  });
}

const METHODS: Readonly<Record<string, string>> = {
  pearson: "Pearson",
  spearman: "Spearman (of ranks)",
  kendall: "Kendall (τ-b)",
};
