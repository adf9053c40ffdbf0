import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../support/temp.ts";

const notebook = (source: string, outputs: unknown[] = []): string =>
  JSON.stringify({
    cells: [{ cell_type: "code", source, outputs, execution_count: outputs.length || null }],
  });

test("npm run update keeps edited notebooks in notebooks/own, puts back those that were only run, and pulls", async (t) => {
  const { updateProject } = (await import(`${"../../scripts/setup"}/update.mjs`)) as {
    updateProject(args: readonly string[], folder: string): number;
  };
  const root = tempFolder(t);
  const git = (at: string, ...given: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...given], {
      cwd: at,
      encoding: "utf8",
    });
  const theirs = join(root, "theirs");
  const mine = join(root, "mine");
  mkdirSync(join(theirs, "notebooks"), { recursive: true });
  const commit = (name: string, text: string): void => {
    writeFileSync(join(theirs, "notebooks", name), text);
    git(theirs, "add", "-A");
    git(theirs, "commit", "-qm", name);
  };
  git(root, "init", "-q", theirs);
  commit("run.ipynb", notebook("1"));
  commit("edited.ipynb", notebook("2"));
  git(root, "clone", "-q", theirs, mine);
  commit("run.ipynb", notebook("1 newer"));
  commit("edited.ipynb", notebook("2 newer"));
  const at = (name: string): string => join(mine, "notebooks", name);
  writeFileSync(at("run.ipynb"), notebook("1", [{ text: "1" }]));
  writeFileSync(at("edited.ipynb"), notebook("2 of mine"));
  writeFileSync(at("new.ipynb"), notebook("mine alone"));
  assert.throws(() => git(mine, "pull", "--ff-only", "--quiet"), /overwritten/);

  assert.equal(updateProject([], mine), 0);
  assert.equal(readFileSync(at("run.ipynb"), "utf8"), notebook("1 newer"));
  assert.equal(readFileSync(at("edited.ipynb"), "utf8"), notebook("2 newer"));
  assert.equal(readFileSync(at("own/edited.ipynb"), "utf8"), notebook("2 of mine"));
  assert.equal(readFileSync(at("new.ipynb"), "utf8"), notebook("mine alone"));
  assert.equal(existsSync(at("own/run.ipynb")), false);

  writeFileSync(at("edited.ipynb"), notebook("once more"));
  updateProject([], mine);
  assert.equal(readFileSync(at("own/edited-2.ipynb"), "utf8"), notebook("once more"));
  assert.throws(() => updateProject(["x"], mine), /nothing is taken here; got x/);
});
