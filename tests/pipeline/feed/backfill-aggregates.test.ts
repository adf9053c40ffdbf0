import assert from "node:assert/strict";
import { test } from "node:test";
import { aggregateRow, type History, history, mergedTrade, reply } from "../../support/history.ts";
import { idsFrom, type RepairBench, repairBench } from "../../support/repair-bench.ts";

const HISTORY = "historicalTrades";

/** An exchange of one host that serves no single trades, and a stream of trades that its aggregates merge in pairs. */
function marketData(t: Parameters<typeof repairBench>[0], from: number, to: number): [History, RepairBench] {
  const past = history(from, to);
  past.closed.set(`a ${HISTORY}`, 404);
  return [past, repairBench(t, past, { tradeOf: mergedTrade })];
}

function aggregates(bench: RepairBench): string[] {
  return bench
    .rows("SELECT agg_id, first_id, last_id, qty FROM v_agg_trades ORDER BY agg_id")
    .map(([agg, first, last, qty]) => `${agg}: ${first}-${last} ${qty}`);
}

test("where single trades are not served, aggregates fill a hole: the neighbours' included, cut at the edges", async (t) => {
  const [past, bench] = marketData(t, 0, 3000);
  bench.live("BTCUSDT", 2900, 2902, 2903, 2908);
  await bench.pass(1500);
  assert.deepEqual(past.asked, [
    "a trades BTCUSDT 2900 9",
    "a aggTrades BTCUSDT newest 1000",
    "a aggTrades BTCUSDT newest 1000",
  ]);
  // 2901 shares its aggregate with 2900, which is held: what is left of the quantity is its own
  assert.deepEqual(aggregates(bench), [
    "1450: 2901-2901 0.02000000",
    "1452: 2904-2905 0.04000000",
    "1453: 2906-2907 0.04000000",
  ]);
  assert.deepEqual(bench.holes(), ["2901-2901 gap aggregated 1", "2904-2907 gap aggregated 1"]);
  assert.deepEqual(bench.ids(), [2900, 2902, 2903, 2908]);
  const { openHoles, missing } = bench.backfill.status();
  assert.deepEqual([openHoles, missing], [0, 0]);
});

test("the place of a hole far back is found by halving, and then each page goes on where the last one ended", async (t) => {
  const [past, bench] = marketData(t, 0, 400_000);
  bench.live("BTCUSDT", 50_000, 55_002);
  await bench.pass(2000);
  const pages = past.asked.slice(1).map((line) => line.split(" ")[3]);
  // an aggregate holds one trade at least: trade 50,000 is no further from the newest page than so many aggregates
  assert.deepEqual(pages, ["newest", "0", "99500", "49750", "24875", "25874", "26873"]);
  assert.equal(aggregates(bench).length, 2501);
  assert.match(bench.holes()[0]!, /^50001-55001 gap aggregated/);
});

// row 63
test("struck-out aggregates (p 0, f −1, l −1) are skipped, their neighbours kept", async (t) => {
  const [past, bench] = marketData(t, 0, 3000);
  const struck = { ...aggregateRow("BTCUSDT", 0), p: "0.00000000", q: "0.00000000", f: -1, l: -1 };
  past.script.push((_, rows) => {
    const all = rows().map((row) => ((row.a as number) >= 1452 ? { ...row, a: (row.a as number) + 1 } : row));
    return reply(200, [...all, { ...struck, a: 1452 }]);
  });
  bench.live("BTCUSDT", 2902, 2903, 2908);
  await bench.pass(2000);
  assert.deepEqual(aggregates(bench), ["1453: 2904-2905 0.04000000", "1454: 2906-2907 0.04000000"]);
  assert.deepEqual(bench.holes(), ["2904-2907 gap aggregated 1"]);
});

test("aggregates that do not follow each other are kept up to the break, and the rest asked again", async (t) => {
  const [past, bench] = marketData(t, 0, 3000);
  past.script.push((_, rows) =>
    reply(
      200,
      rows().filter(({ a }) => a !== 1454),
    ),
  );
  bench.live("BTCUSDT", 2902, 2903, 2920);
  await bench.pass(2000);
  assert.deepEqual(past.asked.slice(1), ["a aggTrades BTCUSDT newest 1000", "a aggTrades BTCUSDT 1453 1000"]);
  assert.equal(aggregates(bench).length, 8);
  assert.deepEqual(bench.holes(), ["2904-2919 gap aggregated 2"]);
});

// row 57
test("another symbol's aggregates are caught by the trade before the hole", async (t) => {
  const [past, bench] = marketData(t, 0, 3000);
  past.script.push((_, rows) =>
    reply(
      200,
      rows().map(({ a }) => aggregateRow("ETHUSDT", a as number)),
    ),
  );
  bench.live("BTCUSDT", 2902, 2903, 2908);
  await bench.pass(1500);
  assert.deepEqual(aggregates(bench), []);
  assert.deepEqual(bench.holes(), [
    "2904-2907 gap detected 1 an answer was not used: it contradicts the stored trade 2902",
  ]);
  await bench.pass(5000);
  assert.deepEqual(bench.holes(), ["2904-2907 gap aggregated 2"]);
});

