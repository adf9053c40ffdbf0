import { test } from "node:test";
import { runsAgain } from "../support/again.ts";

for (const name of ["live-monitor.ipynb", "data-quality.ipynb"]) {
  test(`${name} runs a second and a third time in one kernel, and after a restart: no error, no panel more`, (t) =>
    runsAgain(t, name));
}
