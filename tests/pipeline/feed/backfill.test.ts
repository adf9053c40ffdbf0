import assert from "node:assert/strict";
import { test } from "node:test";
import { history, historyTrade, mergedTrade, reply, tradeRow } from "../../support/history.ts";
import { idsFrom, repairBench } from "../../support/repair-bench.ts";

test("a hole is asked for once, 1.5 s after it was found, with a neighbour on each side", async (t) => {
  const past = history(0, 1000);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 101, 105);
  await bench.pass(1250);
  assert.deepEqual(past.asked, []);
  assert.equal(bench.backfill.status().reason, "the missing trades may be on their way still");
  await bench.pass(500);
  assert.deepEqual(past.asked, ["a trades BTCUSDT 101 5"]);
  assert.deepEqual(bench.ids(), idsFrom(100, 105));
  assert.deepEqual(bench.holes(), ["102-104 gap filled 1"]);
  assert.deepEqual(bench.backfill.status(), {
    active: false,
    waitingUntilUs: null,
    reason: "",
    openHoles: 0,
    missing: 0,
  });
  const sources = bench.rows("SELECT source, event_time_us FROM v_trades WHERE trade_id BETWEEN 102 AND 104");
  assert.deepEqual(sources, Array(3).fill(["rest", null]));
});

test("what the stream brings late is not asked for", async (t) => {
  const past = history(0, 1000);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 105);
  await bench.pass(1000);
  bench.live("BTCUSDT", 103, 101, 102, 104);
  await bench.pass(60_000);
  assert.deepEqual(past.asked, []);
  assert.deepEqual(bench.holes(), []);
});

// row 58
test("2,500 trades are three pages, though pages end between trades of one millisecond", async (t) => {
  const past = history(0, 10_000);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 1000, 3501);
  await bench.pass(5000);
  assert.deepEqual(past.asked, [
    "a trades BTCUSDT 1000 1000",
    "a trades BTCUSDT 1999 1000",
    "a trades BTCUSDT 2998 504",
  ]);
  assert.deepEqual(bench.ids(), idsFrom(1000, 3501));
  assert.deepEqual(bench.holes(), ["1001-3500 gap filled 3"]);
});

// row 61
test("holes are filled without a live message: at the start, and long after", async (t) => {
  const past = history(0, 103);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 110);
  bench.restart();
  await bench.pass(3_600_000);
  assert.equal(bench.ids().length, 5);
  assert.match(bench.holes()[0]!, /^101-109 gap unrecoverable/);
});

// row 53
test("an empty answer is asked again, later each time, and filled when the history has caught up", async (t) => {
  const past = history(0, 101);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 101, 105);
  await bench.pass(1500);
  assert.deepEqual(past.asked, ["a trades BTCUSDT 101 5"]);
  past.script.push(() => reply(200, []));
  await bench.pass(2000);
  assert.equal(past.asked.length, 2);
  past.to = 1000;
  await bench.pass(4000);
  assert.equal(past.asked.length, 3);
  assert.deepEqual(bench.holes(), ["102-104 gap filled 3"]);
});

// row 53
test("ids that are never served are given up after ten tries over a quarter of an hour, with the reason", async (t) => {
  const past = history(0, 101);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 101, 105);
  await bench.pass(8 * 60_000);
  assert.match(bench.holes()[0]!, /^102-104 gap detected \d not served: /);
  await bench.pass(30 * 60_000);
  assert.equal(past.asked.length, 10);
  assert.deepEqual(bench.holes(), [
    "102-104 gap unrecoverable 10 not served: the exchange's history does not have these ids",
  ]);
  assert.equal(bench.backfill.status().openHoles, 0);
  bench.restart();
  await bench.pass(60_000);
  assert.equal(past.asked.length, 10);
});

// row 53
test("a history that catches up little by little is waited for, however often it has nothing new", async (t) => {
  const past = history(0, 101);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 110);
  for (; past.to < 110; past.to++) await bench.pass(60_000);
  await bench.pass(60_000);
  assert.ok(past.asked.length > 25, `${past.asked.length} requests`);
  assert.match(bench.holes()[0]!, /^101-109 gap filled/);
});

