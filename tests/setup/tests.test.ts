import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
// @ts-expect-error the set-up is plain JavaScript, without types
import { jobsOf, shared } from "../../scripts/setup/tests.mjs";
import { projectRoot } from "../support/project.ts";

const jobs = (...files: string[]): unknown[] =>
  (jobsOf(files.map((file) => join(...file.split("/")))) as { name: string; files: string[] }[]).map(
    ({ name, files }) => [name, files.length],
  );

test("files of a folder whose tests share a process are one job, the innermost folder counting; every other file is one", () => {
  assert.deepEqual(
    jobs(
      "tests/app/replay.test.ts",
      "tests/analytics/pair/a.test.ts",
      "tests/analytics/backtest/b.test.ts",
      "tests/analytics/c.test.ts",
      "tests/analytics/backtest/sweep/d.test.ts",
      "tests/app/clock.test.ts",
    ),
    [
      [join("tests", "app", "replay.test.ts"), 1],
      ["tests/analytics", 2],
      ["tests/analytics/backtest", 2],
      [join("tests", "app", "clock.test.ts"), 1],
    ],
  );
});

test("a file of such a folder that is asked for alone goes by its own name", () => {
  const file = join("tests", "core", "trade.test.ts");
  assert.deepEqual(jobs("tests/core/trade.test.ts"), [[file, 1]]);
});

test("every folder whose tests share a process is there", () => {
  for (const folder of shared) assert.ok(existsSync(join(projectRoot, folder)), folder);
});

test("the files that look at JupyterLab through a browser are one job, wherever they lie", () => {
  assert.deepEqual(
    jobs("tests/jupyter/a.serial.test.ts", "tests/core/b.test.ts", "tests/long/c.serial.test.ts"),
    [
      ["….serial.test.ts", 2],
      [join("tests", "core", "b.test.ts"), 1],
    ],
  );
});
