import type { SweepFigure } from "../../../analytics/backtest/sweep/sweep-figures.ts";
import type { SweepAxis, SweepResult } from "../../../analytics/backtest/sweep/sweep-grid.ts";
import { requireFields } from "../../../core/arguments.ts";
import { plainText } from "../../escape.ts";
import { drawable } from "../../round.ts";
import type { View } from "../../view.ts";
import { cellFigures, gainColour } from "../base/cell-figures.ts";
import { CHART_OPTIONS, type ChartOptions, frame, type Json } from "../base/frame.ts";
import { requireOptions } from "../base/options.ts";

export interface SweepChartOptions extends ChartOptions {
  /** `"totalReturn"` unless told. */
  readonly figure?: SweepFigure;
  /** The values that were run elsewhere: their cell gets a frame. */
  readonly at?: { readonly row?: number; readonly column?: number };
}

const NAMES: Readonly<Record<SweepFigure, readonly [name: string, factor: number, digits: number]>> = {
  profit: ["profit", 1, 0],
  totalReturn: ["return, %", 100, 2],
  sharpe: ["Sharpe ratio", 1, 2],
  maxDrawdown: ["max drawdown, %", 100, 2],
  roundTrips: ["round trips", 1, 0],
  winRate: ["round trips won, %", 100, 0],
  timeInMarket: ["time in the market, %", 100, 0],
  turnover: ["turnover", 1, 0],
  totalCosts: ["costs", 1, 0],
};

/** A figure of each combination as coloured cells: below 0 vermillion, above 0 blue, full at the best; a combination that was refused is empty. */
export function sweepChart(sweep: SweepResult, options: SweepChartOptions = {}): View {
  requireFields("sweepChart", "sweep", sweep, ["rows", "columns", "figures", "refused"]);
  requireOptions("sweepChart", options, ["figure", "at", ...CHART_OPTIONS]);

  const { figure = "totalReturn", at } = options;
  const { rows, columns, figures, refused } = sweep;
  const [name, factor, digits] = NAMES[figure];
  const why = new Map(
    refused.map(({ row, column, reason }) => [row * columns.values.length + column, reason]),
  );
  const cells = rows.values.flatMap((row, r) =>
    columns.values.map((column, c): Json => {
      const of = (one: SweepFigure): number => figures[one][r]![c]!;
      const value = factor * of(figure);
      return {
        row: labelOf(row),
        column: labelOf(column),
        value: drawable(value, 6),
        text: Number.isFinite(value) ? value.toFixed(digits).replace("-", "−") : "–",
        trips: drawable(of("roundTrips"), 6),
        sharpe: drawable(of("sharpe"), 4),
        fall: drawable(100 * of("maxDrawdown"), 4),
        own: Number(row === at?.row && column === at?.column),
        why: plainText(why.get(r * columns.values.length + c) ?? ""),
      };
    }),
  );
  const values = cells
    .map(({ value }) => value)
    .filter((value): value is number => typeof value === "number");
  // full colour at the best gain: a loss far beyond it would make all gains pale
  const highest = values.reduce((high, value) => Math.max(high, value), 0);
  const most = highest || values.reduce((low, value) => Math.max(low, -value), 0) || 1;
  const cell = Math.max(16, Math.min(64, (options.width ?? 560) / columns.values.length));
  const height = options.height ?? Math.min(30, Math.max(16, cell)) * rows.values.length;
  const above = values.filter((value) => value > 0).length;
  const isGain = figure === "totalReturn" || figure === "profit" || figure === "sharpe";
  const notes = [
    isGain ? `${above} of ${cells.length} combinations above 0` : "",
    refused.length > 0 ? `${refused.length} can't be run` : "",
  ];
  return frame(options, `${name} by ${rows.name} and ${columns.name}`, notes, {
    width: cell * columns.values.length,
    height,
    data: { values: cells },
    encoding: {
      x: { field: "column", ...axisOf(columns, cell < 28) },
      y: { field: "row", ...axisOf(rows, false) },
      tooltip: [
        { field: "row", type: "nominal", title: plainText(rows.name) },
        { field: "column", type: "nominal", title: plainText(columns.name) },
        { field: "value", type: "quantitative", title: name, format: `.${Math.max(2, digits)}f` },
        { field: "sharpe", type: "quantitative", title: "Sharpe ratio", format: ".2f" },
        { field: "fall", type: "quantitative", title: "max drawdown (%)", format: ".2f" },
        { field: "trips", type: "quantitative", title: "round trips", format: "," },
        ...(refused.length > 0 ? [{ field: "why", type: "nominal", title: "can't be run" }] : []),
      ],
    },
    layer: [
      {
        mark: { type: "rect", strokeWidth: 2 },
        encoding: {
          color: gainColour("value", most),
          stroke: { condition: { test: "datum.own === 1", value: "#1b1f24" }, value: "transparent" },
        },
      },
      ...(cell < 34 ? [] : [cellFigures("value", most, 11)]),
    ],
  });
}

function labelOf(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function axisOf({ name, values }: SweepAxis, isTurned: boolean): Json {
  const sort = values.map(labelOf);
  return {
    type: "nominal",
    sort,
    scale: { domain: sort },
    axis: {
      title: plainText(name),
      domain: false,
      ticks: false,
      labelPadding: 6,
      labelAngle: isTurned ? -90 : 0,
      labelOverlap: true,
    },
  };
}
