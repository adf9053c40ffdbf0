import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { type SmallProject, smallProject } from "../support/small-project.ts";

/** A folder of programs that stands for the whole PATH. */
function path(project: SmallProject, programs: Readonly<Record<string, string>>): { PATH: string } {
  const folder = join(project.folder, "..", "programs");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return { PATH: folder };
}

/** The machine's Python, made to believe something about itself before it answers. */
function pythonThat(believes: string): string {
  const real = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => `"${join(folder, "python3")}"`)
    .join(" ");
  return `#!/bin/sh
for python in ${real}; do
  if [ -x "$python" ]; then PATH='${process.env.PATH}' exec "$python" -c "import sys; ${believes}; exec(sys.argv[1])" "$2"; fi
done
exit 1
`;
}

const last = (text: string): string => text.trim().split("\n").at(-1)!;

test("a Node older than 20 is told so in one sentence", async (t) => {
  const project = smallProject(t);
  const older =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.19.1' } })";
  const { code, stderr } = await project.run(["start"], {
    node: ["--import", `data:text/javascript,${encodeURIComponent(older)}`],
  });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "tickbook: Node 20 or newer is needed; this is 18.19.1. Install a current one from https://nodejs.org and run the command again.\n",
  );
});

test("a machine without Python is told so before anything is installed", async (t) => {
  const project = smallProject(t);
  const { code, stderr } = await project.run(["start"], { env: path(project, {}) });
  assert.equal(code, 1);
  assert.match(
    last(stderr),
    /^npm run start: Python 3\.10 or newer is needed for JupyterLab; none was found/,
  );
  assert.doesNotMatch(stderr, /npm packages/);
});

test("a Python that is too old is named with its version", async (t) => {
  const project = smallProject(t);
  const old = pythonThat("sys.version_info = (3, 8, 10, 'final', 0)");
  const { code, stderr } = await project.run(["start"], { env: path(project, { python3: old }) });
  assert.equal(code, 1);
  assert.match(last(stderr), /Python 3\.10 or newer is needed for JupyterLab; python3 is 3\.8\.10\. Install/);
});

test("a Python without its venv module is named, with the package to install", async (t) => {
  const project = smallProject(t);
  const bare = pythonThat(
    "import importlib.util as u; f = u.find_spec; u.find_spec = lambda n, *a: None if n == 'ensurepip' else f(n, *a)",
  );
  const { code, stderr } = await project.run(["start"], { env: path(project, { python3: bare }) });
  assert.equal(code, 1);
  assert.match(
    last(stderr),
    /with its venv module; .* has no venv or no ensurepip\. .*apt install python3\.\d+-venv/,
  );
});

test("a folder that can't be written is named", { skip: process.platform !== "linux" }, async (t) => {
  const project = smallProject(t);
  symlinkSync("/proc/self", join(project.folder, ".tickbook"));
  const { code, stderr } = await project.run(["collect"]);
  assert.equal(code, 1);
  assert.match(
    last(stderr),
    /^npm run collect: the folder .*project must be writable; writing to .* failed \(E[A-Z]+\)\./,
  );
});

test("what the system refuses during the set-up is told in one sentence", async (t) => {
  const project = smallProject(t);
  mkdirSync(join(project.folder, ".tickbook", "setup.lock"), { recursive: true });
  const { code, stderr } = await project.run(["build"]);
  assert.equal(code, 1);
  assert.match(last(stderr), /^npm run build: EISDIR: .*\. Mend that and run the command again/);
});

test("a machine without npm is told so", async (t) => {
  const project = smallProject(t);
  const { code, stderr } = await project.run(["collect"], {
    env: { ...path(project, {}), npm_execpath: "" },
    node: [],
  });
  assert.equal(code, 1);
  assert.match(last(stderr), /npm is needed to install the project's packages; it was not found/);
});

test("an unknown task is refused with the ones there are", async (t) => {
  const { code, stderr } = await smallProject(t).run(["strat"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^npm run strat: a task is needed, one of start, collect, .*; got "strat"\. For example: npm start\.\n$/,
  );
});
