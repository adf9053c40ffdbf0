import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { jupyterHome } from "../support/notebooks.ts";
import { projectPython } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const wanted = "jupyter_kernel_test==0.7.0";

test("Jupyter's own tests of kernels pass; those of a pager and of history speak of what it has not", (t) => {
  const packages = join(tempFolder(t), "packages");
  const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", packages, wanted];
  const installed = spawnSync(projectPython(), install, { encoding: "utf8" });
  if (installed.status !== 0) {
    process.stdout.write(`SKIPPED: ${wanted} cannot be installed, so the kernel's protocol is not tested.\n`);
    t.skip(`no ${wanted}`);
    return;
  }
  const home = jupyterHome();
  t.after(() => home.remove());
  const script = fileURLToPath(new URL("../support/kernel_protocol.py", import.meta.url));
  const { stderr } = spawnSync(projectPython(), [script, "-v"], {
    encoding: "utf8",
    env: { ...process.env, ...home.env, PYTHONPATH: packages },
  });
  const results = Object.fromEntries(
    [...stderr.matchAll(/^(test_\w+) .*\.\.\. (ok|skipped|FAIL|ERROR)/gm)].map(([, name, result]) => [
      name,
      result,
    ]),
  );
  const bad = Object.entries(results).filter(([, result]) => result !== "ok" && result !== "skipped");
  assert.deepEqual(bad, [], stderr.slice(-3_000));
  assert.equal(Object.values(results).filter((result) => result === "ok").length, 10, stderr.slice(-3_000));
});
