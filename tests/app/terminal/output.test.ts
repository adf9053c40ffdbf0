import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { tempFolder } from "../../support/temp.ts";

const PROGRAM = fileURLToPath(new URL("../../../scripts/collector.ts", import.meta.url));

test("a collector whose output nobody reads any longer still drains and ends in order, without a stack trace", async (t) => {
  const folder = tempFolder(t);
  const child = spawn(process.execPath, [PROGRAM, "--venue", "sim", "--db", join(folder, "x.db")], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(child.stdout, "data");
  child.stdout.destroy();
  child.kill("SIGINT");
  const [code] = await once(child, "close");
  assert.deepEqual([code, said], [0, ""]);
  assert.match(readFileSync(join(folder, "logs", "collector.log"), "utf8"), /"event":"stopped"/);
});
