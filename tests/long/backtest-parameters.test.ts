import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { copyNotebook, notebookFolder, runNotebook } from "../support/notebooks.ts";

const NAME = "backtest.ipynb";

test("the notebook backtest holds with parameters beyond its sliders: a dear fee, an exit on the other side, a short window", {
  timeout: 120_000,
}, async (t) => {
  const path = copyNotebook(notebookFolder(t), NAME, "sim:7");
  const text = readFileSync(path, "utf8");
  const other = text
    .replace("entry: 2,", "window: 100, entry: 2,")
    .replace("exit: 0,", "exit: -1.5,")
    .replace("feeBps: 1,", "feeBps: 15,");
  assert.notEqual(other, text);
  writeFileSync(path, other);
  const run = await runNotebook(path);
  assert.equal(run.error, "");
  const printed = run.cells
    .flatMap(({ outputs }) => outputs.map(({ data }) => String(data?.["text/plain"])))
    .join("\n");
  assert.match(printed, /fee \(bp\): 15\.0/);
  assert.match(printed, /15\.50 basis points of what changed hands/);
});
