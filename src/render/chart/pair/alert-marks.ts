import { formatUtc } from "../../../core/time.ts";
import { plainText } from "../../escape.ts";
import { COLOURS } from "../../theme.ts";
import type { Json, TimeAxis } from "../base/frame.ts";

/** A time in which an alert fired. */
export interface AlertSpan {
  readonly name: string;
  /** Start of the bar at which it fired. */
  readonly fromUs: number;
  /** Of the one at which it was over; NaN: it fires still. */
  readonly toUs: number;
  readonly text: string;
}

/** Outside of every axis: keeps a layer that has nothing to draw, so that a live chart has the same ones all the time. */
const NOWHERE = { from: 0, to: 0 };

/** Layers for a chart of lines: a band for each time in which an alert fired, with a mark at its begin and one at its end. */
export function alertLayers(spans: readonly AlertSpan[]): (x: TimeAxis, y: Json) => readonly Json[] {
  const bands = spans.map(({ name, fromUs, toUs, text }) => ({
    from: fromUs / 1000,
    to: Number.isNaN(toUs) ? null : toUs / 1000,
    alert: plainText(name),
    text: plainText(text),
    when: `${formatUtc(fromUs)} to ${Number.isNaN(toUs) ? "now" : formatUtc(toUs)}`,
  }));
  const tooltip = [
    { field: "alert", type: "nominal", title: "alert" },
    { field: "text", type: "nominal", title: "says" },
    { field: "when", type: "nominal", title: "fired" },
  ];
  const mark = (shape: string, color: string, field: "from" | "to", x: TimeAxis): Json => ({
    data: { values: [NOWHERE, ...bands.filter((band) => band[field] !== null)] },
    mark: { type: "point", filled: true, shape, size: 44, color, opacity: 1, clip: true, yOffset: -6 },
    encoding: { x: x.channel(field), y: { value: "height" }, tooltip },
  });
  return (x) => [
    {
      data: { values: [NOWHERE, ...bands] },
      // one that fires still reaches to the end of the axis
      transform: [{ calculate: "isValid(datum.to) ? datum.to : lastMs", as: "end" }],
      mark: { type: "rect", color: COLOURS.missing, opacity: 0.16, clip: true },
      encoding: {
        x: x.channel("from"),
        x2: { field: "end" },
        y: { value: 0 },
        y2: { value: "height" },
        tooltip,
      },
    },
    mark("triangle-up", COLOURS.alarm, "from", x),
    mark("circle", COLOURS.up, "to", x),
  ];
}
