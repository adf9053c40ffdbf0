import assert from "node:assert/strict";
import { test } from "node:test";
import { type FeedBench, feedBench } from "../../support/feed-bench.ts";
import { oblige, type ScriptedSocket, tradeFrame } from "../../support/scripted-socket.ts";

/** An exchange with newest ids of its own, and the symbols that it was asked about. */
function rest(newest: Record<string, number>) {
  const asked: string[] = [];
  return {
    asked,
    newest,
    newestId: async (symbol: string): Promise<number> => {
      asked.push(symbol);
      return newest[symbol] ?? -1;
    },
  };
}

/** Seconds of an exchange whose sockets are alive; `each` may deliver trades. */
async function seconds(bench: FeedBench, count: number, each: (s: number) => void = () => {}): Promise<void> {
  for (let s = 0; s < count; s++) {
    for (const socket of bench.alive()) {
      oblige(socket);
      socket.server.alive();
    }
    each(s);
    await bench.settle(1000);
  }
}

// row 6
test("a connection that pings and brings no trade, while REST has newer ones, is replaced within half a minute", async () => {
  const exchange = rest({});
  const bench = feedBench({ newestId: exchange.newestId });
  const { sockets, last, behind, oddOf } = bench;
  last().server.opened();
  await seconds(bench, 100, (s) => last().server.text(tradeFrame(s)));
  exchange.newest.BTCUSDT = 120;
  await seconds(bench, 30);
  assert.equal(sockets.length, 2);
  assert.deepEqual(exchange.asked, ["BTCUSDT"]);
  assert.deepEqual(behind, [["BTCUSDT", 120]]);
  assert.deepEqual(oddOf("stale"), ["BTCUSDT: the exchange has trade 120, the stream brought 99"]);
  last().server.opened();
  last().server.text(tradeFrame(130));
  await seconds(bench, 12, (s) => last().server.text(tradeFrame(131 + s)));
  assert.equal(sockets[0]!.over, true);
  assert.equal(sockets.length, 2);
});

// rows 6, 65
test("silence that the exchange shares is asked about ever more seldom, and replaces nothing", async () => {
  const exchange = rest({ BTCUSDT: 99 });
  const bench = feedBench({ newestId: exchange.newestId });
  const { sockets, last, oddOf, behind, feed } = bench;
  last().server.opened();
  await seconds(bench, 100, (s) => last().server.text(tradeFrame(s)));
  await seconds(bench, 4 * 3600);
  assert.equal(sockets.length, 1);
  assert.deepEqual(behind, []);
  assert.ok(exchange.asked.length < 35, `${exchange.asked.length}`);
  assert.equal(oddOf("quiet").length, 1);
  assert.match(oddOf("quiet")[0]!, /^BTCUSDT: no trade for \d+ s; the exchange has none either$/);
  assert.deepEqual(
    feed.status().quiet.map(({ symbol }) => symbol),
    ["BTCUSDT"],
  );
});

// row 24
test("one symbol that falls silent on a live connection, while REST has newer trades, replaces the connection", async () => {
  const exchange = rest({ ETHUSDT: 5 });
  const bench = feedBench({ symbols: ["BTCUSDT", "ETHUSDT"], newestId: exchange.newestId });
  const { sockets, last, behind } = bench;
  last().server.opened();
  await seconds(bench, 30, (s) => {
    last().server.text(tradeFrame(s));
    last().server.text(tradeFrame(s, "ETHUSDT"));
  });
  exchange.newest.ETHUSDT = 77;
  await seconds(bench, 75, (s) => last().server.text(tradeFrame(100 + s)));
  assert.equal(sockets.length, 2);
  assert.deepEqual(behind, [["ETHUSDT", 77]]);
  assert.ok(!exchange.asked.includes("BTCUSDT"));
});

