import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { projectPython } from "../support/project.ts";

const python = (...args: readonly string[]): string =>
  execFileSync(projectPython(), args, { encoding: "utf8" });

test("the Python environment holds what its packages need, though pip is not asked to look for it", () => {
  assert.match(python("-m", "pip", "check"), /No broken requirements found/);
});

test("nothing that JupyterLab or nbclient loads compiles a grammar, which took them a second at each start", () => {
  const loaded = python("-c", "import jupyterlab.labapp, nbclient, sys; print('lark' in sys.modules)");
  assert.equal(loaded.trim(), "False");
});
