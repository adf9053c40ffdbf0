import { test } from "node:test";
import { runsAgain } from "../support/again.ts";

// the other notebooks: tests/long/again.test.ts
test("live-monitor.ipynb runs a second and a third time in one kernel, and after a restart: no error, no panel more", (t) =>
  runsAgain(t, "live-monitor.ipynb"));