// row 54
test("a page that starts above the asked id is not misfiled: below the floor of the history a hole is given up when it is met twice", async (t) => {
  const past = history(500, 1000);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 105);
  await bench.pass(10_000);
  assert.deepEqual(past.asked, Array(2).fill("a trades BTCUSDT 100 6"));
  assert.deepEqual(bench.holes(), [
    "101-104 gap unrecoverable 2 not served: the exchange's history begins at id 500",
  ]);
  assert.deepEqual(bench.ids(), [100, 105]);
});

// row 54
test("with the floor inside a hole, what lies above it is fetched from its end", async (t) => {
  const past = history(1500, 10_000);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 1000, 3000);
  await bench.pass(10_000);
  assert.deepEqual(past.asked, [
    "a trades BTCUSDT 1000 1000",
    "a trades BTCUSDT 1000 1000",
    "a trades BTCUSDT 2001 1000",
    "a trades BTCUSDT 1500 502",
  ]);
  assert.deepEqual(bench.ids(), [1000, ...idsFrom(1500, 3000)]);
  assert.deepEqual(bench.holes(), [
    "1001-2999 gap unrecoverable 4 not served: the exchange's history begins at id 1500",
  ]);
});

// row 55
test("a page with a hole inside, or cut short, is kept as far as it goes and the rest asked again", async (t) => {
  const past = history(0, 10_000);
  const bench = repairBench(t, past);
  past.script.push(
    (_, rows) => reply(200, rows().toSpliced(5, 1)),
    (_, rows) => reply(200, rows().slice(0, 2)),
  );
  bench.live("BTCUSDT", 100, 1500);
  await bench.pass(10_000);
  assert.deepEqual(past.asked, [
    "a trades BTCUSDT 100 1000",
    // the rest, cut short, is gone on with; then comes the one that was left out
    "a trades BTCUSDT 1099 402",
    "a trades BTCUSDT 1100 401",
    "a trades BTCUSDT 104 3",
  ]);
  assert.deepEqual(bench.ids(), idsFrom(100, 1500));
  assert.deepEqual(bench.holes(), ["101-1499 gap filled 4"]);
});

// row 55
test("unsorted and repeated rows are put in order", async (t) => {
  const past = history(0, 10_000);
  const bench = repairBench(t, past);
  past.script.push((_, rows) => reply(200, [...rows(), ...rows()].reverse()));
  bench.live("BTCUSDT", 100, 150);
  await bench.pass(2000);
  assert.equal(past.asked.length, 1);
  assert.deepEqual(bench.ids(), idsFrom(100, 150));
  assert.deepEqual(bench.rows("SELECT * FROM conflicts"), []);
});

// row 56
test("rows beyond the hole are ignored, however many come", async (t) => {
  const past = history(0, 10_000);
  const bench = repairBench(t, past);
  past.script.push(() =>
    reply(
      200,
      idsFrom(101, 5000).map((id) => tradeRow("BTCUSDT", id)),
    ),
  );
  bench.live("BTCUSDT", 100, 101, 105);
  await bench.pass(5000);
  assert.deepEqual(past.asked, ["a trades BTCUSDT 101 5"]);
  assert.deepEqual(bench.ids(), idsFrom(100, 105));
});

// row 57
test("another symbol's rows are caught by the neighbour that is held, and nothing of them is stored", async (t) => {
  const past = history(0, 10_000);
  const bench = repairBench(t, past);
  past.script.push(({ fromId, limit }) =>
    reply(
      200,
      idsFrom(fromId!, fromId! + limit - 1).map((id) => tradeRow("ETHUSDT", id)),
    ),
  );
  bench.live("BTCUSDT", 100, 101, 105);
  await bench.pass(1500);
  assert.deepEqual(bench.ids(), [100, 101, 105]);
  assert.deepEqual(bench.holes(), [
    "102-104 gap detected 1 an answer was not used: it contradicts the stored trade 101",
  ]);
  await bench.pass(5000);
  assert.deepEqual(bench.holes(), ["102-104 gap filled 2"]);
  const prices = bench.rows("SELECT DISTINCT price_e8 / 100000000 FROM trades");
  assert.deepEqual(prices, [[60_000]]);
});

