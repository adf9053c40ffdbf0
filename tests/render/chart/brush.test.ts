import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { brushable } from "../../../src/render/chart/brush.ts";
import { linesChart } from "../../../src/render/chart/lines.ts";
import type { ChartView } from "../../../src/render/view.ts";
import { draw, specOf } from "../../support/vega.ts";

const times = Array.from({ length: 20 }, (_, i) => 1_700_000_000_000_000 + i * 60e6);
const lines = linesChart(times, [{ name: "price", values: times.map((_, i) => i) }]) as ChartView;
const chart = (spec: object): ChartView => ({ kind: "chart", spec: { ...spec } });
const point = {
  data: { values: [{ t: 1, y: 2 }] },
  mark: "point",
  encoding: { x: { field: "t", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
};

/** The signal names of the compiled chart. */
function signals(view: ChartView): string[] {
  const { spec } = compile(specOf(view) as unknown as TopLevelSpec);
  const runtime = new View(parse(spec), { renderer: "none" });
  const { signals: found } = runtime.getState({ signals: () => true, data: () => false }) as {
    signals: object;
  };
  runtime.finalize();
  return Object.keys(found);
}

test("brushable adds one brush to a chart that pans and zooms, which compiles without a warning", async () => {
  const view = brushable(lines, "test");
  assert.deepEqual((await draw(view)).warnings, []);
  assert.deepEqual(
    signals(view).filter((name) => name === "brush"),
    ["brush"],
  );
});

test("brushable leaves dragging to the brush, and with the shift key to the axis", () => {
  const params = specOf(brushable(lines, "test")).params as { name: string; select?: { on?: string } }[];
  const on = (name: string): string => String(params.find((param) => param.name === name)?.select?.on);
  assert.match(on("brush"), /^\[pointerdown\[!event\.shiftKey\]/);
  assert.match(on("zoom"), /^\[pointerdown\[event\.shiftKey\]/);
});

test("brushable takes the first plot that has an x axis, in charts of one plot, of layers and of several", async () => {
  const { encoding, mark, data } = point;
  const charts = [
    chart(point),
    chart({ data, encoding, layer: [{ mark }, { mark: "line" }] }),
    chart({
      data,
      vconcat: [
        { mark: "point", encoding: { y: encoding.y } },
        { encoding, mark },
        { encoding, mark },
      ],
    }),
  ];
  for (const each of charts) {
    const view = brushable(each, "test");
    assert.deepEqual((await draw(view)).warnings, []);
    assert.equal(signals(view).filter((name) => name === "brush").length, 1);
  }
});

test("brushable refuses a chart without an x axis", () => {
  assert.throws(
    () => brushable(chart({ mark: "arc", encoding: { theta: { field: "y" } } }), "brush"),
    /^TickbookError: brush: a chart with an x axis is needed; this one has none\. /,
  );
});
