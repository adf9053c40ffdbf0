import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { GrowthResult } from "./result.ts";

/** Powers of ten alone are named. */
const AXIS = { format: ",~g", values: Array.from({ length: 13 }, (_, i) => 10 ** (i - 4)) };

/** Time and memory over size, both in powers of ten: a panel for each thing that grows. An SVG. */
export async function drawGrowth({ rows }: GrowthResult): Promise<string> {
  const units = [...new Set(rows.map(({ unit }) => unit))];
  const x = (unit: string) => ({
    field: "size",
    type: "quantitative",
    scale: { type: "log", nice: false },
    title: unit,
    axis: AXIS,
  });
  const panel = (unit: string, field: "ms" | "mb", title: string) => {
    const values = rows
      .filter((row) => row.unit === unit)
      .flatMap(({ what, sizes, ms, mb }) => sizes.map((size, i) => ({ what, size, ms: ms[i], mb: mb[i] })));
    const color = {
      field: "what",
      type: "nominal",
      title: null,
      scale: { scheme: "tableau10" },
      legend: field === "ms" ? null : {},
    };
    return {
      ...{ width: 260, height: 150, data: { values } },
      mark: { type: "line", point: true, strokeWidth: 1.5 },
      encoding: {
        x: x(unit),
        y: {
          field,
          type: "quantitative",
          scale: { type: "log" },
          title,
          axis: AXIS,
        },
        color,
        shape: { field: "what", type: "nominal", legend: null },
      },
    };
  };
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    vconcat: units.map((unit) => ({
      hconcat: [panel(unit, "ms", "ms"), panel(unit, "mb", "memory, MB")],
      resolve: { scale: { color: "independent" } },
    })),
    config: { font: "sans-serif", axis: { gridOpacity: 0.4 }, legend: { orient: "right", labelLimit: 320 } },
    resolve: { scale: { color: "independent", shape: "independent" } },
  };
  const view = new View(parse(compile(spec as unknown as TopLevelSpec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}