// row 51
for (const [name, body] of [
  ["HTML", "<!DOCTYPE html><html></html>"],
  ["cut-off JSON", '[{"id":101,"price":"1.0'],
  ["no list", "{}"],
  ["null", "null"],
  ["an entry that is no trade", "[[1]]"],
  ["a number for a price", JSON.stringify([{ ...tradeRow("BTCUSDT", 101), price: 60000 }])],
  ["a price of zero", JSON.stringify([{ ...tradeRow("BTCUSDT", 101), price: "0.00000000" }])],
  ["a missing time", JSON.stringify([{ ...tradeRow("BTCUSDT", 101), time: undefined }])],
  ["an id as text", JSON.stringify([{ ...tradeRow("BTCUSDT", 101), id: "101" }])],
  ["a list 100,000 deep", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ["a prototype", '[{"__proto__":{"id":101}}]'],
  ["ids below the asked one", JSON.stringify([7, 101, 102, 103].map((id) => tradeRow("BTCUSDT", id)))],
  [
    "one id with two contents",
    JSON.stringify([
      tradeRow("BTCUSDT", 101),
      tradeRow("BTCUSDT", 102),
      { ...tradeRow("BTCUSDT", 102), qty: "7.0" },
    ]),
  ],
] as const) {
  test(`an answer of ${name} is a failed attempt: nothing is stored, and it is asked again`, async (t) => {
    const past = history(0, 1000);
    const bench = repairBench(t, past);
    past.script.push(() => reply(200, body));
    bench.live("BTCUSDT", 100, 101, 105);
    await bench.pass(1500);
    assert.equal(past.asked.length, 1);
    assert.deepEqual(bench.ids(), [100, 101, 105]);
    await bench.pass(4000);
    assert.deepEqual(past.asked, Array(2).fill("a trades BTCUSDT 101 5"));
    assert.match(bench.holes()[0]!, /^102-104 gap filled \d$/);
  });
}

// row 50
test("errors of the exchange are tried again with growing waits and no hole is given up for them", async (t) => {
  const past = history(0, 1000);
  const bench = repairBench(t, past);
  for (let i = 0; i < 60; i++) {
    const [status, text] = [
      [500, "<html>"],
      [502, ""],
      [503, "busy"],
      [408, ""],
      [301, ""],
      [400, { code: -1007, msg: "Timeout waiting for response from backend server." }],
    ][i % 7] ?? [0, ""];
    past.script.push(() => (status === 0 ? new Error("ECONNRESET") : reply(status as number, text)));
  }
  bench.live("BTCUSDT", 100, 101, 105);
  await bench.pass(3_600_000);
  assert.deepEqual(bench.holes(), ["102-104 gap detected 0"]);
  assert.ok(past.asked.length > 12 && past.asked.length < 40, `${past.asked.length} requests`);
  assert.ok(bench.odd.every((code) => code === "rest-failed"));
  past.script.length = 0;
  await bench.pass(300_000);
  assert.deepEqual(bench.holes(), ["102-104 gap filled 1"]);
});

// row 65
test("a symbol that the exchange does not know any more ends in a reason, not in a loop", async (t) => {
  const past = history(0, 1000);
  const bench = repairBench(t, past);
  for (let i = 0; i < 99; i++)
    past.script.push(() => reply(400, { code: -1121, msg: "Invalid symbol.\u001b[2J" }));
  bench.live("BTCUSDT", 100, 101, 105);
  await bench.pass(3_600_000);
  assert.equal(past.asked.length, 10);
  assert.deepEqual(bench.holes(), ['102-104 gap unrecoverable 10 HTTP 400: "Invalid symbol.\\u001b[2J"']);
});

// row 59
test("a hole above the cap is not asked for, wherever it stands in the queue, and says where to go", async (t) => {
  const past = history(0, 100_000);
  const bench = repairBench(t, past, { mostIds: 1000 });
  bench.live("BTCUSDT", 100, 1102, 1105, 3000);
  await bench.pass(10_000);
  assert.deepEqual(past.asked, ["a trades BTCUSDT 1102 4"]);
  const left = "left to the daily archive files (npm run import)";
  assert.deepEqual(bench.holes(), [
    `101-1101 gap detected 0 ${left}`,
    "1103-1104 gap filled 1",
    `1106-2999 gap detected 0 ${left}`,
  ]);
  const { active, reason, missing } = bench.backfill.status();
  assert.deepEqual([active, reason, missing], [false, left, 1001 + 1894]);
  bench.live("BTCUSDT", 500);
  await bench.pass(10_000);
  assert.deepEqual(past.asked.slice(1), ["a trades BTCUSDT 100 1000", "a trades BTCUSDT 1099 4"]);
});

test("holes that lie close together come on one page, and a larger one behind them does not wait", async (t) => {
  const past = history(0, 10_000);
  const bench = repairBench(t, past);
  const every = Array.from({ length: 200 }, (_, i) => 100 + 2 * i);
  bench.live("BTCUSDT", ...every, 5000);
  await bench.pass(3000);
  assert.equal(past.asked[0], "a trades BTCUSDT 100 1000");
  assert.equal(past.asked.length, 5, past.asked.join("; "));
  assert.deepEqual(bench.ids(), idsFrom(100, 5000));
  assert.ok(bench.holes().every((hole) => / filled /.test(hole)));
});

// row 105
test("a held trade that REST contradicts stays, is listed once, and its neighbours' holes are filled all the same", async (t) => {
  const past = history(0, 10_000);
  const wrong = [110, 300, 400];
  const bench = repairBench(t, past, {
    tradeOf: (symbol, id) => ({
      ...historyTrade(symbol, id),
      ...(wrong.includes(id) && { price: "1.00000000" }),
    }),
  });
  // 300 has a hole on either side; 400 lies alone between two
  bench.live("BTCUSDT", 100, 102, 110, ...idsFrom(112, 295), 300, ...idsFrom(305, 397), 400, 404);
  await bench.pass(60_000);
  assert.deepEqual(bench.ids(), idsFrom(100, 404));
  const conflicts = bench.rows(
    "SELECT trade_id, count(*) FROM conflicts GROUP BY trade_id ORDER BY trade_id",
  );
  assert.deepEqual(
    conflicts,
    wrong.map((id) => [id, 1]),
  );
  const prices = bench.rows("SELECT DISTINCT price FROM v_trades WHERE trade_id IN (110, 300, 400)");
  assert.deepEqual(prices, [["1.00000000"]]);
  assert.ok(bench.holes().every((hole) => / filled /.test(hole)));
});

// row 106
test("where REST wants a key for single trades (401), merged ones fill the hole", async (t) => {
  const past = history(0, 10_000);
  past.closed.set("a historicalTrades", 401);
  const bench = repairBench(t, past, { tradeOf: mergedTrade });
  bench.live("BTCUSDT", 100, 105);
  await bench.pass(60_000);
  assert.match(bench.holes()[0]!, /^101-104 gap aggregated/);
});

// row 60
test("symbols take turns, and so do the holes of one, the newest first; a new hole does not wait for the end of a long one", async (t) => {
  const past = history(0, 100_000);
  const bench = repairBench(t, past, { symbols: ["BTCUSDT", "ETHUSDT"] });
  bench.live("BTCUSDT", 0, 5001, 8001);
  bench.live("ETHUSDT", 0, 2001);
  await bench.pass(1500);
  const first = past.asked.slice(0, 8).map((line) => line.split(" ").slice(2, 4).join(" "));
  assert.deepEqual(first, [
    "BTCUSDT 5001",
    "ETHUSDT 0",
    "BTCUSDT 0",
    "ETHUSDT 999",
    "BTCUSDT 6000",
    "ETHUSDT 1998",
    "BTCUSDT 999",
    "BTCUSDT 6999",
  ]);
  assert.deepEqual(bench.ids("ETHUSDT"), idsFrom(0, 2001));
  assert.deepEqual(bench.ids("BTCUSDT"), idsFrom(0, 8001));
});

// row 60
test("fifty symbols at once keep within a tenth of the exchange's limit in every minute", async (t) => {
  const symbols = Array.from({ length: 50 }, (_, i) => `S${i}USDT`);
  const past = history(0, 100_000);
  const times: number[] = [];
  const bench = repairBench(
    t,
    {
      ...past,
      get: (url) => {
        times.push(bench.clock.monotonicMs());
        return past.get(url);
      },
    },
    { symbols },
  );
  for (const symbol of symbols) bench.live(symbol, 10, 20);
  await bench.pass(59_000);
  assert.equal(times.length, 24);
  assert.equal(
    bench.backfill.status().reason,
    "the repair's share of the exchange's request limit is used up",
  );
  await bench.pass(180_000);
  assert.equal(times.length, 50);
  for (const start of times) {
    assert.ok(times.filter((time) => time >= start && time < start + 60_000).length <= 24);
  }
  assert.equal(new Set(past.asked).size, 50);
});

// row 48
test("HTTP 429 stops the requests for Retry-After, or for a minute without it, and says until when", async (t) => {
  for (const [headers, seconds] of [
    [{ "retry-after": "7" }, 7],
    [{}, 60],
    [{ "retry-after": "soon" }, 60],
  ] as const) {
    const past = history(0, 1000);
    const bench = repairBench(t, past);
    const msg = "Too much request weight used; current limit is 6000 request weight per 1 MINUTE.";
    past.script.push(() => reply(429, { code: -1003, msg }, headers));
    bench.live("BTCUSDT", 100, 105);
    await bench.pass(1500);
    const { active, waitingUntilUs, reason } = bench.backfill.status();
    assert.equal(active, false);
    assert.equal(waitingUntilUs, bench.clock.nowUs() + seconds * 1_000_000);
    assert.match(reason, /^HTTP 429: "Too much request weight used/);
    assert.deepEqual(bench.odd, ["rest-paused"]);
    // the stream goes on, and a new hole is no reason to ask either
    bench.live("BTCUSDT", 106, 109);
    await bench.pass(seconds * 1000 - 500);
    assert.equal(past.asked.length, 1);
    assert.deepEqual(bench.ids(), [100, 105, 106, 109]);
    await bench.pass(2500);
    assert.equal(past.asked.length, 3);
    assert.deepEqual(bench.ids(), idsFrom(100, 109));
  }
});

// row 49
test("HTTP 418 stops all requests until the ban's end: by header, by the text, and two minutes at the least", async (t) => {
  for (const [header, text, seconds] of [
    ["300", "", 300],
    [undefined, `until ${1_790_000_000_000 + 1500 + 600_000}.`, 600],
    [undefined, "", 120],
    [undefined, "until 1500000000000.", 120],
    ["999999999999", "", 3 * 86_400],
  ] as const) {
    const past = history(0, 1000);
    const bench = repairBench(t, past);
    const msg = `Way too much request weight used; IP banned ${text} Please use WebSocket Streams.`;
    past.script.push(() =>
      reply(418, { code: -1003, msg }, header === undefined ? {} : { "retry-after": header }),
    );
    bench.live("BTCUSDT", 100, 105);
    await bench.pass(1500);
    const { waitingUntilUs, reason } = bench.backfill.status();
    assert.equal(waitingUntilUs, bench.clock.nowUs() + seconds * 1_000_000);
    assert.match(reason, /^HTTP 418: "Way too much/);
    assert.ok(bench.budget.paused(bench.clock.monotonicMs()));
    await bench.pass(seconds * 1000 - 1000);
    assert.equal(past.asked.length, 1);
    await bench.pass(seconds * 10 + 1500);
    assert.equal(past.asked.length, 2);
  }
});

// row 64
test("with most of the address' limit used by other programs, requests stand back for a minute each", async (t) => {
  const past = history(0, 100_000);
  const bench = repairBench(t, past);
  past.headers = { "x-mbx-used-weight-1m": "4900" };
  bench.live("BTCUSDT", 0, 5000);
  await bench.pass(1500);
  assert.equal(past.asked.length, 1);
  assert.match(bench.backfill.status().reason, /^other programs at this address/);
  await bench.pass(55_000);
  assert.equal(past.asked.length, 1);
  await bench.pass(6_000);
  assert.equal(past.asked.length, 2);
  past.headers = { "x-mbx-used-weight-1m": "4700" };
  await bench.pass(61_000);
  assert.deepEqual(bench.ids(), idsFrom(0, 5000));
});

test("live trades go first: while many wait for the disk nothing is asked for", async (t) => {
  const past = history(0, 1000);
  const bench = repairBench(t, past);
  bench.pending = 20_001;
  bench.live("BTCUSDT", 100, 105);
  await bench.pass(60_000);
  assert.deepEqual(past.asked, []);
  assert.equal(bench.backfill.status().reason, "live trades go first");
  bench.pending = 20_000;
  await bench.pass(500);
  assert.deepEqual(bench.ids(), idsFrom(100, 105));
});

// row 62
test("after a kill in the middle it goes on at the next id that is needed", async (t) => {
  const past = history(0, 100_000);
  const bench = repairBench(t, past);
  past.script.push(
    () => undefined,
    () => undefined,
    () => new Error("ECONNRESET"),
  );
  bench.live("BTCUSDT", 0, 5000);
  await bench.pass(1500);
  assert.equal(past.asked.at(-1), "a trades BTCUSDT 1998 1000");
  assert.deepEqual(bench.holes(), ["1-4999 gap partly filled 2"]);
  bench.restart();
  await bench.pass(250);
  assert.equal(past.asked[3], "a trades BTCUSDT 1998 1000");
  assert.deepEqual(bench.ids(), idsFrom(0, 5000));
  assert.equal(new Set(past.asked).size, past.asked.length - 1);
});

test("nothing is asked for, stored or noted after stop, and no timer is left", async (t) => {
  const past = history(0, 1000);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 105);
  await bench.pass(250);
  bench.backfill.stop();
  await bench.pass(60_000);
  assert.deepEqual(past.asked, []);
  assert.equal(bench.clock.pendingTimers(), 0);
});

// row 61
test("a symbol that stays quiet after the start is looked up by itself, to the end of what there is", async (t) => {
  const past = history(0, 2600);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 101);
  bench.restart();
  bench.backfill.lookBehind("BTCUSDT", 101, 10_000);
  await bench.pass(9_750);
  assert.deepEqual(past.asked, []);
  await bench.pass(60_000);
  assert.deepEqual(past.asked, [
    "a trades BTCUSDT 101 1000",
    "a trades BTCUSDT 1100 1000",
    "a trades BTCUSDT 2099 1000",
    "a trades BTCUSDT 2600 1000",
  ]);
  assert.deepEqual(bench.ids(), idsFrom(100, 2600));
  assert.deepEqual(bench.holes(), []);
  bench.live("BTCUSDT", 2601);
  await bench.pass(60_000);
  assert.equal(past.asked.length, 4);
});

test("a live trade calls the look behind off; another symbol's rows and an older floor end it without a trace", async (t) => {
  const past = history(0, 2600);
  const bench = repairBench(t, past);
  bench.live("BTCUSDT", 100, 101);
  bench.restart();
  bench.backfill.lookBehind("BTCUSDT", 101, 10_000);
  await bench.pass(5000);
  bench.backfill.alive("BTCUSDT");
  await bench.pass(60_000);
  assert.deepEqual(past.asked, []);
  const eth = idsFrom(101, 140).map((id) => tradeRow("ETHUSDT", id));
  const later = idsFrom(500, 540).map((id) => tradeRow("BTCUSDT", id));
  for (const body of [eth, later, [], "<html>"]) {
    past.script.push(() => reply(200, body));
    bench.backfill.lookBehind("BTCUSDT", 101, 0);
    await bench.pass(500);
    bench.backfill.alive("BTCUSDT");
  }
  assert.equal(past.asked.length, 4);
  assert.deepEqual(bench.ids(), [100, 101]);
  assert.deepEqual(bench.holes(), []);
});
