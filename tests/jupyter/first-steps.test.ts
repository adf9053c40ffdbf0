import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Output, runNotebook } from "../support/notebooks.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const textOf = ({ text, data }: Output): string => text ?? String(data?.["text/plain"]);

test("the notebook first-steps runs as it is kept, copied into a folder outside the project; its claims hold", async (t) => {
  const path = join(tempFolder(t), "first-steps.ipynb");
  copyFileSync(join(projectRoot, "notebooks", "first-steps.ipynb"), path);
  const run = await runNotebook(path);
  assert.equal(run.error, "");
  const shown = run.cells.map(({ outputs }) => outputs.map(textOf).join("\n")).join("\n");
  assert.match(shown, /250 prices, the last one \d+\.\d\d points/);
  assert.match(shown, /Reloaded, as the files stand now: own\/walk\.ts \(changed\)/);
  assert.match(shown, /week \(f64\) +open \(f64\) +close \(f64\)/);
});
