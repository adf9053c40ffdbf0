import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { loadTslab } from "../../src/kernel/tslab.ts";
import { startKernel } from "../support/kernel.ts";
import { processesNaming, until } from "../support/processes.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const main = join(projectRoot, "src", "kernel", "main.ts");

describe("the kernel's launcher", { timeout: 60_000 }, () => {
  it("loads the pinned tslab and refuses every other in one sentence", (t) => {
    assert.equal(typeof loadTslab().createExecutor, "function");
    const folder = tempFolder(t);
    mkdirSync(join(folder, "node_modules", "tslab"), { recursive: true });
    writeFileSync(join(folder, "node_modules", "tslab", "package.json"), `{ "version": "2.0.0" }`);
    assert.throws(() => loadTslab(join(folder, "x.js")), {
      code: "tslab-version",
      message: "tickbook kernel: tslab 1.0.22 is needed; found 2.0.0. Run npm ci in the project's folder.",
    });
  });

  it("says in one line what it needs when it is started by hand, or with a file that is not there", () => {
    const bare = spawnSync(process.execPath, [main], { encoding: "utf8" });
    assert.equal(bare.status, 1);
    assert.equal(
      bare.stderr,
      "tickbook kernel: --connection-file PATH is needed; none came. Jupyter starts this program; run npm start to open the notebooks.\n",
    );
    const lost = spawnSync(process.execPath, [main, "--connection-file", "/nowhere.json"], {
      encoding: "utf8",
    });
    assert.equal(lost.status, 1);
    assert.match(lost.stderr, /^tickbook kernel: the connection file \/nowhere\.json cannot be read.*\n$/);
  });

  it("ends by itself when the server that started it was killed", async () => {
    const kernel = await startKernel();
    assert.equal(processesNaming(kernel.home).length, 2);
    await kernel.killParent();
    await until(() => processesNaming(kernel.home).length === 0, "the kernel ends");
    await kernel.stop();
  });

  it("ends by itself while a cell loops, when the server was killed", async () => {
    const kernel = await startKernel();
    void kernel.run("while (true) {}").catch(() => {});
    await kernel.killParent();
    await until(() => processesNaming(kernel.home).length === 0, "the kernel ends");
    await kernel.stop();
  });
});
