import { requireFields, requireList, requireSequence } from "../../core/arguments.ts";
import { quote, refuse } from "../../core/errors.ts";
import type { Timed } from "../../core/timed.ts";
import { plainText } from "../escape.ts";
import { drawable } from "../round.ts";
import type { TableColumn, TableData } from "../table-data.ts";
import { ROWS, type View } from "../view.ts";
import {
  CHART_OPTIONS,
  type ChartOptions,
  frame,
  type Json,
  keptRoom,
  mouseParameters,
  movable,
  packed,
  spanOf,
  type TimeAxis,
  timeAxis,
  valueAxis,
  WIDTH,
  withUnit,
} from "./base/frame.ts";
import { requireOptions } from "./base/options.ts";
import { originOptions } from "./base/origin.ts";
import { drawnRows, thinNote } from "./base/thin.ts";
import { waitingView } from "./base/waiting.ts";
import {
  alarms,
  type Band,
  bandLayer,
  CHOSEN,
  hoverRules,
  type Level,
  type Line,
  lastValue,
  levelLabel,
  levelRule,
  lineLayer,
  ribbon,
} from "./line-layers.ts";

export interface LinesOptions extends ChartOptions {
  /** What the y axis shows, and its unit. */
  readonly yName?: string;
  readonly unit?: string;
  /** The ends of the y axis; from the data unless told. */
  readonly yDomain?: readonly [number, number];
  readonly levels?: readonly Level[];
  readonly bands?: readonly Band[];
  /** Marks on the first line where its value is at least this far from 0. */
  readonly markBeyond?: number;
  /** Further layers, drawn over the lines in their axes; the line's rows have `t` in milliseconds and `y0`, `y1`, …. */
  readonly layers?: (x: TimeAxis, y: Json) => readonly Json[];
  /** Whether the title says that; yes unless told. */
  readonly saysThinned?: boolean;
  /** Longer series are drawn by the extremes of each stretch, about this many rows; 2000 unless told. */
  readonly mostRows?: number;
}

/** Each of them, or it does not compile. */
const OWN: Record<Exclude<keyof LinesOptions, keyof ChartOptions>, true> = {
  yName: true,
  unit: true,
  yDomain: true,
  levels: true,
  bands: true,
  markBeyond: true,
  layers: true,
  saysThinned: true,
  mostRows: true,
};
export const LINES_OPTIONS: readonly (keyof LinesOptions)[] = [
  ...(Object.keys(OWN) as (keyof typeof OWN)[]),
  ...CHART_OPTIONS,
];

/** Lines over times, or over the bars of a pair or a result, each with a colour and a dash of its own, and a band if it has one; NaN and infinities leave gaps. */
export function linesChart(
  times: ArrayLike<number> | Timed,
  lines: readonly Line[],
  options: LinesOptions = {},
): View {
  const isColumn = Array.isArray(times) || ArrayBuffer.isView(times);
  const over = isColumn ? { timeUs: times as ArrayLike<number> } : (times as Timed);
  requireFields("linesChart", "times", over, ["timeUs"]);
  requireSequence("linesChart", "times", over.timeUs);
  requireList("linesChart", "lines", lines);
  requireOptions("linesChart", options, LINES_OPTIONS);
  return drawLines(over.timeUs, lines, { ...(isColumn ? {} : originOptions(over as Timed)), ...options });
}

