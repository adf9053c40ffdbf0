import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCommand } from "../../../src/app/terminal/command-line.ts";
import { refuse } from "../../../src/core/errors.ts";
import { runScript } from "../../support/command.ts";
import { projectRoot } from "../../support/project.ts";

const SCRIPTS = readdirSync(join(projectRoot, "scripts"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -3));

test("every script refuses a flag that it does not know: a line, exit code 2", () => {
  for (const name of SCRIPTS) {
    const { code, out, error } = runScript(name, ["--no-such-flag"]);
    assert.deepEqual([code, out], [2, ""], name);
    assert.match(error, /^npm (run \S+|start) --: needs flags that it knows; .*\n$/, name);
  }
});

test("a command that writes a file refuses a server's address, which would be taken for a path", () => {
  for (const [name, ...flags] of [
    ["collector", "--db"],
    ["archive", "--db"],
    ["backup", "--db"],
    ["downgrade", "--db"],
    ["import", "--db"],
    ["publish", "--db"],
    ["start", "--db"],
    ["merge", "--into"],
    ["merge", "--into", "none.db"],
  ] as const) {
    const { code, out, error } = runScript(name, [...flags, "http://127.0.0.1:8123/tickbook"]);
    assert.deepEqual([code, out], [2, ""], name);
    assert.match(
      error,
      /: needs a file of this machine; got the address "http:\/\/127\.0\.0\.1:8123\/tickbook"\. A server is read with --source by .*\n$/,
    );
  }
});

const COMMAND = { usage: "npm run x --", about: "", flags: { from: { value: "TIME", help: "" } } } as const;

/** What a command that refuses comes to. */
async function refusing(where: string, code: string, work?: () => never): Promise<[number, string]> {
  const { write } = process.stderr;
  let told = "";
  process.stderr.write = ((text: string) => {
    told += text;
    return true;
  }) as typeof write;
  try {
    const refusal = work ?? (() => refuse({ code, where, problem: "needs a; got b", hint: "Do c." }));
    return [await runCommand(COMMAND, [], refusal, { "own-code": 3 }), told];
  } finally {
    process.stderr.write = write;
  }
}

test("a refusal of a setting is told by the flag that was typed, with the exit code of its kind", async () => {
  assert.deepEqual(await refusing("from", "bad-x"), [2, "--from: needs a; got b. Do c.\n"]);
  assert.deepEqual(await refusing("x.db", "own-code"), [3, "x.db: needs a; got b. Do c.\n"]);
});

test("what a disk refuses is a line, whichever command meets it; a defect is thrown on", async () => {
  const full = (): never => {
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  };
  const [code, told] = await refusing("", "", full);
  assert.equal(code, 2);
  assert.match(told, /^disk: needs room and the right to write; .*\(ENOSPC\)\. Mend that .*\n$/);
  const defect = (): never => {
    throw new TypeError("x is not a function");
  };
  await assert.rejects(refusing("", "", defect), TypeError);
});
