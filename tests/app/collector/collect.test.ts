import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { startCollectorProcess, storedAtLeast } from "../../support/collector.ts";
import { sharedData } from "../../support/shared-data.ts";
import { tapeRows } from "../../support/tape.ts";
import { tempFolder } from "../../support/temp.ts";

const tape = sharedData("binance-spot-20240808");

test("a collector on the recorded tape stores exactly the tape", { skip: tape === undefined }, async (t) => {
  const db = join(tempFolder(t), "tape.db");
  const collector = startCollectorProcess(t, [
    "--venue",
    "sim",
    "--tape",
    tape!,
    "--speed",
    "max",
    "--db",
    db,
  ]);
  await collector.until(storedAtLeast("BTCUSDT", 19_904));
  await collector.until(storedAtLeast("ETHUSDT", 14_515));
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, collector.stderr());

  const file = new Database(db, { readonly: true });
  t.after(() => file.close());
  const venues = file.prepare("SELECT kind, name, detail FROM venues").all() as {
    kind: string;
    name: string;
    detail: string;
  }[];
  assert.equal(venues.length, 1);
  assert.equal(venues[0]!.kind, "replayed");
  assert.match(venues[0]!.name, /^replay-binance-spot-20240808-\d+$/);
  const rows = file
    .prepare(
      `SELECT trade_id, price, qty, trade_time_us, event_time_us, is_buyer_maker FROM v_trades
       WHERE symbol = ? ORDER BY trade_id`,
    )
    .raw();
  for (const [symbol, count] of [
    ["BTCUSDT", 19_904],
    ["ETHUSDT", 14_515],
  ] as const) {
    const stored = rows.all(symbol);
    assert.equal(stored.length, count);
    assert.deepEqual(stored, tapeRows(tape!, symbol));
  }
  assert.equal(file.pragma("integrity_check", { simple: true }), "ok");
});

test("a collector of the seeded market says its venue, counts each symbol, and drains at SIGINT", async (t) => {
  const db = join(tempFolder(t), "sim.db");
  const collector = startCollectorProcess(t, [
    "--venue",
    "sim",
    "--seed",
    "3",
    "--symbols",
    "BTCUSDT,ETHUSDT",
    "--db",
    db,
  ]);
  const started = await collector.until(({ event }) => event === "started");
  assert.deepEqual(started.venue, { name: "sim-seed3", kind: "simulated", detail: "seed 3" });
  await collector.until(storedAtLeast("BTCUSDT", 1));
  collector.child.kill("SIGINT");
  assert.equal(await collector.ended, 0, collector.stderr());
  const stopped = collector.lines.at(-1)!;
  assert.equal(stopped.event, "stopped");
  const file = new Database(db, { readonly: true });
  t.after(() => file.close());
  assert.equal(file.prepare("SELECT count(*) FROM trades").pluck().get(), stopped.stored);
  const ids = file
    .prepare("SELECT max(trade_id) - min(trade_id) + 1 = count(*) FROM trades GROUP BY symbol_id")
    .pluck()
    .all();
  assert.ok(
    ids.every((whole) => whole === 1),
    "no id is missing between the first and the last",
  );
  assert.deepEqual(readdirSync(join(db, "..", "logs")), ["collector.log"]);
});

test("--duration ends the collector by itself", async (t) => {
  const collector = startCollectorProcess(t, [
    "--venue",
    "sim",
    "--db",
    join(tempFolder(t), "x.db"),
    "--duration",
    "1s",
  ]);
  assert.equal(await collector.ended, 0, collector.stderr());
});

// row 72
test("a second collector on the same database is refused while the first goes on", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const first = startCollectorProcess(t, ["--venue", "sim", "--db", db]);
  await first.until(({ event }) => event === "started");
  const second = startCollectorProcess(t, ["--venue", "sim", "--db", db]);
  assert.equal(await second.ended, 2);
  assert.match(second.stderr(), /^[^\n]*x\.db: needs to be the only collector of this database; [^\n]+\n$/);
  first.child.kill("SIGTERM");
  assert.equal(await first.ended, 0);
});

for (const [flags, says] of [
  [
    ["--symbols", "btcusdt"],
    /^--symbols: needs symbols as the exchange writes them.*got "btcusdt"\. Pass BTCUSDT\.$/,
  ],
  [
    ["--symbols", "BTCUSDT,NOPE"],
    /^--symbols: needs symbols that the exchange lists; it does not know "NOPE"\./,
  ],
  [["--symbols", ""], /^--symbols: .*got ""\./],
  [["--frequency", "1"], /^npm run collect --: needs flags that it knows; Unknown option '--frequency'\./],
  [["--duration", "30"], /^--duration: needs a whole number with a unit .*got "30"\./],
  [["--venue", "nasdaq"], /^--venue: needs binance, sim or replay; got "nasdaq"\./],
  [["--ws-url", "ws://127.0.0.1:1"], /^--ws-url: needs --ws-url and --rest-url together/],
  [
    ["--ws-url", "http://x", "--rest-url", "http://x"],
    /^--ws-url: needs an address that begins with ws:\/\/ or wss:\/\/; got "http:\/\/x"\./,
  ],
  [["--venue", "binance", "--seed", "1"], /^--seed: needs --venue sim/],
  [
    ["--db", "/dev/null/x.db"],
    /^\/dev\/null\/x\.db: needs a database file it can write; the path is not writable/,
  ],
] as const) {
  test(`collect ${flags.join(" ")} is refused in one sentence`, async (t) => {
    const db = join(tempFolder(t), "x.db");
    // a flag may be given once
    const usual = { "--venue": "sim", "--db": db };
    const others = Object.entries(usual).filter(([name]) => !(flags as readonly string[]).includes(name));
    const collector = startCollectorProcess(t, [...others.flat(), ...flags]);
    assert.equal(await collector.ended, 2);
    assert.match(collector.stderr().trimEnd(), says);
    assert.equal(collector.stderr().trimEnd().split("\n").length, 1);
  });
}

test("--fail-if-unreachable ends with code 3 and names each reason", async (t) => {
  const server = createServer((_request, response) => response.writeHead(451).end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const flags = [
    "--ws-url",
    `ws://127.0.0.1:${port}`,
    "--rest-url",
    `http://127.0.0.1:${port}`,
    "--fail-if-unreachable",
  ];
  const collector = startCollectorProcess(t, ["--db", join(tempFolder(t), "x.db"), ...flags]);
  assert.equal(await collector.ended, 3);
  assert.match(
    collector.stderr(),
    /^collector: needs an exchange that answers; http:\/\/127\.0\.0\.1:\d+: HTTP 451, this address is in a restricted location\. Check the network, or run with --venue sim\.\n$/,
  );
});
