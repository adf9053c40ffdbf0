import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { printedIn, startKernel } from "../support/kernel.ts";
import { projectRoot } from "../support/project.ts";
import { smallProject } from "../support/small-project.ts";
import { tempFolder } from "../support/temp.ts";

test("npm run add and remove keep packages for notebooks in data/packages, and leave the project's own alone", async (t) => {
  const project = smallProject(t);
  const folder = join(tempFolder(t), "greeting");
  mkdirSync(folder);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "greeting", version: "1.2.3", main: "i.js" }),
  );
  writeFileSync(join(folder, "i.js"), "exports.hello = () => 'hello';\n");
  const before = project.read("package.json");

  const added = await project.run(["add", folder]);
  assert.equal(added.code, 0, added.stderr);
  assert.match(
    added.stdout + added.stderr,
    /data\/packages: added .*greeting\. The next cell that runs can import it\./,
  );
  assert.equal(existsSync(join(project.folder, "data/packages/node_modules/greeting/i.js")), true);
  assert.match(project.read("data/packages/package.json"), /"greeting": "file:/);
  assert.equal(project.read("package.json"), before);

  const removed = await project.run(["remove", "greeting"]);
  assert.equal(removed.code, 0, removed.stderr);
  assert.equal(existsSync(join(project.folder, "data/packages/node_modules/greeting")), false);

  for (const [given, got] of [
    [[], "none"],
    [["--global"], "--global"],
  ] as const) {
    const refused = await project.run(["add", ...given]);
    assert.equal(refused.code, 1);
    assert.match(refused.stdout + refused.stderr, new RegExp(`names of packages are needed; got ${got}`));
  }
});

test("where npm has left out Polars' binary, an import says in one line which command mends it, and the next cell runs", {
  timeout: 60_000,
}, async (t) => {
  const folder = tempFolder(t);
  const own = join(folder, "node_modules", "nodejs-polars");
  cpSync(join(projectRoot, "node_modules", "nodejs-polars"), own, { recursive: true });
  const kernel = await startKernel({ folder });
  t.after(() => kernel.stop());
  const { reply } = await kernel.run('import pl from "nodejs-polars"; pl.DataFrame({ a: [1] })');
  assert.match(
    reply.evalue,
    /^nodejs-polars: its binary nodejs-polars-[\w-]+ is needed; it is not installed, .*Run npm run build there .*npm run add -- NAME\.$/,
  );
  assert.equal(reply.traceback.length, 1);
  const { messages } = await kernel.run("1 + 1");
  assert.equal(printedIn(messages, 1), "2\n");
});
