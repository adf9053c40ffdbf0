import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, openSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { smallProject } from "../support/small-project.ts";

test("the Python environment and the kernel follow the project when its folder is moved", async (t) => {
  const project = smallProject(t);
  const first = await project.run(["start", "one"]);
  assert.deepEqual([first.code, first.stdout], [0, "program says one"], first.stderr);
  const kernel = join(".venv", "share", "jupyter", "kernels", "tickbook", "kernel.json");
  const specAt = (folder: string): string[] => {
    const text = execFileSync("cat", [join(folder, kernel)], { encoding: "utf8" });
    return (JSON.parse(text) as { argv: string[] }).argv;
  };
  assert.equal(specAt(project.folder)[1], join(project.folder, "dist", "src", "kernel", "main.js"));

  const moved = join(project.folder, "..", "moved here");
  renameSync(project.folder, moved);
  const again = execFileSync(process.execPath, [join(moved, "scripts", "run.mjs"), "start", "two"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", openSync(join(moved, "stderr.txt"), "w")],
  });
  assert.equal(again, "program says two");
  const steps = readFileSync(join(moved, "stderr.txt"), "utf8");
  assert.match(steps, /✓ Python environment/);
  assert.doesNotMatch(steps, /npm packages|build/, "these hold no path");
  assert.equal(specAt(moved)[1], join(moved, "dist", "src", "kernel", "main.js"));
  const prefix = execFileSync(join(moved, ".venv", "bin", "pip"), ["--version"], { encoding: "utf8" });
  assert.ok(prefix.includes(moved), prefix);
  assert.ok(!existsSync(project.folder));
});

test("an environment whose Python is gone is made again", async (t) => {
  const project = smallProject(t);
  await project.run(["start"]);
  renameSync(join(project.folder, ".venv", "bin", "python"), join(project.folder, ".venv", "bin", "gone"));
  assert.match((await project.run(["start"])).stderr, /✓ Python environment/);
});
