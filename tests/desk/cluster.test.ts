import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Trade } from "../../src/core/trade.ts";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { openRelay, type Relay } from "../../src/pipeline/desk/relay/relay.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import type { TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { BINANCE, span } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, T0, trade } from "../support/trades.ts";
import { type ClusterNode, startCluster } from "./cluster/cluster.ts";
import { debianServers } from "./cluster/debian.ts";

const debian = debianServers();
const skip = "missing" in debian ? `SKIPPED: shards and replicas are not tested: ${debian.missing}` : false;
if (skip !== false) console.error(skip);
const nodes = "root" in debian ? await startCluster(debian.root) : undefined;
const [a, b] = (nodes ?? []) as [ClusterNode, ClusterNode];

const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"];

function put(db: string, first: number, last: number): void {
  const made = (symbol: string): Trade[] => span(first, last).map((id) => trade(id, { symbol }));
  const writer = openWriter(db, { venue: BINANCE, symbols: SYMBOLS });
  writer.append(batchOf(SYMBOLS.flatMap(made), SYMBOLS), T0, { takesOlder: true });
  writer.close();
}

async function relayOf(t: TestContext, db: string, to: string, cluster?: string): Promise<Relay> {
  const user = { user: "default", password: "" };
  const nowUs = (): number => Date.now() * 1000;
  const relay = await openRelay({ db, to, user, nowUs, ...(cluster !== undefined && { cluster }) });
  t.after(() => relay.close());
  return relay;
}

function shelf(t: TestContext, url: string): TradeStore {
  const store = openStore(url);
  t.after(() => store.close());
  return store;
}

const seriesOf = (store: TradeStore, symbol: string) => store.series().find((one) => one.symbol === symbol)!;

/** Every trade of the database is there once, with all that is known of it, whichever node is asked. */
async function assertSame(t: TestContext, db: string, name: string): Promise<void> {
  const book = openHistory(db);
  t.after(() => book.close());
  for (const node of [a, b]) {
    const store = shelf(t, node.url(name));
    for (const symbol of SYMBOLS) {
      const [here, there] = [seriesOf(book, symbol), seriesOf(store, symbol)];
      // a copy of the ledger that has just come back may be behind
      await until(() => store.newest(there)?.id === book.newest(here)?.id);
      assert.deepEqual(store.exact(there, 0, 1e9, 1e9), book.exact(here, 0, 1e9, 1e9));
      assert.deepEqual(store.trades(there), book.trades(here));
    }
  }
}

/** Rows that a node itself holds; for its copy of a sharded table, `trades_local`. */
function held(node: ClusterNode, name: string, symbol: string, table = "trades_local"): number {
  const sql = `SELECT toFloat64(count()) AS n FROM ${table} FINAL WHERE symbol = '${symbol}' FORMAT Native`;
  return node.ask(sql, name).columns.n![0] as number;
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!(await what())) {
    assert.ok(performance.now() < endMs, "it does not come");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Passes until one succeeds. */
async function passed(relay: Relay): Promise<void> {
  await until(async () => {
    try {
      await relay.pass();
      return true;
    } catch {
      return false;
    }
  });
}

/** The symbols of a shard, by where their trades are. */
const symbolsOf = (node: ClusterNode, name: string): string[] =>
  SYMBOLS.filter((symbol) => held(node, name, symbol) > 0);

test("a desk on two shards: each symbol's trades on one of them, what speaks of them on both, either node reads all", {
  skip,
}, async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, 1, 500);
  await assert.rejects(
    relayOf(t, db, a.url("shards"), "other"),
    /--cluster: needs a cluster that the server knows \("copies", "shards"\); got "other"/,
  );
  const relay = await relayOf(t, db, a.url("shards"), "shards");
  await relay.pass();
  assert.ok(await relay.confirm());
  await assertSame(t, db, "shards");
  const [onA, onB] = [symbolsOf(a, "shards"), symbolsOf(b, "shards")];
  assert.ok(onA.length > 0 && onB.length > 0, `${onA} ${onB}`);
  assert.deepEqual([...onA, ...onB].sort(), SYMBOLS, "each on one");
  for (const node of [a, b])
    for (const symbol of SYMBOLS) assert.equal(held(node, "shards", symbol, "blocks"), 1);
  const audited = await relay.audit();
  assert.deepEqual([audited.blocks, audited.differing], [4, 0]);
});

test("a shard that is killed is said to be away, never taken for a hole; the relay goes on when it is back", {
  skip,
}, async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, 1, 300);
  const relay = await relayOf(t, db, a.url("killed"), "shards");
  await relay.pass();
  assert.ok(await relay.confirm());
  const lost = symbolsOf(b, "killed")[0]!;
  const kept = symbolsOf(a, "killed")[0]!;
  await b.kill();
  const store = shelf(t, a.url("killed"));
  assert.throws(
    () => store.trades(seriesOf(store, lost)),
    /needs all shards of the cluster; one is away: .*\(279\)\. This is no hole/,
  );
  // an operator lets the server answer without it: half of the data, and no error
  await a.faults({ skipShards: true });
  const half = shelf(t, a.url("killed"));
  assert.deepEqual(half.holes(seriesOf(half, lost), 1, 300), []);
  assert.throws(
    () => half.trades(seriesOf(half, lost)),
    /needs 300 trades from id 1 to 300, which the desk's ledger lists; the server shows 0 of them now\. This is no hole: .*a shard is away/,
  );
  assert.throws(() => half.checkThere(seriesOf(half, lost), 1, 301), /needs 300 trades/);
  assert.equal(half.trades(seriesOf(half, kept)).length, 300);
  await a.faults({ skipShards: false });
  put(db, 301, 400);
  await assert.rejects(relay.pass(), /needs all shards of the cluster; one is away/);
  assert.deepEqual(shelf(t, a.url("killed")).holes(seriesOf(store, kept), 1, 400), []);
  await b.start();
  await passed(relay);
  assert.ok(await relay.confirm());
  await assertSame(t, db, "killed");
  assert.equal((await relay.audit()).differing, 0);
});

