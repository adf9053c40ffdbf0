import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseDescription } from "../../../src/app/study/config.ts";
import { RUN_FLAGS } from "../../../src/app/study/report/run-flags.ts";
import { runDescribed } from "../../../src/app/study/run.ts";
import { pairText, ruleText } from "../../../src/app/study/verdict/verdict.ts";
import { projectRoot } from "../../support/project.ts";

const page = readFileSync(join(projectRoot, "docs", "backtest.md"), "utf8");

test("the run in docs/backtest.md comes to what stands below it", () => {
  const json = /```json\n([\s\S]*?)```/.exec(page)![1]!;
  const quoted = [...page.matchAll(/^> (.*)$/gm)].map(([, line]) => line).join(" ");
  const run = runDescribed(parseDescription(JSON.parse(json), "docs/backtest.md"));
  assert.equal(`${pairText(run)} ${ruleText(run)}`, quoted);
});

test("the flags in docs/backtest.md are there", () => {
  const known = [...Object.keys(RUN_FLAGS), "help", "config", "out", "verify"];
  const flags = [...page.matchAll(/(?<=[\s`])--([a-z-]+)/g)].map(([, name]) => name!).filter(Boolean);
  assert.ok(flags.length > 8);
  assert.deepEqual(
    flags.filter((name) => !known.includes(name)),
    [],
  );
});
