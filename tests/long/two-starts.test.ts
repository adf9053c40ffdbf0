import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { projectPython } from "../support/project.ts";
import { start } from "../support/started.ts";
import { tempFolder } from "../support/temp.ts";

before(() => projectPython());

test("two starts at once get a port each", async (t) => {
  const both = [1, 2].map(() => {
    const db = join(tempFolder(t), "sim.db");
    return start(t, ["--venue", "sim", "--symbols", "BTCUSDT", "--db", db, "--no-browser"], {
      HOME: tempFolder(t),
    });
  });
  const addresses = await Promise.all(
    both.map((started) => started.printed(/JupyterLab: (http:\/\/127\.0\.0\.1:\d+)\/lab\?token=(\w+)/)),
  );
  assert.notEqual(addresses[0]![1], addresses[1]![1]);
  for (const [, url, token] of addresses) {
    const answer = await fetch(`${url}/api/status`, { headers: { authorization: `token ${token}` } });
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
  }
  for (const started of both) started.kill("SIGINT");
  for (const started of both) assert.equal((await started.ended).code, 0);
});
