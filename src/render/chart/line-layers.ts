import { plainText } from "../escape.ts";
import { COLOURS, LINES } from "../theme.ts";
import { type Json, type TimeAxis, utcExpression } from "./base/frame.ts";

/** One line: a value a time, NaN where it is not defined (the line breaks there). */
export interface Line {
  readonly name: string;
  readonly values: ArrayLike<number>;
  /** The edges of a band around the line, in its colour. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
}

/** A horizontal line with its label. */
export interface Level {
  readonly value: number;
  readonly label?: string;
  readonly colour?: string;
  readonly dash?: readonly number[];
}

/** A shaded strip between two values; ±Infinity reaches the edge of the plot. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly colour: string;
}

/** The band around a line, in its colour. */
export function ribbon(k: number, alone: boolean, x: TimeAxis, y: Json): Json {
  const color = alone ? COLOURS.line : LINES[k % LINES.length]!.colour;
  return {
    mark: { type: "area", color, opacity: 0.16, clip: true, invalid: "break-paths-show-path-domains" },
    encoding: { x: x.channel("t"), y: { ...y, field: `l${k}` }, y2: { field: `h${k}` } },
  };
}

/** A click in the legend picks out a line, with Shift several; a click beside it picks none. */
export const CHOSEN: Json = {
  name: "chosen",
  select: { type: "point", fields: ["name"] },
  bind: "legend",
  views: ["lines"],
};

/** One line, or several with one legend that names them by colour and dash. */
export function lineLayer(lines: readonly Line[], x: TimeAxis, y: Json): Json {
  const mark = { type: "line", clip: true, invalid: "break-paths-show-path-domains" };
  if (lines.length === 1) {
    return {
      mark: { ...mark, color: COLOURS.line },
      encoding: { x: x.fixed("t"), y: { ...y, field: "y0" } },
    };
  }
  const names = lines.map(({ name }, k) => ({ key: `y${k}`, name: plainText(name) }));
  const by = (range: readonly unknown[]): Json => ({
    field: "name",
    type: "nominal",
    scale: { domain: names.map(({ name }) => name), range },
    title: null,
  });
  const style = (k: number): (typeof LINES)[number] => LINES[k % LINES.length]!;
  return {
    transform: [
      { fold: names.map(({ key }) => key), as: ["key", "value"] },
      { lookup: "key", from: { data: { values: names }, key: "key", fields: ["name"] } },
    ],
    name: "lines",
    mark,
    encoding: {
      x: x.fixed("t"),
      y: { ...y, field: "value" },
      opacity: { condition: { param: "chosen", value: 1 }, value: 0.15 },
      color: by(lines.map((_, k) => style(k).colour)),
      strokeDash: by(lines.map((_, k) => (style(k).dash.length > 0 ? style(k).dash : [1, 0]))),
    },
  };
}

export function bandLayer({ from, to, colour }: Band, y: Json): Json {
  const edge = (field: string, value: number): Json =>
    Number.isFinite(value) ? { field } : { value: value > 0 ? 0 : "height" };
  const { axis, scale } = y;
  const [start, end] = Number.isFinite(from) ? [from, to] : [to, from];
  return {
    data: { values: [{ start, end: Number.isFinite(end) ? end : null }] },
    mark: { type: "rect", color: colour, opacity: 0.09, clip: true },
    encoding: { y: { ...edge("start", start), type: "quantitative", axis, scale }, y2: edge("end", end) },
  };
}

export function levelRule({ value, colour, dash = [4, 3] }: Level, y: Json): Json {
  return {
    data: { values: [{ level: value }] },
    mark: { type: "rule", strokeDash: dash, color: colour ?? "#808080", clip: true },
    encoding: { y: { ...y, field: "level" } },
  };
}

export function levelLabel({ value, label, colour }: Level, y: Json): Json {
  return {
    data: { values: [{ level: value, label: plainText(label ?? "") }] },
    mark: { type: "text", align: "left", dx: 4, dy: value < 0 ? 7 : -7, ...(colour && { color: colour }) },
    encoding: { x: { value: 0 }, y: { ...y, field: "level" }, text: { field: "label", type: "nominal" } },
  };
}

/** Triangles that point away from 0 where the first line lies so far `beyond` it. */
export function alarms(x: TimeAxis, y: Json): Json {
  return {
    mark: { type: "point", filled: true, color: COLOURS.alarm, opacity: 1, clip: true },
    encoding: {
      x: x.channel("t"),
      y: { ...y, field: "y0" },
      shape: { condition: { test: "datum.y0 > 0", value: "triangle-up" }, value: "triangle-down" },
      size: { condition: { test: "abs(datum.y0) >= beyond", value: 36 }, value: 0 },
    },
  };
}

/** The newest value, at the right end of the line; nothing where it is not defined, or not in view. */
export function lastValue(y: Json): Json {
  return {
    transform: [{ filter: "datum.t === newestMs && isValid(datum.y0) && !isNarrow" }],
    mark: { type: "text", align: "left", dx: 5, fontWeight: 600, clip: false, color: COLOURS.line },
    encoding: {
      x: { value: "width" },
      y: { ...y, field: "y0" },
      text: { field: "y0", type: "quantitative", format: ",.4~r" },
    },
  };
}

/** An unseen line at each time: it lights up under the mouse and says the values. */
export function hoverRules(times: ArrayLike<number>, lines: readonly Line[], x: TimeAxis): Json {
  let isWhole = true;
  for (let i = 0; i < times.length; i++) isWhole &&= times[i]! % 1_000_000 === 0;
  return {
    transform: [{ calculate: utcExpression("t", !isWhole), as: "start" }],
    name: "times",
    mark: {
      type: "rule",
      color: "#808080",
      strokeWidth: { expr: "max(1, width / columns * wholeMs / (lastMs - firstMs))" },
      clip: true,
    },
    encoding: {
      x: x.channel("t"),
      // of what has no opacity at all, Vega takes the width for none, and the mouse meets it nowhere
      opacity: { condition: { param: "hover", empty: false, value: 0.35 }, value: 0.001 },
      tooltip: [
        { field: "start", type: "nominal", title: "time (UTC)" },
        ...lines.map(({ name }, k) => ({
          field: `y${k}`,
          type: "quantitative",
          title: plainText(name),
          format: ",.7~r",
        })),
      ],
    },
  };
}
