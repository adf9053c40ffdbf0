import { formatUtc } from "../../../core/time.ts";
import { type Venue, venueLabel } from "../../../core/trade.ts";
import { plainText } from "../../escape.ts";
import { AXIS_WIDTH, vegaConfig } from "../../theme.ts";
import type { ChartView, VegaLiteSpec } from "../../view.ts";

/** What every chart may be told. */
export interface ChartOptions {
  readonly title?: string;
  /** A venue which is not real is named under the title. */
  readonly venue?: Venue;
  /** A second line under the title. */
  readonly note?: string;
  /** Of the plot, without its axis; pixels. 640 unless told. */
  readonly width?: number;
  /** Of the plot; pixels. */
  readonly height?: number;
  /** First and last time of the x axis, µs since 1970 UTC: gives panels one below the other the same axis. */
  readonly domainUs?: readonly [number, number];
  /** How many bars there must be before the first value: what the panel says while it waits. */
  readonly needs?: number;
  /** Whether the mouse zooms the time axis (Ctrl and wheel, or pinch), pans it (drag) and resets it (double click). Yes unless told. */
  readonly zoom?: boolean;
}

/** Each of them, or it does not compile. */
const OPTIONS: Record<keyof ChartOptions, true> = {
  title: true,
  venue: true,
  note: true,
  width: true,
  height: true,
  domainUs: true,
  needs: true,
  zoom: true,
};
export const CHART_OPTIONS: readonly (keyof ChartOptions)[] = Object.keys(OPTIONS) as (keyof ChartOptions)[];

/** Part of a specification. */
export type Json = Record<string, unknown>;

export const WIDTH: number = 640;

/** The whole chart around its layers or panels. */
export function frame(
  options: ChartOptions,
  fallbackTitle: string,
  notes: readonly string[],
  body: Json,
): ChartView {
  const title = options.title ?? fallbackTitle;
  const subtitle = [
    options.venue ? venueLabel(options.venue) : "",
    ...inLines([...notes, ...(options.note ?? "").split(" · ")], (options.width ?? WIDTH) / 6),
  ].filter(Boolean);
  const label = [title, ...subtitle].join(" · ");
  const spec: VegaLiteSpec = {
    description: plainText(label),
    title: { text: plainText(title), ...(subtitle.length > 0 && { subtitle: subtitle.map(plainText) }) },
    ...body,
    config: vegaConfig(),
  };
  return { kind: "chart", spec, label: plainText(label) };
}

/** Small print joined by dots, in as many lines as keep each within so many letters. */
function inLines(parts: readonly string[], most: number): string[] {
  const lines: string[] = [];
  for (const part of parts.filter(Boolean)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + part.length + 3 <= most)
      lines[lines.length - 1] = `${last} · ${part}`;
    else lines.push(part);
  }
  return lines;
}

/**
 * What the mouse may do in the views of these names, together: light up the time under it; pan and zoom the time axis,
 * while a plain wheel still scrolls the page.
 */
export function mouseParameters(options: ChartOptions, views: readonly string[]): Json[] {
  const hover = { type: "point", fields: ["t"], on: "pointerover", clear: "pointerout" };
  const zoom = { type: "interval", encodings: ["x"], zoom: "wheel![event.ctrlKey || event.metaKey]" };
  return [
    { name: "hover", select: hover, views },
    ...(options.zoom === false ? [] : [{ name: "zoom", select: zoom, bind: "scales", views }]),
  ];
}

/**
 * Rows as one record of columns, which `flatten` makes rows again where the chart is drawn: two thirds of the bytes.
 * What a row does not have is 0.
 */
export function packed(rows: readonly Json[]): { data: Json; transform: Json[] } {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns: Json = {};
  for (const name of names) columns[name] = rows.map((row) => row[name] ?? (name in row ? null : 0));
  return { data: { values: [columns] }, transform: [{ flatten: names }] };
}

/**
 * The time axis of a chart: UTC, and it says so with the date. `span`: first and last time, µs. Its ends and its date
 * are parameters, so that a live chart can be given others without being made anew.
 */
export interface TimeAxis {
  /** The ends of the axis: they belong to the parameters of the whole chart. */
  readonly params: readonly Json[];
  /** The x channel of a field of milliseconds. */
  readonly channel: (field: string) => Json;
  /** The same for the one layer, without an x2, that fixes the axis' ends: Vega-Lite wants them said once. */
  readonly fixed: (field: string) => Json;
}