/** `linesChart` of what its caller has checked; options that are none of its own are let be. */
export function drawLines(times: ArrayLike<number>, lines: readonly Line[], options: LinesOptions): View {
  const { width = WIDTH, height = 170, unit, levels = [], bands = [], markBeyond } = options;
  for (const [name, values] of lines.flatMap(columnsOf)) {
    if (values.length === times.length) continue;
    refuse({
      code: "bad-length",
      where: "linesChart",
      problem: `a line needs one value a time; ${quote(name)} has ${values.length} values for ${times.length} times`,
      hint: "Pass NaN where a value is not defined.",
      facts: { name, values: values.length, times: times.length },
    });
  }
  const title = options.title ?? lines.map(({ name }) => name).join(", ");
  const columns = lines.flatMap(columnsOf).map(([, values]) => values);
  const drawn = drawnRows(columns, times.length, options.mostRows ?? 2000);
  const rows = lineRows(times, lines, drawn);
  if (!rows.some((row) => lines.some((_, k) => row[`y${k}`] !== null))) {
    return waitingView(title, options.needs ?? 1, times.length, { ...options, width, height });
  }
  const single = lines.length === 1;
  const x = timeAxis(options.domainUs ?? spanOf(times));
  const y: Json = {
    type: "quantitative",
    scale: {
      zero: false,
      nice: false,
      ...(options.yDomain ? { domain: [{ expr: "lowest" }, { expr: "highest" }] } : { padding: 8 }),
    },
    axis: valueAxis(withUnit(options.yName ?? (single ? lines[0]!.name : "value"), unit), {
      format: ",f",
      tickCount: 5,
    }),
  };
  // what a refresh changes stands in rows and parameters; layers stay
  const [lowest, highest] = options.yDomain ?? [];
  const params = [
    ...x.params,
    { name: "columns", value: drawn.length },
    { name: "wholeMs", value: spanMs(rows) },
    ...(single ? [{ name: "newestMs", value: rows.at(-1)!.t }] : []),
    ...(markBeyond === undefined ? [] : [{ name: "beyond", value: markBeyond }]),
    ...(options.yDomain
      ? [
          { name: "lowest", value: lowest },
          { name: "highest", value: highest },
        ]
      : []),
    ...mouseParameters(options, ["times"]),
    ...(single ? [] : [CHOSEN]),
  ];
  const more = options.layers?.(x, y) ?? [];
  // what is filled lies under the lines, where it takes the mouse from none of them
  const isGround = ({ mark }: Json): boolean => (mark as Json | undefined)?.type === "rect";
  const layer = [
    ...more.filter(isGround),
    ...bands.map((band) => bandLayer(band, y)),
    ...levels.map((level) => levelRule(level, y)),
    ...lines.flatMap(({ band }, k) => (band ? [ribbon(k, lines.length === 1, x, y)] : [])),
    lineLayer(lines, x, y),
    ...(markBeyond === undefined ? [] : [alarms(x, y)]),
    ...levels.filter(({ label }) => label).map((level) => levelLabel(level, y)),
    ...(single ? [keptRoom(), lastValue(y)] : []),
    hoverRules(times, lines, x),
    ...more.filter((one) => !isGround(one)),
  ];
  const notes = [options.saysThinned === false ? "" : thinNote(drawn.length, times.length)];
  const { data, transform } = packed(rows);
  const { usermeta, ...moves } = movable(
    plainText(lines.map(({ name }) => name).join(", ")),
    spanMs(rows) / Math.max(1, rows.length - 1),
    { says: lines.map(({ name }, k) => ({ name: plainText(name), field: `y${k}` })), detail: "lines" },
  );
  const body = {
    ...{ width, height, data, layer, usermeta },
    transform: [...transform, ...moves.transform],
    params: [...params, ...moves.params],
  };
  const view = frame(options, title, notes, body);
  return { ...view, [ROWS]: () => linesTable(times, lines, unit) };
}

/** What the chart shows, each digit of it. */
function linesTable(times: ArrayLike<number>, lines: readonly Line[], unit: string | undefined): TableData {
  const columns = lines.flatMap(columnsOf).map(
    ([name, values]): TableColumn => ({
      name,
      values,
      kind: "number",
      ...(unit !== undefined && { unit }),
    }),
  );
  return { length: times.length, columns: [{ name: "time", values: times, kind: "time" }, ...columns] };
}

/** From the first row to the last. */
function spanMs(rows: readonly Json[]): number {
  return Math.max(1, (rows.at(-1)!.t as number) - (rows[0]!.t as number));
}

function columnsOf({ name, values, band }: Line): [string, ArrayLike<number>][] {
  if (band === undefined) return [[name, values]];
  return [
    [name, values],
    [`${name}, low`, band.low],
    [`${name}, high`, band.high],
  ];
}

function lineRows(times: ArrayLike<number>, lines: readonly Line[], drawn: Int32Array): Json[] {
  const rows: Json[] = [];
  for (const i of drawn) {
    if (!Number.isFinite(times[i])) continue;
    const row: Json = { t: times[i]! / 1000 };
    lines.forEach(({ values, band }, k) => {
      row[`y${k}`] = drawable(values[i], 7);
      if (band === undefined) return;
      row[`l${k}`] = drawable(band.low[i], 7);
      row[`h${k}`] = drawable(band.high[i], 7);
    });
    rows.push(row);
  }
  return rows;
}
