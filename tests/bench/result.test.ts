import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  aboutPeers,
  figuresIn,
  figuresOf,
  median,
  newestQuiet,
  type Result,
  table,
  withFigures,
} from "../../bench/compare/result.ts";
import { isQuiet } from "../../bench/support/machine.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const run = (given: Partial<Result> = {}): Result => ({
  at: "2026-01-02T03:04:05.000Z",
  quiet: true,
  othersShares: [0.01, 0.02],
  rounds: 5,
  machine: { processor: "a processor", cores: 2, memoryGb: 8, system: "linux x64" },
  versions: { node: "24.0.0", polars: "1.0.0" },
  rows: [
    { what: "quick work", n: 1000, peer: "polars", first: false, hereMs: [1, 2, 9], thereMs: [4, 3, 8] },
    { what: "slow work", n: 20, peer: "numba", first: false, hereMs: [20, 10], thereMs: [3, 3] },
    { what: "work to show", n: 20, peer: "numba", first: true, hereMs: [1], thereMs: [12.34] },
  ],
  ...given,
});

test("README.md and docs/speed.md say what the newest quiet run of bench/results says; until there is one, the figures of 0.1", () => {
  const result = newestQuiet(join(projectRoot, "bench", "results"));
  for (const name of ["README.md", "docs/speed.md"] as const) {
    const said = figuresIn(readFileSync(join(projectRoot, name), "utf8"));
    if (result === undefined) assert.match(said, /^Of version 0\.1/, name);
    else assert.equal(said, figuresOf(result)[name], `${name}: run npm run bench -- --documents`);
  }
});

test("a row tells the medians of both sides and how many times as fast this one is", () => {
  assert.deepEqual([median([3, 1, 2]), median([4, 1])], [2, 2.5]);
  assert.equal(table(run().rows).split("\n")[2], "| quick work | 1,000 | 2 | polars | 4 | 2 |");
  assert.equal(table(run().rows).split("\n")[3], "| slow work | 20 | 15 | numba | 3 | 0.2 |");
});

test("the README shows what is slower than its peer as well; docs/speed.md shows all", () => {
  const figures = figuresOf(run());
  assert.match(figures["README.md"], /slow work[\s\S]*work to show/);
  assert.doesNotMatch(figures["README.md"], /quick work/);
  assert.match(figures["docs/speed.md"], /quick work[\s\S]*slow work[\s\S]*work to show/);
});

test("a run on a busy machine says so, and is not taken for documents; nor is one of few rounds, or without a peer", (t) => {
  const folder = tempFolder(t);
  const put = (name: string, result: Result): void =>
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(result));
  assert.deepEqual([isQuiet([0.01, 0.1]), isQuiet([0.01, 0.4, 0])], [true, false]);
  const busy = run({ at: "2026-01-05T00:00:00Z", quiet: false, othersShares: [0.01, 0.4] });
  assert.match(
    aboutPeers(busy),
    /BUSY machine \(others used up to 40 % of it; 10 % is the limit\): not for documents/,
  );
  assert.match(aboutPeers(run()), /^2026-01-02, on a quiet machine, 2 cores of a processor/);
  put("2026-01-05", busy);
  put("2026-01-06", run({ at: "2026-01-06T00:00:00Z", rounds: 4 }));
  const [first] = run().rows;
  put("2026-01-07", run({ at: "2026-01-07T00:00:00Z", rows: [{ ...first!, thereMs: [], error: "none" }] }));
  assert.equal(newestQuiet(folder), undefined);
  put("2026-01-01", run({ at: "2026-01-01T00:00:00Z" }));
  put("2026-01-02", run());
  assert.equal(newestQuiet(folder)?.at, run().at);
});

test("figures are put between the marks of a document and nowhere else", () => {
  const text = readFileSync(join(projectRoot, "README.md"), "utf8");
  const changed = withFigures(text, "new figures");
  assert.equal(figuresIn(changed), "new figures");
  assert.equal(withFigures(changed, figuresIn(text)), text);
  assert.throws(() => withFigures("no marks", "x"), /needs its marks/);
});