test("an insert that is answered before it is on its shard is refused, and found out where it was not foreseen", {
  skip,
}, async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, 1, 200);
  const relay = await relayOf(t, db, a.url("early"), "shards");
  await relay.pass();
  const away = symbolsOf(b, "early")[0]!;
  t.after(() => a.faults({ background: false }));
  await a.faults({ background: true });
  const other = join(tempFolder(t), "y.db");
  put(other, 1, 2);
  await assert.rejects(
    relayOf(t, other, a.url("early")),
    /needs inserts that are answered once they are there; it keeps distributed_foreground_insert from being 1/,
  );
  // a proxy that drops settings has come in between while the relay ran
  await b.kill();
  put(db, 201, 300);
  await relay.pass();
  await a.faults({ skipShards: true });
  const store = shelf(t, a.url("early"));
  assert.throws(() => store.trades(seriesOf(store, away), { fromId: 201 }), /the server shows 0 of them now/);
  assert.equal(await relay.confirm(), false, "what is not there is not taken for it");
  await a.faults({ skipShards: false, background: false });
  await b.start();
  await until(() => held(b, "early", away) === 300);
  await until(() => relay.confirm().catch(() => false));
  await assertSame(t, db, "early");
});

test("a copy that is behind in its trades is said to be behind, whatever its ledger has", {
  skip,
}, async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, 1, 200);
  const relay = await relayOf(t, db, a.url("behind"), "copies");
  await relay.pass();
  await until(() => held(b, "behind", "ETHUSDT") === 200);
  b.ask("SYSTEM STOP FETCHES behind.trades_local");
  put(db, 201, 400);
  await relay.pass();
  const store = shelf(t, b.url("behind"));
  const series = seriesOf(store, "ETHUSDT");
  await until(() => held(b, "behind", "ETHUSDT", "blocks") === 1 && store.newest(series)?.id === 400);
  assert.equal(held(b, "behind", "ETHUSDT"), 200);
  assert.throws(
    () => store.trades(series, { fromId: 150 }),
    /needs 251 trades from id 150 to 400, which the desk's ledger lists; the server shows 51 of them now\. This is no hole: a copy of the server is behind/,
  );
  assert.deepEqual(store.holes(series, 1, 400), []);
  assert.equal(store.trades(series, { toId: 201 }).length, 200);
  b.ask("SYSTEM START FETCHES behind.trades_local");
  await until(() => held(b, "behind", "ETHUSDT") === 400);
  await assertSame(t, db, "behind");
});

test("a quorum that times out is told, the relay sends again, and nothing is there twice", {
  skip,
}, async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, 1, 200);
  const relay = await relayOf(t, db, a.url("quorum"), "copies");
  t.after(() => a.faults({ quorum: 0, quorumMs: 0 }));
  await a.faults({ quorum: 2, quorumMs: 1000 });
  await relay.pass();
  assert.ok(await relay.confirm());
  b.ask("SYSTEM STOP FETCHES quorum.trades_local");
  put(db, 201, 300);
  for (let again = 0; again < 3; again++)
    await assert.rejects(
      relay.pass(),
      /needs most copies of a table to take it; the server says .*\((285|286|319)\)/,
    );
  const store = shelf(t, b.url("quorum"));
  const series = seriesOf(store, "BTCUSDT");
  assert.equal(store.trades(series).length, 200, "the ledger speaks of nothing that is not sure");
  assert.deepEqual(store.holes(series, 1, 300), []);
  b.ask("SYSTEM START FETCHES quorum.trades_local");
  await passed(relay);
  assert.ok(await relay.confirm());
  await until(() => held(b, "quorum", "BTCUSDT") === 300);
  await assertSame(t, db, "quorum");
  assert.equal((await relay.audit()).differing, 0);
  // one of two copies is killed: that is no quorum
  await b.kill();
  put(db, 301, 350);
  await assert.rejects(
    relay.pass(),
    /needs most copies of a table to take it; the server says .*\((285|286|319)\)/,
  );
  await b.start();
  await passed(relay);
  assert.ok(await relay.confirm());
  await until(() => held(b, "quorum", "BTCUSDT") === 350);
  await assertSame(t, db, "quorum");
});

test("--cluster is refused where the desk is there already on one node", { skip }, async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, 1, 10);
  const relay = await relayOf(t, db, a.url("alone"));
  await relay.pass();
  relay.close();
  await assert.rejects(
    relayOf(t, db, a.url("alone"), "copies"),
    /needs a desk that was made for a cluster; this one is there already, on one node \(ReplacingMergeTree\)/,
  );
});
