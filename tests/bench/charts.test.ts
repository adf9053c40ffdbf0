import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  type ChartsResult,
  chartsIn,
  chartsTable,
  chartsText,
  NOT_YET,
  newestCharts,
  rowOf,
  withCharts,
} from "../../bench/charts/result.ts";
import { projectRoot } from "../support/project.ts";

const result: ChartsResult = {
  ...{ at: "2026-01-02T03:04:05.000Z", quiet: true, othersShares: [0.01] },
  machine: { processor: "a processor", cores: 2, memoryGb: 8, system: "linux x64" },
  versions: { node: "24.0.0", chromium: "156.0" },
  rows: [rowOf("one", "ms", 30, [1, 2, 3, 4, 40]), rowOf("two", "s", 12, [13])],
};

test("a measure is told with its goal, and whether its 95th percentile holds it; nothing measured is refused", () => {
  const text = chartsTable(result.rows);
  assert.match(text, /\| one \| 5 \| 3 \| 4 \| 30 ms \| yes \|/);
  assert.match(text, /\| two \| 1 \| 13 \| – \| 12 s \| no \|/);
  assert.throws(() => rowOf("none", "ms", 1, []), /none: numbers are needed/);
  assert.throws(() => rowOf("odd", "ms", 1, [Number.NaN]), /odd: numbers are needed/);
});

test("docs/speed.md says what the newest quiet run of the charts says", () => {
  const document = readFileSync(join(projectRoot, "docs", "speed.md"), "utf8");
  assert.equal(chartsIn(withCharts(document, result)), chartsText(result));
  const newest = newestCharts(join(projectRoot, "bench", "results"));
  const told = newest === undefined ? NOT_YET : chartsText(newest);
  assert.equal(chartsIn(document), told, "run npm run bench -- --charts --documents");
});
