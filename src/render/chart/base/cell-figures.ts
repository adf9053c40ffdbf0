import type { Json } from "./frame.ts";

/** Loss to gain, vermillion to blue through a light grey: told apart with any of the common colour deficiencies, and each cell has its number. */
export const GAIN_SCALE: readonly string[] = ["#c2550b", "#e6ab82", "#f1f1ef", "#8fb4d9", "#1f5fa8"];

/** The colour of `field` on that scale, from −`most` to `most`. */
export function gainColour(field: string, most: number): Json {
  return {
    field,
    type: "quantitative",
    scale: {
      domain: [-most, -most / 2, 0, most / 2, most],
      range: GAIN_SCALE,
      interpolate: "lab",
      clamp: true,
    },
    legend: null,
  };
}

/** The `text` of each cell of a map whose colour shows `field` up to ±`most`. */
export function cellFigures(field: string, most: number, fontSize: unknown): Json {
  return {
    mark: { type: "text", fontSize },
    encoding: { text: { field: "text", type: "nominal" }, color: cellInk(field, most) },
  };
}

/** White on the dark ends of a scale, grey where there is no value. */
export function cellInk(field: string, most: number): Json {
  return {
    condition: [
      { test: `datum.${field} === null`, value: "#808080" },
      { test: `abs(datum.${field}) > ${0.75 * most}`, value: "#ffffff" },
    ],
    value: "#1b1f24",
  };
}
