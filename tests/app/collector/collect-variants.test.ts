import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { askCollector } from "../../../src/app/collector/control/client.ts";
import { lockDatabase } from "../../../src/pipeline/store/file/lock.ts";
import { type CollectorProcess, startCollectorProcess, storedAtLeast } from "../../support/collector.ts";
import { startExchangeProcess } from "../../support/exchange.ts";
import { startFront } from "../../support/front.ts";
import { tempFolder } from "../../support/temp.ts";

const TIMEOUT = { timeout: 90_000 };

async function stop({ child, ended, stderr }: CollectorProcess, code = 0): Promise<void> {
  child.kill("SIGTERM");
  assert.equal(await ended, code, stderr());
  assert.equal(stderr(), "");
}

const BANNED = { status: 418, body: '{"code":-1003,"msg":"banned"}', headers: { "retry-after": "9000" } };

// row 110
test(
  "a name that can't be resolved is said, and tried on; the stream is tried as well",
  TIMEOUT,
  async (t) => {
    const db = join(tempFolder(t), "x.db");
    const nowhere = ["--ws-url", "ws://nowhere.invalid", "--rest-url", "http://nowhere.invalid"];
    const collector = startCollectorProcess(t, [
      ...nowhere,
      "--venue-name",
      "test",
      "--symbols",
      "BTCUSDT",
      "--db",
      db,
    ]);
    const said = await collector.until(({ event }) => event === "unreachable");
    assert.match(String(said.message), /nowhere\.invalid: E\w+.*The stream is opened all the same/);
    const tried = await collector.until(({ event, level }) => level === "warn" && event !== "unreachable");
    assert.match(String(tried.message), /ENOTFOUND|EAI_AGAIN/);
    assert.match(
      String((await collector.until(({ event }) => event === "status")).feed && tried.message),
      /trying|again|in \d/,
    );
    await stop(collector);
  },
);

// row 112
test("a database that a command has for a while is waited for", TIMEOUT, async (t) => {
  const db = join(tempFolder(t), "x.db");
  const release = lockDatabase(db);
  const collector = startCollectorProcess(t, ["--venue", "sim", "--db", db]);
  const said = await collector.until(({ event }) => event === "database-in-use");
  assert.match(String(said.message), /is being written by another program/);
  release();
  await collector.until(storedAtLeast("BTCUSDT", 1));
  await stop(collector);
});

// row 94
test("a status once in thirty days is none in two seconds", TIMEOUT, async (t) => {
  const db = join(tempFolder(t), "x.db");
  const collector = startCollectorProcess(t, ["--venue", "sim", "--db", db, "--status-every", "30d"]);
  await collector.until(({ event }) => event === "started");
  await sleep(2000);
  await stop(collector);
  assert.equal(collector.lines.filter(({ event }) => event === "status").length, 0);
});

// row 113
test("a symbol is added while REST has banned us, and its trades are stored", TIMEOUT, async (t) => {
  const exchange = await startFront(t, await startExchangeProcess(t, ["--seed", "7"]));
  const db = join(tempFolder(t), "x.db");
  const flags = [...exchange.flags, "--venue-name", "test", "--symbols", "BTCUSDT", "--db", db];
  const collector = startCollectorProcess(t, flags);
  await collector.until(storedAtLeast("BTCUSDT", 1));
  exchange.answer = () => BANNED;
  await askCollector(db, { do: "symbols", add: ["ETHUSDT"] });
  await collector.until(storedAtLeast("ETHUSDT", 3));
  await stop(collector);
});
