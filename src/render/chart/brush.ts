import { refuse } from "../../core/errors.ts";
import type { ChartView, VegaLiteSpec } from "../view.ts";
import type { Json } from "./base/frame.ts";

const drag = (shift: string): string =>
  `[pointerdown[${shift}event.shiftKey], window:pointerup] > window:pointermove!`;

/**
 * The chart with a part of its x axis to be marked by dragging over it, under the parameter `brush`; where dragging
 * moved the axis, it does so with the shift key. In a chart of several plots the first one with an x axis is marked.
 */
export function brushable(chart: ChartView, where: string): ChartView {
  const select = { type: "interval", encodings: ["x"], on: drag("!") };
  const params = (Array.isArray(chart.spec.params) ? (chart.spec.params as readonly Json[]) : []).map(moved);
  const view = params.map(({ views }) => (views as readonly string[] | undefined)?.[0]).find(Boolean);
  if (view !== undefined) {
    const brush = { name: "brush", select, views: [view] };
    return { ...chart, spec: { ...chart.spec, params: [...params, brush] } };
  }
  const spec = withBrush(chart.spec, { name: "brush", select });
  if (spec) return { ...chart, spec };
  return refuse({
    code: "no-axis",
    where,
    problem: "a chart with an x axis is needed; this one has none",
    hint: "Pass for example what drawLines or spreadChart returns.",
  });
}

/** What moved the axis by dragging, with the shift key. */
function moved(param: Json): Json {
  if (param.bind !== "scales") return param;
  const select = param.select as Json;
  return { ...param, select: { ...select, on: drag(""), translate: drag("") } };
}

/** The specification with the parameter in its first plot that has an x channel; undefined where there is none. */
function withBrush(spec: VegaLiteSpec, brush: Json, hasX = false): VegaLiteSpec | undefined {
  const x = hasX || (typeof spec.encoding === "object" && spec.encoding !== null && "x" in spec.encoding);
  if ("mark" in spec) return x ? { ...spec, params: [...((spec.params as Json[]) ?? []), brush] } : undefined;
  for (const key of ["layer", "vconcat", "hconcat", "concat"]) {
    const parts = spec[key];
    if (!Array.isArray(parts)) continue;
    for (const [k, part] of parts.entries()) {
      const made = withBrush(part as VegaLiteSpec, brush, x);
      if (made) return { ...spec, [key]: parts.with(k, made) };
    }
  }
  return undefined;
}
