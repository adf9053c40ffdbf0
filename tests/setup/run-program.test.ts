import assert from "node:assert/strict";
import { test } from "node:test";
import { processesNaming, smallProject } from "../support/small-project.ts";

test("a program's exit code and each signal come through, a key press that arrives twice once", async (t) => {
  const project = smallProject(t);
  const run = project.start(["collect", "--wait"]);
  await run.printed("waiting");
  run.child.kill("SIGINT");
  run.child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 100));
  run.child.kill("SIGTERM");
  const { code, stdout } = await run.ended;
  assert.equal(code, 7);
  assert.equal(stdout, "waitinggot SIGINT SIGTERM");
});

test("a program that is killed gives the exit code that shells give", async (t) => {
  const project = smallProject(t);
  const run = project.start(["collect", "--wait"]);
  await run.printed("waiting");
  const program = processesNaming(`${project.folder}/dist/scripts/collector.js`);
  assert.equal(program.length, 1);
  process.kill(program[0]!, "SIGKILL");
  assert.equal((await run.ended).code, 137);
});
