import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { drawGrowth } from "../../bench/growth/chart.ts";
import {
  type GrowthResult,
  type GrowthRow,
  growthIn,
  growthPower,
  growthTable,
  growthText,
  newestGrowth,
  withGrowth,
} from "../../bench/growth/result.ts";
import { projectRoot } from "../support/project.ts";

const row = (given: Partial<GrowthRow> = {}): GrowthRow => ({
  ...{ what: "bars", unit: "trades", grows: "the trades", amounts: [100, 1000, 10_000] },
  ...{ sizes: [100, 1000, 10_000], ms: [1, 10, 100], mb: [100, 100, 120] },
  ...given,
});
const result: GrowthResult = {
  ...{ at: "2026-01-02T03:04:05.000Z", quiet: true, othersShares: [0.01] },
  machine: { processor: "a processor", cores: 2, memoryGb: 8, system: "linux x64" },
  versions: { node: "24.0.0" },
  rows: [row(), row({ what: "doctor", unit: "holes", ms: [3, 3, 4] })],
};

test("the power of growth is 1 where time grows as the work does, 2 where with its square, 0 where not at all", () => {
  assert.equal(growthPower(row()), 1);
  assert.equal(growthPower(row({ ms: [1, 10, 1000] })), 2);
  assert.equal(growthPower(row({ amounts: [1, 1, 1], ms: [5, 4, 4] })), 0);
  // of what is done in no time nothing can be said
  assert.equal(growthPower(row({ ms: [0.1, 0.2, 100] })), Number.NaN);
});

test("growth is told as a table a kind of size, and as a chart with a line a piece of work", async () => {
  const text = growthTable(result.rows);
  assert.match(text, /\| trades \| how many[\s\S]*\| holes \| how many/);
  assert.match(
    text,
    /\| bars \| 100 · 1,000 · 10,000 \| 1 · 10 · 100 \| 100 · 100 · 120 \| the trades \| 1\.00 \|/,
  );
  const svg = await drawGrowth(result);
  for (const name of ["bars", "doctor", "trades", "holes", "memory, MB"])
    assert.ok(svg.includes(`>${name}<`), name);
});

test("docs/speed.md and its chart say what the newest quiet run of the growth says", async () => {
  const document = readFileSync(join(projectRoot, "docs", "speed.md"), "utf8");
  assert.equal(growthIn(withGrowth(document, result)), growthText(result));
  const newest = newestGrowth(join(projectRoot, "bench", "results"));
  const chart = join(projectRoot, "docs", "growth.svg");
  if (newest === undefined) assert.equal(existsSync(chart), false);
  else {
    const run = "run npm run bench -- --growth --documents";
    assert.equal(growthIn(document), growthText(newest), run);
    assert.equal(readFileSync(chart, "utf8"), await drawGrowth(newest), run);
  }
});
