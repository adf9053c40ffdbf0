import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { askCollector } from "../../src/app/collector/control/client.ts";
import type { SymbolsChanged } from "../../src/app/collector/symbols/changes.ts";
import { type CollectorProcess, startCollectorProcess, storedAtLeast } from "../support/collector.ts";
import { startExchangeProcess } from "../support/exchange.ts";
import { type FrontReply, startFront } from "../support/front.ts";
import { rows } from "../support/import.ts";
import { tempFolder } from "../support/temp.ts";

const TIMEOUT = { timeout: 90_000 };

async function stop({ child, ended, stderr }: CollectorProcess, code = 0): Promise<void> {
  child.kill("SIGTERM");
  assert.equal(await ended, code, stderr());
  assert.equal(stderr(), "");
}

/** The same exchange at an IPv6 address. */
async function atIpv6(t: TestContext, restUrl: string): Promise<string | undefined> {
  const { hostname, port } = new URL(restUrl);
  const server = createServer((socket) => {
    const onward = connect(Number(port), hostname);
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  t.after(() => server.close());
  const listens = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(0, "::1", () => resolve(true));
  });
  return listens ? `[::1]:${(server.address() as AddressInfo).port}` : undefined;
}

// row 109
test("an exchange at an IPv6 address is collected", TIMEOUT, async (t) => {
  const exchange = await startExchangeProcess(t, ["--seed", "7"]);
  const host = await atIpv6(t, exchange.restUrl);
  if (host === undefined) return t.skip("this machine has no IPv6");
  const db = join(tempFolder(t), "x.db");
  const flags = ["--ws-url", `ws://${host}`, "--rest-url", `http://${host}`, "--db", db];
  const collector = startCollectorProcess(t, flags);
  await collector.until(storedAtLeast("BTCUSDT", 3));
  await stop(collector);
});

// row 111
test(
  "a port for metrics that another program has is tried again, and stops no collector",
  TIMEOUT,
  async (t) => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
    const { port } = busy.address() as AddressInfo;
    const db = join(tempFolder(t), "x.db");
    const collector = startCollectorProcess(t, [
      "--venue",
      "sim",
      "--db",
      db,
      "--metrics-port",
      String(port),
    ]);
    const said = await collector.until(({ event }) => event === "metrics-port");
    assert.match(String(said.message), /EADDRINUSE.*trades are collected meanwhile\.$/);
    await collector.until(storedAtLeast("BTCUSDT", 1));
    await new Promise((resolve) => busy.close(resolve));
    for (let tries = 0; ; tries++) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (answer?.ok === true) break;
      assert.ok(tries < 60, "it is never served");
      await sleep(250);
    }
    await stop(collector);
  },
);

// rows 114, 120
test(
  "a pattern while REST refuses means what the database holds; and what is listed when it answers",
  TIMEOUT,
  async (t) => {
    const exchange = await startFront(t, await startExchangeProcess(t, ["--seed", "7"]));
    const db = join(tempFolder(t), "x.db");
    const flags = [...exchange.flags, "--venue-name", "test", "--db", db, "--symbols"];
    const first = startCollectorProcess(t, [...flags, "BTCUSDT,ETHUSDT"]);
    await first.until(storedAtLeast("ETHUSDT", 1));
    await stop(first);
    const refusing = (): FrontReply => ({ status: 503, body: "<html>down</html>" });
    exchange.answer = refusing;
    const second = startCollectorProcess(t, [...flags, "*USDT"]);
    const said = await second.until(({ event }) => event === "unreachable");
    assert.match(
      String(said.message),
      /The 2 of them that the database holds are collected, until it answers\.$/,
    );
    await second.until(storedAtLeast("ETHUSDT", 3));
    exchange.answer = () => undefined;
    const { added } = await second.until(({ event, added }) => event === "symbols" && added !== undefined);
    assert.ok((added as string[]).includes("SOLUSDT"));
    await second.until(storedAtLeast("SOLUSDT", 1));
    await stop(second);
    // those that the database holds, until the exchange says which are the most traded
    exchange.answer = refusing;
    const third = startCollectorProcess(t, [...flags, "*USDT", "--most-traded", "2"]);
    await third.until(({ event }) => event === "unreachable");
    await third.until(storedAtLeast("SOLUSDT", 1));
    exchange.answer = () => undefined;
    const ranked = await third.until(({ event, removed }) => event === "symbols" && removed !== undefined);
    assert.ok((ranked.removed as string[]).includes("SOLUSDT"));
    const isRanked = ({ event, symbols }: { event: string; symbols?: unknown }): boolean =>
      event === "status" && Object.keys(symbols as object).join() === "BTCUSDT,ETHUSDT";
    await third.until(isRanked);
    await stop(third);
  },
);

