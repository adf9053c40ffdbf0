import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../../support/processes.ts";
import { projectRoot } from "../../support/project.ts";
import { smallDisk } from "../../support/small-disk.ts";

/** Writes a numbered line for each that it reads. */
const PROGRAM = `
import { createInterface } from "node:readline";
import { steadyOutput } from ${JSON.stringify(join(projectRoot, "src", "app", "terminal", "steady-output.ts"))};
const out = steadyOutput((texts) => JSON.stringify({ texts }) + "\\n");
createInterface({ input: process.stdin }).on("line", (i) => {
  out.write(JSON.stringify({ i: Number(i), text: "x".repeat(990) }) + "\\n");
  process.stderr.write(".");
});
process.stdin.on("end", () => out.close());
`.replaceAll("\\\\n", "\\n");

// row 119
test("output into a file whose disk is full: a line that was cut is ended, and how many were left out is told once there is room", async (t) => {
  const disk = smallDisk(t, 16_384);
  if (disk === undefined) return;
  const path = join(disk.folder, "out.log");
  const file = openSync(path, "w");
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    stdio: ["pipe", file, "pipe"],
  });
  closeSync(file);
  t.after(() => child.kill("SIGKILL"));
  let done = "";
  child.stderr!.on("data", (text) => {
    done += text;
  });
  for (let i = 0; i < 30; i++) child.stdin!.write(`${i}\n`);
  await until(() => done === ".".repeat(30), "thirty lines");
  assert.ok(statSync(path).size <= 16_384);
  disk.grow(1 << 20);
  child.stdin!.end("30\n31\n");
  await once(child, "exit");
  const [whole, odd]: [{ i?: number; texts?: number }[], string[]] = [[], []];
  for (const text of readFileSync(path, "utf8").trimEnd().split("\n")) {
    try {
      whole.push(JSON.parse(text) as { i?: number });
    } catch {
      odd.push(text);
    }
  }
  assert.equal(odd.length, 1, odd.join("|"));
  const kept = whole.length - 3;
  assert.deepEqual(
    whole.map(({ i, texts }) => i ?? `${texts} left out`),
    [...Array.from({ length: kept }, (_, i) => i), 30, `${30 - kept} left out`, 31],
  );
});
