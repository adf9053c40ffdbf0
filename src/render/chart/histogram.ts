import { requireSequence } from "../../core/arguments.ts";
import { plainText } from "../escape.ts";
import { drawable } from "../round.ts";
import { COLOURS } from "../theme.ts";
import type { View } from "../view.ts";
import { CHART_OPTIONS, type ChartOptions, frame, type Json, packed, WIDTH, withUnit } from "./base/frame.ts";
import { requireOptions } from "./base/options.ts";
import { waitingView } from "./base/waiting.ts";

export interface HistogramOptions extends ChartOptions {
  /** What is counted, in the singular: `trade`. */
  readonly of: string;
  /** What the x axis shows, and its unit. */
  readonly xName: string;
  readonly unit?: string;
  /** `log`: bins of equal ratio; values at or below 0 have no place on it and are counted under the title. */
  readonly scale?: "linear" | "log";
  /** 60 unless told. */
  readonly bins?: number;
  /** Values with a line of their own: `{ value: 12, label: "p50" }`. */
  readonly marks?: readonly { readonly value: number; readonly label: string }[];
}

/** How values are spread: bins of equal width, or on a log axis of equal ratio, from the smallest value to the largest. */
export function histogramChart(values: ArrayLike<number>, options: HistogramOptions): View {
  requireSequence("histogramChart", "values", values);
  requireOptions("histogramChart", options, [
    "of",
    "xName",
    "unit",
    "scale",
    "bins",
    "marks",
    ...CHART_OPTIONS,
  ]);

  const { width = WIDTH, height = 170, of, xName, unit, scale = "linear", bins = 60, marks = [] } = options;
  const title = options.title ?? xName;
  const isLog = scale === "log";
  const finite = Float64Array.from(values).filter((value) => Number.isFinite(value));
  const drawn = isLog ? finite.filter((value) => value > 0) : finite;
  if (drawn.length === 0) return waitingView(title, 1, 0, { ...options, width, height, what: of });
  const left = finite.length - drawn.length;
  const undefinedOnes = values.length - finite.length;
  const count = (n: number): string => `${n.toLocaleString("en")} ${of}${n === 1 ? "" : "s"}`;
  const notes = [
    count(drawn.length),
    left > 0 ? `${count(left)} at or below 0, which a log axis has no place for` : "",
    undefinedOnes > 0 ? `${count(undefinedOnes)} not a number` : "",
  ].filter(Boolean);
  const rows = binRows(drawn, isLog, bins);
  const shown = marks.filter(({ value }) => Number.isFinite(value) && (!isLog || value > 0));
  // labels stand above the highest bin
  const most = rows.reduce((highest, { count }) => Math.max(highest, count), 0);
  const room = Math.min(height / 2, shown.length * LABEL_HEIGHT + 6);
  const domain = [rows[0]!.from, rows[rows.length - 1]!.to];
  const x: Json = {
    type: "quantitative",
    scale: {
      type: scale,
      domain: [{ expr: "lowest" }, { expr: "highest" }],
      nice: false,
      ...(!isLog && { zero: false }),
    },
    axis: { title: withUnit(xName, unit), format: ",.4~r", tickCount: 8 },
  };
  const y: Json = {
    field: "count",
    type: "quantitative",
    axis: { title: plainText(`${of}s`), format: ",d", tickCount: 4, tickMinStep: 1 },
    scale: { domainMax: { expr: "most" }, nice: false },
  };
  const unitText = unit === undefined ? "" : ` ${unit}`;
  return frame(options, title, notes, {
    width,
    height,
    params: [
      { name: "lowest", value: domain[0] },
      { name: "highest", value: domain[1] },
      { name: "most", value: (most * height) / (height - room) },
    ],
    layer: [
      {
        ...packed(rows),
        mark: { type: "rect", color: COLOURS.line, opacity: 0.8, clip: true },
        encoding: {
          x: { ...x, field: "from" },
          x2: { field: "to" },
          y,
          y2: { datum: 0 },
          tooltip: [
            { field: "from", type: "quantitative", title: `from${unitText}`, format: ",.4~r" },
            { field: "to", type: "quantitative", title: `to${unitText}`, format: ",.4~r" },
            { field: "count", type: "quantitative", title: plainText(`${of}s`), format: "," },
          ],
        },
      },
      ...shown.flatMap((mark, i) => markLayers(mark, i, x, unitText, isRightOf(mark.value, domain, isLog))),
    ],
  });
}

function binRows(
  values: Float64Array,
  isLog: boolean,
  bins: number,
): { from: number; to: number; count: number }[] {
  const forth = (value: number): number => (isLog ? Math.log10(value) : value);
  const back = (place: number): number => (isLog ? 10 ** place : place);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, forth(value));
    high = Math.max(high, forth(value));
  }
  if (low === high) {
    const half = isLog ? 0.05 : Math.max(Math.abs(low) * 0.05, 0.5);
    low -= half;
    high += half;
  }
  const width = (high - low) / bins;
  const counts = new Float64Array(bins);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((forth(value) - low) / width));
    counts[bin] = counts[bin]! + 1;
  }
  return Array.from(counts, (count, i) => ({
    from: drawable(back(low + i * width), 7)!,
    to: drawable(back(low + (i + 1) * width), 7)!,
    count,
  }));
}

const LABEL_HEIGHT = 14;

/** Whether a value lies in the last part of the axis: its label goes to the left, to stay in the plot. */
function isRightOf(value: number, [from, to]: readonly number[], isLog: boolean): boolean {
  const place = (v: number): number => (isLog ? Math.log(v) : v);
  return place(value) - place(from!) > 0.85 * (place(to!) - place(from!));
}

/** A line with its label, each label below the one before: close values stay readable. */
function markLayers(
  { value, label }: { readonly value: number; readonly label: string },
  i: number,
  x: Json,
  unit: string,
  isRight: boolean,
): Json[] {
  const number = String(drawable(value, 3)).replace("-", "−");
  const text = plainText(`${label} ${number}${unit}`);
  const data = { values: [{ at: value, text, isRight }] };
  const encoding = { x: { ...x, field: "at" } };
  const side = (right: unknown, left: unknown): Json => ({
    expr: `datum.isRight ? ${JSON.stringify(right)} : ${JSON.stringify(left)}`,
  });
  return [
    {
      data,
      mark: { type: "rule", color: COLOURS.alarm, strokeDash: [4, 3], clip: true },
      // from its own label down: it crosses none of those above
      encoding: { ...encoding, y: { value: LABEL_HEIGHT * i }, y2: { value: "height" } },
    },
    {
      data,
      mark: { type: "text", align: side("right", "left"), dx: side(-4, 4), fontWeight: 600 },
      encoding: {
        ...encoding,
        y: { value: 6 + LABEL_HEIGHT * i },
        text: { field: "text", type: "nominal" },
      },
    },
  ];
}
