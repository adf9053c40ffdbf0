import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runsAgain } from "../support/again.ts";
import { projectRoot } from "../support/project.ts";

for (const name of readdirSync(join(projectRoot, "notebooks")).filter((file) => file.endsWith(".ipynb"))) {
  test(`${name} runs a second and a third time in one kernel, and after a restart: no error, no panel more`, (t) =>
    runsAgain(t, name));
}
