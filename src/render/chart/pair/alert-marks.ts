import { formatUtc } from "../../../core/time.ts";
import { plainText } from "../../escape.ts";
import { COLOURS } from "../../theme.ts";
import type { Json, TimeAxis } from "../base/frame.ts";

/** A time in which an alert fired. */
export interface AlertSpan {
  readonly name: string;
  /** How grave it is: bands and marks differ by it. */
  readonly severity: "info" | "warning" | "critical";
  /** Start of the bar at which it fired. */
  readonly fromUs: number;
  /** Of the one at which it was over; NaN: it fires still. */
  readonly toUs: number;
  readonly text: string;
}

/** Outside of every axis: keeps a layer that has nothing to draw, so that a live chart has the same ones all the time. */
const NOWHERE = { from: 0, to: 0, severity: "info" };

const SEVERITIES = ["info", "warning", "critical"] as const;
const bySeverity = (range: readonly unknown[]): Json => ({
  field: "severity",
  type: "nominal",
  legend: null,
  scale: { domain: SEVERITIES, range },
});
/** Told apart by colour, by how dense the band is, and by the mark at its begin. */
const INK = bySeverity(["#8a8f98", COLOURS.missing, COLOURS.alarm]);
const DENSITY: Json = {
  condition: [
    { test: "datum.severity === 'critical'", value: 0.26 },
    { test: "datum.severity === 'warning'", value: 0.16 },
  ],
  value: 0.1,
};
/** The outline of a band that a reader looks at; it can be seen on any ground. */
const MARKED = "#7a828c";
const SHAPE = bySeverity(["stroke", "triangle-up", "diamond"]);

/** Layers for a chart of lines: a band for each time in which an alert fired, with a mark at its begin and one at its end. */
export function alertLayers(spans: readonly AlertSpan[]): (x: TimeAxis, y: Json) => readonly Json[] {
  const bands = spans.map(({ name, severity, fromUs, toUs, text }) => ({
    severity,
    from: fromUs / 1000,
    to: Number.isNaN(toUs) ? null : toUs / 1000,
    alert: plainText(name),
    text: plainText(text),
    when: `${formatUtc(fromUs)} to ${Number.isNaN(toUs) ? "now" : formatUtc(toUs)}`,
  }));
  const tooltip = [
    { field: "alert", type: "nominal", title: "alert" },
    { field: "severity", type: "nominal", title: "severity" },
    { field: "text", type: "nominal", title: "says" },
    { field: "when", type: "nominal", title: "fired" },
  ];
  const mark = (look: Json, encoding: Json, field: "from" | "to", x: TimeAxis): Json => ({
    data: { values: [NOWHERE, ...bands.filter((band) => band[field] !== null)] },
    mark: { type: "point", size: 44, opacity: 1, clip: true, yOffset: -6, ...look },
    encoding: { x: x.channel(field), y: { value: "height" }, ...encoding, tooltip },
  });
  return (x) => [
    {
      data: { values: [NOWHERE, ...bands] },
      // one that fires still reaches to the end of the axis
      transform: [{ calculate: "isValid(datum.to) ? datum.to : lastMs", as: "end" }],
      mark: { type: "rect", clip: true, strokeWidth: 2, strokeDash: [5, 3] },
      encoding: {
        x: x.channel("from"),
        x2: { field: "end" },
        y: { value: 0 },
        y2: { value: "height" },
        fill: INK,
        fillOpacity: DENSITY,
        stroke: { condition: { test: "datum.from === markedMs", value: MARKED }, value: null },
        tooltip,
      },
    },
    mark({ strokeWidth: 2 }, { shape: SHAPE, stroke: INK, fill: INK }, "from", x),
    mark({ filled: true, shape: "circle", color: COLOURS.up }, {}, "to", x),
  ];
}
