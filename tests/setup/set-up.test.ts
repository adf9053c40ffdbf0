import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { builtProject, processesNaming, smallProject } from "../support/small-project.ts";

const last = (text: string): string => text.trim().split("\n").at(-1)!;

test("the first run installs and builds, the next one only looks", async (t) => {
  const project = smallProject(t);
  const first = await project.run(["collect", "--a", "b c"]);
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stdout, "program says --a b c");
  assert.match(first.stderr, /✓ npm packages \(.*✓ build \(/s);
  // on a machine that is busy with other things, the quickest of three counts
  const taken: number[] = [];
  do {
    const since = performance.now();
    const again = await project.run(["collect", "again"]);
    taken.push(performance.now() - since);
    assert.deepEqual([again.code, again.stdout, again.stderr], [0, "program says again", ""]);
  } while (taken.length < 3 && taken.at(-1)! >= 1000);
  assert.ok(taken.at(-1)! < 1000, `${taken.join(", ")} ms`);
});

test("a changed source is built again, and nothing else is done", async (t) => {
  const project = await builtProject(t);
  project.write(
    "scripts/collector.ts",
    `declare const process: any; process.stdout.write("new"); export {};`,
  );
  const { code, stdout, stderr } = await project.run(["collect"]);
  assert.deepEqual([code, stdout], [0, "new"]);
  assert.match(stderr, /✓ build/);
  assert.doesNotMatch(stderr, /npm packages/);
});

test("a removed source is removed from the build", async (t) => {
  const project = await builtProject(t);
  project.write("src/extra.ts", "export const extra = 1;");
  await project.run(["build"]);
  assert.ok(existsSync(join(project.folder, "dist/src/extra.js")));
  rmSync(join(project.folder, "src/extra.ts"));
  await project.run(["build"]);
  assert.ok(!existsSync(join(project.folder, "dist/src/extra.js")));
});

test("a changed lockfile is installed again", async (t) => {
  const project = await builtProject(t);
  project.write("package-lock.json", `${project.read("package-lock.json")}\n`);
  assert.match((await project.run(["build"])).stderr, /✓ npm packages/);
});

test("a stamp that can't be read means: do it again", async (t) => {
  const project = await builtProject(t);
  for (const folder of ["node_modules", "dist"]) project.write(`${folder}/.tickbook-stamp.json`, "{ wrong");
  const { code, stderr } = await project.run(["collect"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /✓ npm packages \(.*✓ build \(/s);
});

test("packages that another command has changed are installed again", async (t) => {
  const project = await builtProject(t);
  project.write("node_modules/.package-lock.json", "{}");
  assert.match((await project.run(["build"])).stderr, /✓ npm packages/);
});

test("sources that do not compile are named, and the last build stays", async (t) => {
  const project = await builtProject(t);
  project.write("src/wrong.ts", `export const wrong: number = "text";`);
  const { code, stderr } = await project.run(["collect"]);
  assert.equal(code, 1);
  assert.match(stderr, /src\/wrong\.ts\(1,14\): error TS2322/);
  assert.match(last(stderr), /^npm run collect: the TypeScript sources do not compile\. Mend /);
  assert.ok(existsSync(join(project.folder, "dist/scripts/collector.js")));
  assert.ok(!existsSync(join(project.folder, "dist/src/wrong.js")));
});

test("a lockfile that does not fit is npm's word against it, in full", async (t) => {
  const project = smallProject(t);
  const other = { name: "small", version: "1.0.0", dependencies: { missing: "1.0.0" } };
  project.write("package.json", JSON.stringify(other));
  const { code, stderr } = await project.run(["collect"]);
  assert.equal(code, 1);
  assert.match(stderr, /Missing: missing@1\.0\.0 from lock file|npm error/);
  assert.match(last(stderr), /^npm run collect: installing the npm packages failed\./);
});

test("a broken lockfile is named", async (t) => {
  const project = smallProject(t);
  project.write("package-lock.json", "<<<<<<< HEAD");
  const { code, stderr } = await project.run(["collect"]);
  assert.equal(code, 1);
  assert.equal(
    last(stderr),
    "npm run collect: package-lock.json can't be read as a lockfile. Restore it (git checkout package-lock.json) and run the command again.",
  );
});

for (const title of ["npm packages", "build"]) {
  test(`a set-up killed at "${title}" leaves no tool behind, and the next run makes it whole`, async (t) => {
    const project = smallProject(t);
    const killed = project.start(["collect"]);
    await killed.printed(`… ${title}`);
    killed.child.kill("SIGKILL");
    await killed.ended;
    const { code, stdout, stderr } = await project.run(["collect", "whole"]);
    assert.deepEqual([code, stdout], [0, "program says whole"], stderr);
    assert.match(stderr, new RegExp(`✓ ${title} `));
    assert.deepEqual(processesNaming(project.folder), []);
  });
}

test("two set-ups at once: one works, the other waits for it", async (t) => {
  const project = smallProject(t);
  const runs = await Promise.all([project.run(["collect", "one"]), project.run(["collect", "two"])]);
  assert.deepEqual(
    runs.map(({ code, stdout }) => [code, stdout]),
    [
      [0, "program says one"],
      [0, "program says two"],
    ],
  );
  const said = runs.map(({ stderr }) => stderr).join("");
  assert.equal(said.match(/✓ npm packages/g)?.length, 1);
  assert.match(said, /Another set-up is at work in this folder \(process \d+\): waiting for it\./);
});

test("the lock of a dead process is taken over", async (t) => {
  const project = await builtProject(t);
  const dead = project.start(["nothing"]);
  await dead.ended;
  project.write("src/new.ts", "export {};");
  project.write(".tickbook/setup.lock", JSON.stringify({ pid: dead.child.pid, host: hostname() }));
  const { code, stderr } = await project.run(["build"]);
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /waiting/);
  assert.ok(!existsSync(join(project.folder, ".tickbook/setup.lock")));
});

test("a lock that nobody touches is taken over, whatever it says", async (t) => {
  const project = await builtProject(t);
  project.write("src/new.ts", "export {};");
  project.write(".tickbook/setup.lock", "");
  writeFileSync(
    join(project.folder, "scripts/setup/lock.mjs"),
    project.read("scripts/setup/lock.mjs").replace("15_000", "500"),
  );
  const { code, stderr } = await project.run(["build"]);
  assert.equal(code, 0);
  assert.match(stderr, /waiting for it/);
});
