import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { count } from "../../src/pipeline/desk/relay/count.ts";
import { readPlace } from "../../src/pipeline/desk/relay/place.ts";
import { openRelay, type Relay } from "../../src/pipeline/desk/relay/relay.ts";
import { deskAddress } from "../../src/pipeline/desk/wire/address.ts";
import { openPost } from "../../src/pipeline/desk/wire/post.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import { readPublished } from "../../src/pipeline/store/file/published.ts";
import { startDesk } from "../support/desk.ts";
import { projectRoot } from "../support/project.ts";
import { SYMBOLS, write } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, T0, trade } from "../support/trades.ts";

const desk = await startDesk();
const USER = { user: "default", password: "" };

function relayOf(db: string, to: string, collector = "one"): Promise<Relay> {
  return openRelay({ db, to, collector, user: USER, nowUs: () => Date.now() * 1000 });
}

/** Trades of an id, always the same ones. */
function made(symbol: string, id: number): Trade {
  return trade(id, { symbol, price: (100 + (id % 977) / 100).toFixed(8), qty: ((id % 31) + 1).toFixed(8) });
}

const ids = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

const put = (db: string, symbol: string, some: readonly number[]): void =>
  write(db, (writer) =>
    writer.append(
      batchOf(
        some.map((id) => made(symbol, id)),
        SYMBOLS,
      ),
      T0,
    ),
  );

/** Everything that is held, with everything that is known of it, is there once: in the trades and in the ledger. */
function assertSame(db: string, name: string): void {
  const [book, shelf] = [openHistory(db), openStore(desk.url(name))];
  try {
    for (const [i, here] of book.series().entries()) {
      const there = shelf.series()[i]!;
      const last = Number.MAX_SAFE_INTEGER;
      assert.deepEqual(shelf.exact(there, 0, last, 1e9), book.exact(here, 0, last, 1e9));
      assert.deepEqual(shelf.trades(there), book.trades(here));
    }
  } finally {
    book.close();
    shelf.close();
  }
  const rows = desk.ask("SELECT toFloat64(count()) AS n FROM trades FORMAT Native", name);
  desk.ask("OPTIMIZE TABLE trades FINAL", name);
  const merged = desk.ask(
    "SELECT toFloat64(count()) AS n, toFloat64(uniqExact(symbol, trade_id)) AS u FROM trades FORMAT Native",
    name,
  );
  assert.ok((rows.columns.n![0] as number) >= (merged.columns.n![0] as number));
  assert.equal(merged.columns.n![0], merged.columns.u![0], "nothing is there twice");
}

test("a relay that is killed 30 times, between trades and ledger and anywhere else, publishes each trade once", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const chance = random(20);
  let next = 1;
  const left: number[] = [];
  for (let round = 0; round < 30; round++) {
    const many = ids(next, next + 400 + Math.floor(200 * chance.uniform()));
    next += many.length;
    // some are missed, and come later
    const missed = many.filter((id) => id > many[0]! && id < many.at(-1)! && chance.uniform() < 0.02);
    put(
      db,
      "BTCUSDT",
      many.filter((id) => !missed.includes(id)),
    );
    put(db, "ETHUSDT", ids(round * 70_000 + 1, round * 70_000 + 200));
    if (round % 3 === 2) put(db, "BTCUSDT", left.splice(0, 20));
    left.push(...missed);
    const program = join(projectRoot, "tests", "support", "relay-child.ts");
    const steps = round % 3 === 2 ? 1000 : 1 + (round % 2);
    const ms = round % 3 === 2 ? 150 + Math.floor(600 * chance.uniform()) : 60_000;
    const { signal } = spawnSync(
      process.execPath,
      [program, db, desk.url("kills"), String(steps), String(ms)],
      {
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    if (round % 3 !== 2) assert.equal(signal, "SIGKILL");
  }
  const relay = await openRelay({ db, to: desk.url("kills"), user: USER, nowUs: () => Date.now() * 1000 });
  await relay.pass();
  assert.ok(await relay.confirm());
  assert.deepEqual(await relay.audit(), {
    ...{ blocks: (await rowsOf("kills", relay.collector)).length, differing: 0, sentAgain: 0 },
    ...{ lost: 0, conflicts: 0, unmended: 0 },
  });
  relay.close();
  assertSame(db, "kills");
  const told = readPublished(db)!;
  const book = openHistory(db);
  for (const { symbol, key } of book.series()) {
    const held = book.trades({ symbol, key } as never).length;
    const counted = told.counted.binance![symbol]!.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    assert.equal(counted, held);
  }
  book.close();
});

async function rowsOf(name: string, collector: string) {
  const post = openPost(deskAddress("test", desk.url(name)), USER);
  const place = await readPlace(post, collector);
  post.close();
  return [...place.rows()];
}

test("a second pass sends nothing, a later one only what came since, late repairs with it", async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, "BTCUSDT", [...ids(1, 500), ...ids(601, 1000)]);
  const relay = await relayOf(db, desk.url("passes"));
  t.after(() => relay.close());
  assert.equal((await relay.pass()).trades, 900);
  assert.equal((await relay.pass()).trades, 0);
  put(db, "BTCUSDT", ids(550, 560));
  put(db, "BTCUSDT", ids(1001, 1010));
  assert.deepEqual(await relay.pass(), { trades: 21, blocks: 1, left: 0 });
  assertSame(db, "passes");
});

