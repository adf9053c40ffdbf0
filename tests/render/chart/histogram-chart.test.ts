import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import { histogramChart } from "../../../src/render/chart/histogram.ts";
import type { View } from "../../../src/render/view.ts";
import { simulated } from "../../support/bars.ts";
import { draw, specOf } from "../../support/vega.ts";

const told = { of: "trade", xName: "latency", unit: "ms" };

interface Bins {
  readonly from: number[];
  readonly to: number[];
  readonly count: number[];
}
function bins(view: View): Bins {
  const [bars] = specOf(view).layer as { data: { values: Bins[] } }[];
  return bars!.data.values[0]!;
}

test("bins of equal width hold every value once, the largest in the last", () => {
  const { from, to, count } = bins(histogramChart([0, 1, 1.5, 9, 10], { ...told, bins: 5 }));
  assert.deepEqual(from, [0, 2, 4, 6, 8]);
  assert.deepEqual(to, [2, 4, 6, 8, 10]);
  assert.deepEqual(count, [3, 0, 0, 0, 2]);
});

test("bins of a log axis have equal ratio", () => {
  const { from, to, count } = bins(histogramChart([1, 5, 20, 150, 1000], { ...told, scale: "log", bins: 3 }));
  assert.deepEqual(from, [1, 10, 100]);
  assert.deepEqual(to, [10, 100, 1000]);
  assert.deepEqual(count, [2, 1, 2]);
});

test("whatever the values, the bins add up to them", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { normal } = random(seed);
    const values = Float64Array.from({ length: 500 }, () => Math.exp(3 * normal()));
    for (const scale of ["linear", "log"] as const) {
      const { count, from } = bins(histogramChart(values, { ...told, scale }));
      assert.equal(
        count.reduce((sum, n) => sum + n, 0),
        500,
      );
      assert.equal(from.length, 60);
    }
  }
});

test("values that a log axis has no place for are counted under the title", async () => {
  const { texts, warnings } = await draw(
    histogramChart([-3, 0, 5, 50, Number.NaN], { ...told, scale: "log", venue: simulated }),
  );
  assert.deepEqual(warnings, []);
  assert.ok(
    texts.includes(
      "2 trades · 2 trades at or below 0, which a log axis has no place for · 1 trade not a number",
    ),
    texts.join("|"),
  );
  assert.ok(texts.includes("SIMULATED · seed 7"));
  assert.ok(texts.includes("latency (ms)") && texts.includes("trades"));
});

test("marks are lines with a label inside the plot; those out of range or undefined are left out", async () => {
  const marks = [
    { value: 3, label: "p50" },
    { value: 990, label: "p99" },
    { value: Number.NaN, label: "p100" },
    { value: -1, label: "low" },
  ];
  const view = histogramChart([1, 3, 10, 1000], { ...told, scale: "log", marks });
  const { svg, texts, marks: drawn, warnings } = await draw(view);
  assert.deepEqual(warnings, []);
  assert.equal(drawn.rule, 2);
  assert.ok(texts.includes("p50 3 ms") && texts.includes("p99 990 ms"));
  assert.match(svg, /<text[^>]* text-anchor="start"[^>]*>p50 3 ms</);
  assert.match(svg, /<text[^>]* text-anchor="end"[^>]*>p99 990 ms</);
});

test("equal values and a single one draw; without a value there is no empty axis", async () => {
  for (const scale of ["linear", "log"] as const) {
    const { svg, warnings } = await draw(histogramChart([7, 7, 7], { ...told, scale }));
    assert.deepEqual(warnings, []);
    assert.ok(!svg.includes("NaN"));
  }
  const { svg } = await draw(histogramChart([0], told));
  assert.ok(!svg.includes("NaN"));
  const none = histogramChart([-1, 0], { ...told, scale: "log", title: "Latency" });
  assert.equal(none.kind === "html" && none.text, "Latency · waits for 1 more trade (0 of 1 trade so far)");
});

test("100,000 values make a small specification", () => {
  const view = histogramChart(
    Float64Array.from({ length: 100_000 }, (_, i) => 1 + i),
    { ...told, scale: "log" },
  );
  assert.ok(JSON.stringify(specOf(view)).length < 10_000);
});
