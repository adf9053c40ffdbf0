import assert from "node:assert/strict";
import { test } from "node:test";
import { builtProject, processesNaming, smallProject } from "../support/small-project.ts";

test("a program's exit code and each signal come through, a key press that arrives twice once", async (t) => {
  const project = await builtProject(t);
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
  const project = await builtProject(t);
  const run = project.start(["collect", "--wait"]);
  await run.printed("waiting");
  const program = processesNaming(`${project.folder}/dist/scripts/collector.js`);
  assert.equal(program.length, 1);
  process.kill(program[0]!, "SIGKILL");
  assert.equal((await run.ended).code, 137);
});

test("a set-up whose lines nobody reads is finished, and the program after it does its work", async (t) => {
  const project = smallProject(t);
  const program = `declare const process: any;\nprocess.getBuiltinModule("fs").writeFileSync("done", "");\nexport {};\n`;
  project.write("scripts/collector.ts", program);
  const run = project.start(["collect"]);
  run.child.stdout!.destroy();
  run.child.stderr!.destroy();
  assert.equal((await run.ended).code, 0);
  assert.equal(project.read("done"), "");
  assert.equal((await project.run(["build"])).stderr, "");
});