export function timeAxis(span: readonly [number, number], labelled = true): TimeAxis {
  const [fromUs, toUs] = span;
  const axis = labelled
    ? { title: { signal: "timeTitle" }, format: TIME_FORMAT, tickCount: 7 }
    : { title: null, labels: false, ticks: false };
  const scale = { type: "utc", nice: false };
  return {
    params: [
      { name: "firstMs", value: fromUs / 1000 },
      { name: "lastMs", value: toUs / 1000 },
      // the alert that a reader looks at, by the time at which it fired
      { name: "markedMs", value: 0 },
      // whether there is little room beside the plot, as on a phone
      { name: NARROW, value: false },
      { name: "timeTitle", value: timeTitle(fromUs, toUs) },
    ],
    channel: (field) => ({ field, type: "temporal", scale, axis }),
    fixed: (field) => ({
      field,
      type: "temporal",
      scale: { ...scale, domainMin: { expr: "firstMs" }, domainMax: { expr: "lastMs" } },
      axis,
    }),
  };
}

/** The parameter that whoever draws a chart where there is little room sets to true. */
const NARROW = "isNarrow";

/** `wide` beside the plot, `narrow` where there is little room: two expressions. */
export function byRoom(narrow: string, wide: string): Json {
  return { expr: `${NARROW} ? ${narrow} : ${wide}` };
}

/** Right of a plot, kept free whatever stands there. */
export const KEPT = 74;

/** Keeps the room beside a plot, so that it stays as wide when what stands there comes or goes. */
export function keptRoom(right: Json = byRoom("0", String(KEPT)), left?: Json): Json {
  return {
    data: { values: [{}] },
    mark: { type: "rule", opacity: 0, clip: false, x2Offset: right, ...(left && { xOffset: left }) },
    encoding: { x: { value: 0 }, x2: { value: "width" }, y: { value: 0 } },
  };
}

/** The y axis left of a plot. Where there is little room its numbers stand inside, above their lines, without the title. */
export function valueAxis(title: string | null, more: Json): Json {
  return {
    title: title === null ? null : { signal: `${NARROW} ? '' : ${JSON.stringify(title)}` },
    minExtent: byRoom("0", String(AXIS_WIDTH)),
    labelAlign: byRoom("'left'", "'right'"),
    labelBaseline: byRoom("'bottom'", "'middle'"),
    labelPadding: byRoom("-6", "4"),
    ...more,
  };
}

/** 24 hours, and at midnight the day. */
const TIME_FORMAT: Readonly<Record<string, string>> = {
  year: "%d %b %Y",
  quarter: "%d %b",
  month: "%d %b",
  week: "%d %b",
  date: "%d %b",
  hours: "%H:%M",
  minutes: "%H:%M",
  seconds: "%H:%M:%S",
  milliseconds: "%H:%M:%S.%L",
};

function timeTitle(fromUs: number, toUs: number): string {
  const from = formatUtc(fromUs).slice(0, 10);
  const to = formatUtc(toUs).slice(0, 10);
  return `time (UTC), ${from}${to === from ? "" : ` to ${to}`}`;
}

/**
 * What lets a reader move along a chart's time axis in JupyterLab: only the rows in view are drawn, so that y fits them, and
 * a bar is said in words. `stepMs`: how long a row's bar is, or how far rows lie apart; the parameter `barMs` says it, too,
 * for `detail` may make them longer there.
 */
export function movable(
  series: string,
  stepMs: number,
  more: { readonly says: readonly Json[]; readonly detail?: "bars" | "lines" },
): { transform: Json[]; usermeta: Json; params: Json[] } {
  const step = Number.isFinite(stepMs) && stepMs > 0 ? stepMs : 1;
  return {
    transform: [{ filter: "datum.t + barMs >= firstMs && datum.t - barMs <= lastMs" }],
    usermeta: { tickbook: { series, intervalMs: step, readsBelow: true, ...more } },
    params: [{ name: "barMs", value: step }],
  };
}

/** The text of a time in a tooltip, as an expression over a field in milliseconds. */
export function utcExpression(field: string, withMs: boolean): string {
  return `utcFormat(datum.${field}, '%Y-%m-%d %H:%M:%S${withMs ? ".%L" : ""}')`;
}

/** First and last finite time; the same twice when there is one; `widenUs` on either side when they are equal. */
export function spanOf(times: ArrayLike<number>, widenUs = 1_000_000): [number, number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!;
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return from === to ? [from - widenUs, to + widenUs] : [from, to];
}

/** A name with its unit, for an axis: `price (USDT)`. */
export function withUnit(name: string, unit: string | undefined): string {
  return plainText(unit ? `${name} (${unit})` : name);
}
