import { COLOURS } from "../../theme.ts";
import type { Json, TimeAxis } from "../base/frame.ts";

/** A pale ground up to the end of a calibration, µs: what lies on it was known to the line. */
export function inSampleLayer(fromUs: number, toUs: number): (time: TimeAxis) => Json[] {
  const values = [{ fromMs: fromUs / 1000, toMs: toUs / 1000, says: "in-sample" }];
  return (time) => [
    {
      data: { values },
      mark: { type: "rect", color: COLOURS.line, opacity: 0.08, clip: true },
      encoding: {
        x: time.channel("fromMs"),
        x2: { field: "toMs" },
        y: { value: 0 },
        y2: { value: "height" },
      },
    },
    {
      data: { values },
      mark: { type: "text", align: "right", baseline: "top", dx: -4, dy: 4, fontSize: 11, clip: true },
      encoding: { x: time.channel("toMs"), y: { value: 0 }, text: { field: "says" } },
    },
  ];
}