test("a server that has taken trades and forgot them is found out by counting, and they are sent again", async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, "BTCUSDT", ids(1, 2000));
  const relay = await relayOf(db, desk.url("forgets"));
  t.after(() => relay.close());
  await desk.faults({ forgetTrades: 1 });
  await relay.pass();
  assert.deepEqual(readPublished(db)!.counted, {}, "what was not counted is not said to be there");
  assert.equal(await relay.confirm(), false);
  assertSame(db, "forgets");
  desk.ask(
    "ALTER TABLE trades DELETE WHERE trade_id BETWEEN 700 AND 800 SETTINGS mutations_sync = 2",
    "forgets",
  );
  const shelf = openStore(desk.url("forgets"));
  t.after(() => shelf.close());
  const [series] = shelf.series();
  assert.throws(
    () => shelf.trades(series!, { fromId: 600, toId: 900 }),
    /BTCUSDT at .*: needs 300 trades from id 600 to 899, which the desk's ledger lists; the server shows 199 of them now\. This is no hole/,
  );
  const found = await relay.audit();
  assert.deepEqual([found.differing, found.sentAgain, found.unmended], [1, 2000, 0]);
  assertSame(db, "forgets");
});

test("a server that forgets again what is sent again is counted again, until it holds it", async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, "BTCUSDT", ids(1, 200));
  const relay = await relayOf(db, desk.url("stubborn"));
  t.after(() => relay.close());
  await desk.faults({ forgetTrades: 2 });
  await relay.pass();
  assert.equal(await relay.confirm(), false);
  assert.deepEqual(readPublished(db)!.counted, { binance: { BTCUSDT: [] } });
  assert.equal(await relay.confirm(), false);
  assert.ok(await relay.confirm());
  assert.deepEqual(readPublished(db)!.counted, { binance: { BTCUSDT: [[1, 200]] } });
  assertSame(db, "stubborn");
});

test("what the server has lost and the book no longer keeps is not claimed any more, and told", async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, "BTCUSDT", ids(1, 300));
  const relay = await relayOf(db, desk.url("lost"));
  await relay.pass();
  await relay.confirm();
  relay.close();
  const other = join(tempFolder(t), "y.db");
  put(other, "BTCUSDT", ids(201, 300));
  desk.ask("ALTER TABLE trades DELETE WHERE trade_id <= 50 SETTINGS mutations_sync = 2", "lost");
  desk.ask("ALTER TABLE books UPDATE server_us = 0 WHERE 1 SETTINGS mutations_sync = 2", "lost");
  const heir = await relayOf(other, desk.url("lost"));
  t.after(() => heir.close());
  const found = await heir.audit();
  assert.deepEqual([found.differing, found.lost, found.unmended], [1, 50, 0]);
  const shelf = openStore(desk.url("lost"));
  t.after(() => shelf.close());
  assert.equal(shelf.trades(shelf.series()[0]!).id[0], 51);
});

test("two relays of one database, and two databases under one name, are refused", async (t) => {
  const [db, other] = [join(tempFolder(t), "x.db"), join(tempFolder(t), "y.db")];
  put(db, "BTCUSDT", ids(1, 10));
  put(other, "BTCUSDT", ids(1, 10));
  const relay = await relayOf(db, desk.url("names"));
  t.after(() => relay.close());
  await relay.pass();
  await assert.rejects(
    relayOf(db, desk.url("names")),
    /needs to be published by one relay; another one is at it/,
  );
  await assert.rejects(
    relayOf(other, desk.url("names")),
    /--collector: needs a name that no other database is published under/,
  );
});

test("a server that is full or away leaves the relay's place as it was", async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, "BTCUSDT", ids(1, 100));
  const relay = await relayOf(db, desk.url("full"));
  t.after(() => relay.close());
  await relay.pass();
  put(db, "BTCUSDT", ids(101, 200));
  await desk.faults({ refuse: 1 });
  await assert.rejects(
    relay.pass(),
    /needs a server that can do this; it says Cannot reserve 1\.00 MiB, not enough space \(243\)/,
  );
  assert.equal((await relay.pass()).trades, 100);
  assert.ok(await relay.confirm());
  assertSame(db, "full");
  const other = join(tempFolder(t), "y.db");
  put(other, "BTCUSDT", [1]);
  await assert.rejects(
    relayOf(other, "http://127.0.0.1:9"),
    /127\.0\.0\.1:9\/tickbook: needs a server that answers; the network says ECONNREFUSED/,
  );
});

test("counting compares what is there with what was sent, block by block", async () => {
  const post = openPost(deskAddress("test", desk.url("kills")), USER);
  const rows = await rowsOf("kills", readCollector());
  let blocks = 0;
  for await (const group of count(post, rows)) blocks += group.length;
  assert.equal(blocks, rows.length);
  post.close();
});

function readCollector(): string {
  const { columns } = desk.ask(
    "SELECT CAST(any(collector) AS String) AS c FROM blocks FORMAT Native",
    "kills",
  );
  return (columns.c as string[])[0]!;
}
