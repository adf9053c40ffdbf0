import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Result, ratioOf } from "../../bench/compare/result.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

test("npm run bench measures each piece of work here and there, from a fresh environment of peers", {
  timeout: 600_000,
}, (t) => {
  const out = join(tempFolder(t), "result.json");
  const program = join(projectRoot, "scripts", "run.mjs");
  const args = [program, "bench", "--small", "--rounds", "1", "--out", out];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr + stdout);
  const result = JSON.parse(readFileSync(out, "utf8")) as Result;
  assert.equal(result.quiet, false, "small inputs are none for documents");
  assert.ok(result.rows.length >= 15);
  for (const row of result.rows) assert.ok(ratioOf(row) > 0, `${row.what}: ${row.error}`);
  assert.match(result.versions.statsmodels ?? "", /^\d+\.\d+/);
});