// row 24
test("a symbol that never brought a trade is noticed when the exchange goes on trading it", async () => {
  const exchange = rest({ ETHUSDT: 500 });
  const bench = feedBench({ symbols: ["BTCUSDT", "ETHUSDT"], newestId: exchange.newestId });
  const { sockets, last, behind, oddOf } = bench;
  last().server.opened();
  await seconds(bench, 70, (s) => last().server.text(tradeFrame(s)));
  assert.equal(sockets.length, 1);
  assert.match(oddOf("quiet")[0]!, /^ETHUSDT: no trade yet in \d+ s; the exchange's newest is 500$/);
  exchange.newest.ETHUSDT = 501;
  await seconds(bench, 70, (s) => last().server.text(tradeFrame(100 + s)));
  assert.ok(sockets.length >= 2);
  assert.deepEqual(behind, [["ETHUSDT", 501]]);
});

test("a connection that never brings anything is noticed", async () => {
  const exchange = rest({ BTCUSDT: 1 });
  const bench = feedBench({ newestId: exchange.newestId });
  bench.last().server.opened();
  await seconds(bench, 140, (s) => {
    exchange.newest.BTCUSDT = s;
  });
  assert.ok(bench.sockets.length >= 2);
});

test("a stream that stays dead on every connection does not lead from one replacement to the next", async () => {
  const exchange = rest({ ETHUSDT: 1 });
  const bench = feedBench({ symbols: ["BTCUSDT", "ETHUSDT"], newestId: exchange.newestId });
  const { sockets, last } = bench;
  const opened = new Set<ScriptedSocket>();
  await seconds(bench, 6 * 3600, (s) => {
    if (!opened.has(last())) last().server.opened();
    opened.add(last());
    exchange.newest.ETHUSDT = s;
    last().server.text(tradeFrame(s));
  });
  assert.ok(sockets.length > 3 && sockets.length < 15, `${sockets.length}`);
});

test("a slow symbol is given twenty times its usual gap", async () => {
  const exchange = rest({ ETHUSDT: 10_000 });
  const bench = feedBench({ symbols: ["BTCUSDT", "ETHUSDT"], newestId: exchange.newestId });
  const { last } = bench;
  last().server.opened();
  await seconds(bench, 600, (s) => {
    last().server.text(tradeFrame(s));
    if (s % 30 === 0) last().server.text(tradeFrame(s, "ETHUSDT"));
  });
  await seconds(bench, 560, (s) => last().server.text(tradeFrame(1000 + s)));
  assert.deepEqual(exchange.asked, []);
  await seconds(bench, 60, (s) => last().server.text(tradeFrame(2000 + s)));
  assert.deepEqual(exchange.asked, ["ETHUSDT"]);
});

test("a trade that REST has a moment before the stream is no fault", async () => {
  const exchange = rest({ BTCUSDT: 100 });
  const bench = feedBench({ newestId: exchange.newestId });
  const { last, sockets, behind } = bench;
  last().server.opened();
  await seconds(bench, 100, (s) => last().server.text(tradeFrame(s)));
  let askedAt = Number.NaN;
  await seconds(bench, 40, (s) => {
    if (exchange.asked.length === 1 && Number.isNaN(askedAt)) askedAt = s;
    if (s === askedAt + 2) last().server.text(tradeFrame(100));
  });
  assert.equal(exchange.asked.length, 1);
  assert.equal(sockets.length, 1);
  assert.deepEqual(behind, []);
});

test("where REST cannot be asked, a connection without any trade is replaced, ever more seldom", async () => {
  const bench = feedBench({
    newestId: () => Promise.reject(new Error("ECONNREFUSED")),
  });
  const { last, sockets, oddOf } = bench;
  const opened = new Set<ScriptedSocket>();
  last().server.opened();
  opened.add(last());
  await seconds(bench, 60, (s) => last().server.text(tradeFrame(s)));
  await seconds(bench, 3600, () => {
    if (!opened.has(last())) last().server.opened();
    opened.add(last());
  });
  assert.ok(sockets.length > 2 && sockets.length < 15, `${sockets.length}`);
  assert.match(oddOf("stale")[0]!, /^no trade at all for \d+ s, and REST cannot say more: ECONNREFUSED$/);
});

test("questions are one at a time and five seconds apart, also about a hundred symbols", async () => {
  const symbols = Array.from({ length: 100 }, (_, i) => `S${i}USDT`);
  const exchange = rest({});
  const bench = feedBench({ symbols: ["BTCUSDT", ...symbols], newestId: exchange.newestId });
  const { last } = bench;
  last().server.opened();
  await seconds(bench, 660, (s) => last().server.text(tradeFrame(s)));
  assert.ok(exchange.asked.length <= 121 && exchange.asked.length >= 100, `${exchange.asked.length}`);
  assert.equal(new Set(exchange.asked).size, 100);
});

test("while there is no connection, silence is nobody's fault", async () => {
  const exchange = rest({ BTCUSDT: 1_000_000 });
  const bench = feedBench({ newestId: exchange.newestId });
  const { last, clock } = bench;
  last().server.opened();
  await seconds(bench, 100, (s) => last().server.text(tradeFrame(s)));
  for (let i = 0; i < 40; i++) {
    if (!last().over) last().server.ended({ code: 1006, reason: "" });
    await bench.settle(15_000);
  }
  assert.ok(clock.monotonicMs() > 600_000);
  assert.deepEqual(exchange.asked, []);
});

test("what was traded while there was no connection is reported, and the new connection is not blamed for it", async () => {
  const exchange = rest({ ETHUSDT: 29 });
  const bench = feedBench({ symbols: ["BTCUSDT", "ETHUSDT"], newestId: exchange.newestId });
  const { last, sockets, behind } = bench;
  last().server.opened();
  await seconds(bench, 30, (s) => {
    last().server.text(tradeFrame(s));
    last().server.text(tradeFrame(s, "ETHUSDT"));
  });
  last().server.ended({ code: 1006, reason: "" });
  exchange.newest.ETHUSDT = 33;
  await bench.settle(1000);
  last().server.opened();
  await seconds(bench, 400, (s) => last().server.text(tradeFrame(100 + s)));
  assert.deepEqual(behind, [["ETHUSDT", 33]]);
  assert.equal(sockets.length, 2);
  exchange.newest.ETHUSDT = 34;
  await seconds(bench, 300, (s) => last().server.text(tradeFrame(1000 + s)));
  assert.deepEqual(behind, [
    ["ETHUSDT", 33],
    ["ETHUSDT", 34],
  ]);
  assert.ok(sockets.length > 2);
});

test("a paused feed asks nothing", async () => {
  const exchange = rest({ BTCUSDT: 1_000_000 });
  const bench = feedBench({ newestId: exchange.newestId });
  bench.last().server.opened();
  await seconds(bench, 20, (s) => bench.last().server.text(tradeFrame(s)));
  bench.feed.pause();
  await seconds(bench, 600);
  assert.deepEqual(exchange.asked, []);
  bench.feed.resume();
  await seconds(bench, 10);
  assert.deepEqual(exchange.asked, []);
});

test("an answer that comes after the feed was stopped says nothing", async () => {
  let answer = (_id: number): void => {};
  const bench = feedBench({ newestId: () => new Promise((resolve) => (answer = resolve)) });
  bench.last().server.opened();
  await seconds(bench, 20, (s) => bench.last().server.text(tradeFrame(s)));
  await seconds(bench, 30);
  const { length } = bench.odd;
  bench.feed.stop();
  answer(5000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(bench.odd.length, length);
  assert.equal(bench.clock.pendingTimers(), 0);
});
