import { plainText } from "../../escape.ts";
import { COLOURS } from "../../theme.ts";
import type { Json, TimeAxis } from "../base/frame.ts";

/** A time of which nothing was collected, µs since 1970. */
export interface HoleSpan {
  readonly symbol: string;
  readonly fromUs: number;
  readonly toUs: number;
}

/** The ground beyond a threshold, and its two lines; the axis reaches so far at least. */
export function grounds(threshold: number, reach: number, y: Json): Json[] {
  const shade = (from: number, edge: number | "height"): Json => ({
    data: { values: [{ from }] },
    mark: { type: "rect", color: COLOURS.alarm, opacity: 0.1, clip: true },
    encoding: { y: { ...y, field: "from" }, y2: { value: edge } },
  });
  return [
    {
      data: { values: [{ level: reach }, { level: -reach }] },
      mark: { type: "rule", opacity: 0 },
      encoding: { y: { ...y, field: "level" } },
    },
    shade(threshold, 0),
    shade(-threshold, "height"),
    {
      data: { values: [{ level: threshold }, { level: -threshold }] },
      mark: { type: "rule", strokeDash: [5, 3], color: COLOURS.alarm, clip: true },
      encoding: { y: { ...y, field: "level" } },
    },
  ];
}

const UPRIGHT: Json = { y: { value: 0 }, y2: { value: "height" } };
/** Outside of every axis: keeps a layer that has nothing to draw, so that a live chart has the same ones all the time. */
const NOWHERE = { from: 0, to: 0, says: "" };

/** Grey ground over times of which nothing was collected, which says so where there is room. */
export function holeLayers(holes: readonly HoleSpan[], x: TimeAxis): Json[] {
  const values = [
    NOWHERE,
    ...holes.map(({ symbol, fromUs, toUs }) => ({
      from: fromUs / 1000,
      to: toUs / 1000,
      says: plainText(`${symbol} not collected`),
    })),
  ];
  return [
    {
      data: { values },
      mark: { type: "rect", clip: true, color: "#808080", opacity: 0.22 },
      encoding: { x: x.channel("from"), x2: { field: "to" }, ...UPRIGHT },
    },
    {
      data: { values },
      transform: [
        { calculate: "max(datum.from, firstMs)", as: "left" },
        { calculate: "min(datum.to, lastMs)", as: "right" },
        { calculate: "(datum.right - datum.left) / (lastMs - firstMs) * width", as: "room" },
        { calculate: "(datum.left + datum.right) / 2", as: "centre" },
        { calculate: "datum.room > 70 ? datum.says : ''", as: "said" },
      ],
      mark: { type: "text", baseline: "bottom", dy: -5, clip: true },
      encoding: { x: x.channel("centre"), y: { value: "height" }, text: { field: "said" } },
    },
  ];
}

/** A pale ground over what the line was fitted on, and what came before it. The parameter `calibratedMs` is the fit's end. */
export function inSampleGround(x: TimeAxis): Json[] {
  const transform = [
    { calculate: "firstMs", as: "from" },
    { calculate: "clamp(calibratedMs, firstMs, lastMs)", as: "to" },
    { calculate: "(datum.to - datum.from) / (lastMs - firstMs) * width", as: "room" },
    { calculate: "datum.room > 64 ? 'in-sample' : ''", as: "said" },
  ];
  return [
    {
      data: { values: [{}] },
      transform,
      mark: { type: "rect", color: COLOURS.line, opacity: 0.09, clip: true },
      encoding: { x: x.channel("from"), x2: { field: "to" }, ...UPRIGHT },
    },
    {
      data: { values: [{}] },
      transform,
      mark: { type: "text", align: "right", baseline: "top", dx: -5, dy: 4, clip: true },
      encoding: { x: x.channel("to"), y: { value: 0 }, text: { field: "said" } },
    },
  ];
}
