import assert from "node:assert/strict";
import { test } from "node:test";
import { drawnRows } from "../../../src/render/chart/base/thin.ts";
import { heatmapChart } from "../../../src/render/chart/heatmap.ts";
import { intervalsChart } from "../../../src/render/chart/intervals.ts";
import { linesChart } from "../../../src/render/chart/lines.ts";
import { memoryChart } from "../../../src/render/chart/memory.ts";
import { ratiosChart } from "../../../src/render/chart/pair/ratios.ts";
import { simulated } from "../../support/bars.ts";
import { draw } from "../../support/vega.ts";

const nan = Number.NaN;
const START_US = Date.UTC(2025, 0, 9) * 1000;
const times = (n: number): Float64Array => Float64Array.from({ length: n }, (_, t) => START_US + t * 1e6);
const matrix = {
  method: "pearson",
  names: ["BTC", "ETH", "<b>"],
  values: [Float64Array.of(1, 0.85, nan), Float64Array.of(0.85, 1, -0.4), Float64Array.of(nan, -0.4, 1)],
  nobs: [Int32Array.of(9, 9, 0), Int32Array.of(9, 9, 8), Int32Array.of(0, 8, 9)],
};

test("heatmapChart draws a cell with its number a pair, only an en dash where there is none, and every name twice", async () => {
  const { texts, warnings, marks } = await draw(heatmapChart(matrix, { venue: simulated }));
  assert.deepEqual(warnings, []);
  assert.equal(marks.rect, 7);
  assert.deepEqual(
    texts.filter((text) => /^(−?\d\.\d\d|–)$/.test(text)),
    ["1.00", "0.85", "–", "0.85", "1.00", "−0.40", "–", "−0.40", "1.00"],
  );
  assert.equal(texts.filter((text) => text === "ETH").length, 2);
  assert.ok(texts.includes("SIMULATED · seed 7") && texts.includes("Correlation, Pearson"));
});

test("heatmapChart stands in the order that it is given, and refuses one that is none", async () => {
  const { texts } = await draw(heatmapChart(matrix, { order: [2, 0, 1] }));
  const names = texts.filter((text) => ["BTC", "ETH", "&lt;b&gt;"].includes(text));
  assert.deepEqual(names.slice(0, 3), ["&lt;b&gt;", "BTC", "ETH"]);
  for (const order of [
    [0, 1],
    [0, 0, 1],
    [0, 1, 3],
  ])
    assert.throws(() => heatmapChart(matrix, { order }), { code: "bad-order" });
});

test("heatmapChart keeps every name under twenty columns, and waits politely for the first", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `S${i}`);
  const values = names.map((_, i) => Float64Array.from(names, (_, j) => (i === j ? 1 : 0.1)));
  const { texts, warnings } = await draw(heatmapChart({ names, values }));
  assert.deepEqual(warnings, []);
  for (const name of names) assert.equal(texts.filter((text) => text === name).length, 2, name);
  assert.equal(heatmapChart({ names: [], values: [] }).kind, "html");
});

test("intervalsChart draws each estimate in the order given, with a bar where it has an interval", async () => {
  const view = intervalsChart(
    [
      { name: "least squares", value: 1.2, low: 1.1, high: 1.3 },
      { name: "total least squares", value: 1.25, low: nan, high: nan },
      { name: "Huber", value: 1.21, low: 1.2, high: 1.22 },
    ],
    { title: "Hedge ratio", venue: simulated },
  );
  const { texts, warnings, marks } = await draw(view);
  assert.deepEqual(warnings, []);
  assert.equal(marks.rule, 2);
  assert.equal(marks.symbol, 3);
  const names = texts.filter((text) => /squares|Huber/.test(text));
  assert.deepEqual(names, ["least squares", "total least squares", "Huber"]);
  assert.ok(texts.includes("1.2500"));
  assert.throws(() => intervalsChart([{ name: "a", value: nan, low: 0, high: 1 }]), { code: "bad-value" });
  assert.throws(() => intervalsChart([]), { code: "bad-value" });
});

test("memoryChart leaves out lag 0 and fills what is beyond the band", async () => {
  const { warnings, marks, svg, texts } = await draw(
    memoryChart(Float64Array.of(1, 0.5, -0.02, nan, -0.3), { band: 0.1, venue: simulated }),
  );
  assert.deepEqual(warnings, []);
  assert.equal(marks.symbol, 3);
  assert.equal([...svg.matchAll(/fill="#D55E00"/g)].length, 2);
  assert.ok(texts.some((text) => text.includes("±0.100")));
  assert.equal(memoryChart(Float64Array.of(1)).kind, "html");
});

test("linesChart draws a band around its line, and refuses one of another length", async () => {
  const values = Float64Array.of(1, 2, 3);
  const band = { low: values.map((v) => v - 1), high: values.map((v) => v + 1) };
  const { warnings, marks } = await draw(linesChart(times(3), [{ name: "β", values, band }]));
  assert.deepEqual(warnings, []);
  assert.equal(marks.area, 1);
  const short = { ...band, low: values.subarray(1) };
  assert.throws(() => linesChart(times(3), [{ name: "β", values, band: short }]), /"β, low" has 2 values/);
});

test("ratiosChart draws three ratios by the times of their windows, in the range of the lines and not of the bands", async () => {
  const beta = Float64Array.of(1, 1.1, 1.05);
  const wide = { low: beta.map((b) => b - 50), high: beta.map((b) => b + 50) };
  const none = { low: beta.map(() => nan), high: beta.map(() => nan) };
  const ratios = [
    { name: "rolling OLS", beta, ...wide },
    { name: "rolling Huber", beta: beta.map((b) => b + 0.01), ...none },
    { name: "Kalman", beta, ...wide },
  ];
  const { warnings, texts } = await draw(
    ratiosChart(
      { timeUs: times(10), at: Int32Array.of(3, 6, 9), window: 3, ratios },
      { whole: 1.07, venue: simulated },
    ),
  );
  assert.deepEqual(warnings, []);
  for (const name of ["rolling OLS", "rolling Huber", "Kalman", "whole window 1.070"])
    assert.ok(texts.includes(name));
  assert.ok(!texts.includes("50") && !texts.includes("−40"));
});

test("drawnRows keeps ends, every spike and every gap, ascending, and all rows where they are few", () => {
  const n = 100_000;
  const values = Float64Array.from({ length: n }, (_, t) => Math.sin(t / 500));
  values[12_345] = 9;
  values[54_321] = -9;
  values[77_777] = nan;
  const rows = drawnRows([values], n, 2000);
  assert.ok(rows.length <= 2200 && rows.length > 500, String(rows.length));
  for (const row of [0, 12_345, 54_321, 77_777, n - 1]) assert.ok(rows.includes(row), String(row));
  assert.ok(rows.every((row, k) => k === 0 || row > rows[k - 1]!));
  assert.deepEqual([...drawnRows([values], 3, 2000)], [0, 1, 2]);
});

test("linesChart of 100,000 bars says that it draws extremes, and stays small", () => {
  const n = 100_000;
  const view = linesChart(times(n), [{ name: "a", values: times(n).map((_, t) => Math.sin(t)) }]);
  assert.match(view.kind === "chart" ? view.label! : "", /drawn by the extremes of each \d+ bars/);
  assert.ok(JSON.stringify(view).length < 150_000);
});