// row 76
test("a file that is gone after symbols have joined begins anew with all of them", TIMEOUT, async (t) => {
  const db = join(tempFolder(t), "x.db");
  const collector = startCollectorProcess(t, ["--venue", "sim", "--symbols", "BTCUSDT", "--db", db]);
  await collector.until(storedAtLeast("BTCUSDT", 1));
  const changed = (await askCollector(db, { do: "symbols", add: ["ETHUSDT"] }))!.result as SymbolsChanged;
  assert.deepEqual(changed.symbols, ["BTCUSDT", "ETHUSDT"]);
  await collector.until(storedAtLeast("ETHUSDT", 3));
  for (const end of ["", "-wal", "-shm"]) rmSync(`${db}${end}`, { force: true });
  await collector.until(({ event, code }) => event === "not-storing" && code === "FILE_GONE");
  const before = collector.lines.length;
  await collector.until((line) => collector.lines.indexOf(line) > before + 1 && line.event === "status");
  await sleep(1000);
  await stop(collector);
  assert.deepEqual(
    rows(db, "SELECT symbol FROM symbols JOIN trades USING (symbol_id) GROUP BY symbol ORDER BY symbol"),
    [["BTCUSDT"], ["ETHUSDT"]],
  );
});

// row 123
test(
  "a collector that stands still is named when it is asked, and keeps its database",
  TIMEOUT,
  async (t) => {
    const db = join(tempFolder(t), "x.db");
    const flags = ["--venue", "sim", "--symbols", "BTCUSDT", "--db", db];
    const collector = startCollectorProcess(t, flags);
    await collector.until(storedAtLeast("BTCUSDT", 3));
    collector.child.kill("SIGSTOP");
    await assert.rejects(
      askCollector(db, { do: "status" }),
      /it is there and has taken none for 10 s.*kill -CONT/,
    );
    const second = startCollectorProcess(t, flags);
    assert.equal(await second.ended, 2);
    assert.match(second.stderr(), /needs to be the only collector of this database/);
    collector.child.kill("SIGCONT");
    await collector.until(storedAtLeast("BTCUSDT", 6));
    await stop(collector);
  },
);

// row 115
test(
  "a configuration file that is gone, and comes back with other symbols, is taken up",
  TIMEOUT,
  async (t) => {
    const folder = tempFolder(t);
    const config = join(folder, "c.json");
    const db = join(folder, "x.db");
    const put = (...symbols: string[]): void =>
      writeFileSync(config, JSON.stringify({ venue: "sim", db, symbols }));
    put("BTCUSDT");
    const collector = startCollectorProcess(t, ["--config", config]);
    await collector.until(storedAtLeast("BTCUSDT", 1));
    rmSync(config);
    await sleep(2500);
    put("BTCUSDT", "ETHUSDT");
    await collector.until(storedAtLeast("ETHUSDT", 1));
    await stop(collector);
    assert.ok(!collector.lines.some(({ event }) => event === "config"));
  },
);

// row 116
test("a collector that is killed while its symbols change loses nothing unknowingly", TIMEOUT, async (t) => {
  const db = join(tempFolder(t), "x.db");
  const flags = ["--venue", "sim", "--symbols", "BTCUSDT,ETHUSDT", "--db", db];
  for (const [i, request] of [
    { add: ["SOLUSDT"], remove: ["ETHUSDT"] },
    { add: ["XRPUSDT"], remove: ["BTCUSDT"] },
    { add: ["*USDT"], remove: [] },
  ].entries()) {
    const collector = startCollectorProcess(t, flags);
    await collector.until(storedAtLeast("ETHUSDT", 1));
    askCollector(db, { do: "symbols", ...request }).catch(() => {});
    await sleep(60 + 300 * i);
    collector.child.kill("SIGKILL");
    await collector.ended;
  }
  const last = startCollectorProcess(t, flags);
  await last.until(storedAtLeast("BTCUSDT", 5));
  await stop(last);
  // every id between the first and the last is held or in a hole
  const gaps = rows(
    db,
    `SELECT count(*) FROM (SELECT symbol_id, last_id + 1 AS a, lead(first_id) OVER (PARTITION BY symbol_id ORDER BY first_id) - 1 AS b
       FROM ranges) g WHERE b IS NOT NULL AND NOT EXISTS (SELECT 1 FROM holes h WHERE h.symbol_id = g.symbol_id
       AND h.first_id <= g.a AND h.last_id >= g.b)`,
  );
  assert.deepEqual(gaps, [[0]]);
  assert.deepEqual(rows(db, "PRAGMA integrity_check"), [["ok"]]);
});
