import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ASSUMPTIONS } from "../../src/app/probe/probe.ts";
import { startExchangeProcess } from "../support/exchange.ts";
import { MUTATIONS, rehearse } from "../support/probe-rehearsal.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

test("a clean exchange breaks no assumption, and each of them is seen", async (t) => {
  const judged = await rehearse(t, 11, 4000);
  assert.deepEqual(
    judged.filter(({ verdict }) => verdict !== "held"),
    [],
  );
});

for (const [what, id] of [MUTATIONS[6]!, MUTATIONS[45]!]) {
  test(`where ${what} the probe names ${id}`, async (t) => {
    const [, , mutation] = MUTATIONS.find(([name]) => name === what)!;
    const judged = await rehearse(t, 12, 3000, mutation);
    assert.equal(judged.find((one) => one.id === id)!.verdict, "broken");
  });
}

test("there are forty mutations and more, and each assumption that can be broken by one is", () => {
  assert.ok(MUTATIONS.length >= 40);
  const broken = new Set(MUTATIONS.map(([, id]) => id));
  assert.deepEqual(
    ASSUMPTIONS.map(({ id }) => id).filter((id) => !broken.has(id)),
    ["stream-opens", "history-oldest"],
  );
});

test("npm run probe prints and writes what it has judged, and tells by its exit code", async (t) => {
  const exchange = await startExchangeProcess(t, ["--seed", "4"]);
  const out = join(tempFolder(t), "probe.json");
  const program = join(projectRoot, "scripts", "probe.ts");
  const flags = [...exchange.flags, "--symbols", "BTCUSDT", "--duration", "3s", "--out", out];
  const run = (...args: string[]): Promise<[number, string]> =>
    new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], (error, stdout) =>
        resolve([Number(error?.code ?? 0), stdout]),
      );
    });
  const [code, said] = await run(...flags);
  assert.equal(code, 0, said);
  const { judged, host } = JSON.parse(readFileSync(out, "utf8")) as {
    judged: { id: string; verdict: string }[];
    host: { restUrl: string };
  };
  assert.equal(judged.length, ASSUMPTIONS.length);
  assert.equal(host.restUrl, exchange.restUrl);
  // too short a time for pings, and for the minute behind which REST may be
  assert.deepEqual(
    judged.filter(({ verdict }) => verdict !== "held").map(({ id }) => id),
    ["pings", "rest-near"],
  );
  await exchange.stop();
  assert.equal((await run(...flags))[0], 3);
});
