import assert from "node:assert/strict";
import { test } from "node:test";
import { splitSpec } from "../../../labextension/src/chart/split-spec.ts";
import { linesChart } from "../../../src/render/chart/lines.ts";
import { type AlertSpan, alertLayers } from "../../../src/render/chart/pair/alert-marks.ts";
import type { View } from "../../../src/render/view.ts";
import { draw, specOf } from "../../support/vega.ts";

const START_US = Date.UTC(2024, 7, 8, 12) * 1000;
const times = Float64Array.from({ length: 60 }, (_, i) => START_US + i * 1e6);

function chart(spans: readonly AlertSpan[]): View {
  const values = times.map((_, i) => Math.sin(i / 9));
  return linesChart(times, [{ name: "z", values }], { layers: alertLayers(spans) });
}
const span = (from: number, to: number): AlertSpan => ({
  name: "far out",
  severity: "warning",
  fromUs: START_US + from * 1e6,
  toUs: START_US + to * 1e6,
  text: "z is far out",
});

test("alerts come and go in one view: the layers are the same without one, with one that fires and with one that is over", async () => {
  const charts = [chart([]), chart([span(10, Number.NaN)]), chart([span(10, 20), span(30, Number.NaN)])];
  const [none, ...some] = charts.map((view) => splitSpec(specOf(view)).skeleton);
  for (const skeleton of some) assert.equal(skeleton, none);
  for (const view of charts) {
    const { warnings, svg, texts } = await draw(view);
    assert.deepEqual(warnings, []);
    assert.doesNotMatch(svg, /NaN/);
    assert.ok(texts.includes("12:00:30"), "the axis keeps its ends");
  }
});

test("bands of different severity differ in colour, density and mark", async () => {
  const { svg } = await draw(
    chart(
      (["info", "warning", "critical"] as const).map((severity, i) => ({
        ...span(20 * i, 20 * i + 9),
        severity,
      })),
    ),
  );
  const looks = new Set(
    [...svg.matchAll(/fill="(#[0-9a-fA-F]{6})" fill-opacity="(0\.\d+)"/g)].map(([, ...look]) => look.join()),
  );
  for (const density of ["0.1", "0.16", "0.26"])
    assert.equal([...looks].filter((look) => look.endsWith(`,${density}`)).length, 1, density);
});