// row 51
for (const [name, spoil] of [
  ["a quantity that is no number", { q: "NaN" }],
  ["a last id before the first", { l: 7 }],
  ["an id with a fraction", { f: 2902.5 }],
  ["no side", { m: undefined }],
] as const) {
  test(`a page of aggregates with ${name} is not used`, async (t) => {
    const [past, bench] = marketData(t, 0, 3000);
    past.script.push((_, rows) => reply(200, rows().with(970, { ...rows()[970], ...spoil })));
    bench.live("BTCUSDT", 2902, 2903, 2908);
    await bench.pass(1500);
    assert.deepEqual(aggregates(bench), []);
    assert.match(bench.holes()[0]!, /^2904-2907 gap detected 1 an answer was not used: /);
  });
}

// row 53
test("aggregates that are not there yet are asked for again", async (t) => {
  const [past, bench] = marketData(t, 0, 2903);
  bench.live("BTCUSDT", 2902, 2903, 2908);
  await bench.pass(1500);
  assert.match(bench.holes()[0]!, /^2904-2907 gap detected 1 not served/);
  past.to = 3000;
  await bench.pass(2500);
  assert.deepEqual(bench.holes(), ["2904-2907 gap aggregated 2"]);
});

// row 54
test("aggregates below the floor of the history are given up with the reason, and the search for them ends", async (t) => {
  const [past, bench] = marketData(t, 6000, 9000);
  bench.live("BTCUSDT", 100, 105);
  await bench.pass(3_600_000);
  assert.ok(past.asked.length < 40, `${past.asked.length} requests`);
  assert.match(bench.holes()[0]!, /^101-104 gap unrecoverable \d+ not served: /);
  assert.deepEqual(aggregates(bench), []);
});

// row 62
test("after a restart aggregates go on behind what is stored", async (t) => {
  const [past, bench] = marketData(t, 0, 9000);
  bench.live("BTCUSDT", 2001, 8000);
  past.script.push(...Array(5).fill(() => undefined), () => new Error("ECONNRESET"));
  await bench.pass(1500);
  const stored = aggregates(bench).length;
  assert.ok(stored > 0 && stored < 2999, `${stored}`);
  bench.restart();
  await bench.pass(1000);
  assert.equal(aggregates(bench).length, 2999);
  assert.match(bench.holes()[0]!, /^2002-7999 gap aggregated/);
});

test("a restricted main host leaves the work to the market-data host, and is asked again ten minutes later", async (t) => {
  const past = history(0, 3000);
  past.closed.set(`a ${HISTORY}`, 451);
  past.closed.set(`b ${HISTORY}`, 404);
  const bench = repairBench(t, past, { hosts: ["http://a", "http://b/"], tradeOf: mergedTrade });
  bench.live("BTCUSDT", 2901, 2904);
  await bench.pass(2000);
  assert.deepEqual(past.asked, [
    "a trades BTCUSDT 2901 4",
    "b trades BTCUSDT 2901 4",
    "b aggTrades BTCUSDT newest 1000",
  ]);
  assert.deepEqual(bench.holes(), ["2902-2903 gap aggregated 1"]);
  assert.deepEqual(bench.odd, ["rest-closed", "rest-closed"]);
  await bench.pass(590_000);
  assert.equal(past.asked.length, 3);
  past.closed.clear();
  past.script.push((_, rows) =>
    reply(
      200,
      rows().map((row) => ({ ...row, ...rowOf(row.id as number) })),
    ),
  );
  await bench.pass(20_000);
  assert.deepEqual(past.asked.slice(3), ["a trades BTCUSDT 2901 4"]);
  assert.deepEqual(bench.holes(), ["2902-2903 gap filled 2"]);
  assert.deepEqual(aggregates(bench), []);
  assert.deepEqual(bench.ids(), idsFrom(2901, 2904));
});

test("HTTP 403 everywhere: nothing is asked for ten minutes, the reason is shown, the hole stays open", async (t) => {
  const past = history(0, 3000);
  for (const host of ["a", "b"]) past.closed.set(`${host} ${HISTORY}`, 403);
  const bench = repairBench(t, past, { hosts: ["http://a", "http://b"], tradeOf: mergedTrade });
  bench.live("BTCUSDT", 2901, 2904);
  await bench.pass(590_000);
  assert.equal(past.asked.length, 2);
  const { active, waitingUntilUs, reason } = bench.backfill.status();
  assert.equal(active, false);
  assert.ok(waitingUntilUs! > bench.clock.nowUs());
  assert.match(reason, /HTTP 403/);
  assert.deepEqual(bench.holes(), ["2902-2903 gap detected 0"]);
});

test("a main host that only fails is not given up for aggregates at once; after four failures the other host helps", async (t) => {
  const past = history(0, 3000);
  past.closed.set(`b ${HISTORY}`, 404);
  past.closed.set(`a ${HISTORY}`, 503);
  past.closed.set("a aggTrades", 503);
  const bench = repairBench(t, past, { hosts: ["http://a", "http://b"], tradeOf: mergedTrade });
  bench.live("BTCUSDT", 2901, 2904);
  await bench.pass(30_000);
  assert.deepEqual(past.asked, [
    ...Array(4).fill("a trades BTCUSDT 2901 4"),
    "b trades BTCUSDT 2901 4",
    "b aggTrades BTCUSDT newest 1000",
  ]);
  assert.deepEqual(bench.holes(), ["2902-2903 gap aggregated 1"]);
});

/** The fields of a single trade as the stream of these tests has them. */
function rowOf(id: number): object {
  const { price, isBuyerMaker, tradeTimeUs } = mergedTrade("BTCUSDT", id);
  return { price, isBuyerMaker, time: tradeTimeUs };
}
