import assert from "node:assert/strict";
import { test } from "node:test";
import { feedBench } from "../../support/feed-bench.ts";
import { tradeFrame } from "../../support/scripted-socket.ts";

// rows 2, 3
for (const code of [1000, 1001, 1005, 1006, 1011, 1012, 1013, 3000]) {
  test(`a close with code ${code} is a loss, and followed by another connection within two seconds`, () => {
    const { clock, sockets, last, ids, states, feed } = feedBench();
    last().server.opened();
    last().server.text(tradeFrame(1));
    last().server.ended({ code, reason: "" });
    assert.equal(states.at(-1)!.kind, "waiting");
    assert.equal(feed.status().kind, "waiting");
    clock.advance(2000);
    assert.equal(sockets.length, 2);
    last().server.opened();
    last().server.text(tradeFrame(2));
    assert.deepEqual(ids(), [1, 2]);
    assert.equal(feed.status().kind, "live");
    assert.equal(feed.status().shards[0]!.losses, 1);
  });
}

// row 4
test("a close with code 1008 waits five seconds or more", () => {
  const { last, waits } = feedBench();
  last().server.opened();
  last().server.text(tradeFrame(1));
  last().server.ended({ code: 1008, reason: '"Too many requests"' });
  assert.ok(waits()[0]! >= 5000);
});

// row 9
test("connections taken and closed at once: the wait grows to the cap with jitter", () => {
  const { clock, sockets, last, waits } = feedBench();
  for (let i = 0; i < 100; i++) {
    last().server.opened();
    last().server.ended({ code: 1006, reason: "" });
    clock.advance(waits().at(-1)!);
    assert.equal(sockets.length, i + 2);
  }
  assert.ok(waits()[0]! >= 250 && waits()[0]! <= 500);
  const late = waits().slice(10);
  assert.ok(late.every((ms) => ms >= 15_000 && ms <= 30_000));
  assert.ok(new Set(late).size > 50, "jitter");
});

// row 9
test("connections that give a trade and close at once never exceed 300 attempts in any five minutes", () => {
  const { clock, sockets, last, feed } = feedBench();
  const dialled: number[] = [];
  let seen = 0;
  for (let ms = 0; ms < 1_800_000; ms += 50) {
    clock.advance(50);
    for (; seen < sockets.length; seen++) {
      dialled.push(clock.monotonicMs());
      last().server.opened();
      last().server.text(tradeFrame(seen));
      last().server.ended({ code: 1006, reason: "" });
    }
  }
  assert.ok(dialled.length > 1000, "it goes on");
  for (const [i, atMs] of dialled.entries()) {
    const inWindow = dialled.slice(i).filter((other) => other < atMs + 300_000).length;
    assert.ok(inWindow < 300, `${inWindow}`);
  }
  assert.ok(feed.status().attemptsLeft < 20);
});

test("the budget of attempts is shared by the shards", () => {
  const symbols = Array.from({ length: 5000 }, (_, i) => `S${i}USDT`);
  const { clock, sockets } = feedBench({ symbols });
  let seen = 0;
  for (let ms = 0; ms < 299_000; ms += 500) {
    clock.advance(500);
    for (; seen < sockets.length; seen++) {
      sockets[seen]!.server.opened();
      sockets[seen]!.server.text(tradeFrame(1, "S0USDT"));
      sockets[seen]!.server.ended({ code: 1006, reason: "" });
    }
  }
  assert.equal(sockets.length, 240);
  clock.advance(310_000);
  assert.ok(sockets.length > 240 && sockets.length <= 480);
});

test("only a trade resets the wait, not an open socket or other messages", () => {
  const { clock, last, waits } = feedBench();
  for (let i = 0; i < 8; i++) {
    last().server.opened();
    last().server.text('{"result":[],"id":1}');
    last().server.ended({ code: 1006, reason: "" });
    clock.advance(waits().at(-1)!);
  }
  assert.ok(waits().at(-1)! >= 15_000);
  last().server.opened();
  last().server.text(tradeFrame(1));
  last().server.ended({ code: 1006, reason: "" });
  assert.ok(waits().at(-1)! <= 500);
});

// row 10
test("an hour without a network: attempts go on at the cap, and the first trade after it makes the feed live", () => {
  const { clock, sockets, last, feed, ids, waits } = feedBench();
  while (clock.monotonicMs() < 3_600_000) {
    last().server.ended({ code: 1006, reason: "getaddrinfo ENOTFOUND stream.binance.com" });
    assert.equal(feed.status().kind, "waiting");
    clock.advance(waits().at(-1)!);
  }
  assert.ok(sockets.length >= 3600 / 30 && sockets.length <= 3600 / 15 + 10, `${sockets.length}`);
  last().server.opened();
  last().server.text(tradeFrame(9));
  assert.deepEqual(ids(), [9]);
  assert.equal(feed.status().kind, "live");
});

// rows 10, 12
test("status says since when there is no connection, why, and when the next attempt is due", () => {
  const { clock, last, feed, run } = feedBench();
  last().server.opened();
  run(60_000, last());
  assert.deepEqual(feed.status(), {
    kind: "live",
    attemptsLeft: 239,
    quiet: [],
    shards: [
      {
        symbols: 1,
        state: "live",
        host: "ws://a",
        connectedMs: 60_000,
        silentMs: 0,
        connections: 1,
        losses: 0,
        downMs: 0,
        retryMs: 0,
        reason: "",
      },
    ],
  });
  last().server.ended({ code: 1001, reason: "" });
  clock.advance(500);
  last().server.ended({ code: 1006, reason: "", status: 429, retryAfterS: 100 });
  clock.advance(20_000);
  const [shard] = feed.status().shards;
  assert.equal(shard!.state, "waiting");
  assert.equal(shard!.losses, 1);
  assert.equal(shard!.downMs, 20_500);
  assert.ok(shard!.retryMs > 79_000 && shard!.retryMs <= 80_000);
  assert.equal(shard!.reason, "HTTP 429, too many attempts");
});

// row 11
test("a handshake that hangs is given up after 10 s and tried again", () => {
  const { clock, sockets, states } = feedBench();
  clock.advance(9_000);
  assert.equal(sockets[0]!.over, false);
  clock.advance(1_000);
  assert.equal(sockets[0]!.over, true);
  const state = states.at(-1)!;
  assert.ok(state.kind === "waiting" && state.reason === "no answer to the handshake in 10 s");
  clock.advance(500);
  assert.equal(sockets.length, 2);
});

// rows 12, 13, 14, 15
for (const [status, retryAfterS, leastMs, mostMs] of [
  [429, 7, 7_000, 7_000],
  [429, undefined, 60_000, 60_000],
  [418, 300, 300_000, 300_000],
  [418, undefined, 120_000, 120_000],
  [418, 1e15, 259_200_000, 259_200_000],
  [429, -5, 0, 500],
  [451, undefined, 600_000, 600_000],
  [403, undefined, 0, 500],
  [500, undefined, 0, 500],
  [503, 20, 20_000, 20_000],
  [301, undefined, 0, 500],
] as const) {
  test(`a handshake refused with ${status}, Retry-After ${retryAfterS ?? "absent"}, waits ${leastMs / 1000} s or more`, () => {
    const { clock, sockets, last, waits } = feedBench();
    const refusal = { code: 1006, reason: `handshake answered with HTTP ${status}`, status };
    last().server.ended({ ...refusal, ...(retryAfterS !== undefined && { retryAfterS }) });
    assert.ok(waits()[0]! >= leastMs && waits()[0]! <= mostMs);
    clock.advance(waits()[0]! - 1);
    assert.equal(sockets.length, 1);
    clock.advance(1);
    assert.equal(sockets.length, 2);
  });
}

// rows 14, 29
test("a host closed to this place is followed by the next one at once, and left alone for ten minutes", () => {
  const { clock, sockets, last, waits, states } = feedBench({ wsUrls: ["ws://a", "ws://b"] });
  last().server.opened();
  last().server.text(tradeFrame(1));
  last().server.ended({ code: 1006, reason: "" });
  clock.advance(500);
  assert.match(last().url, /^ws:\/\/a\//);
  last().server.ended({ code: 1006, reason: "", status: 451 });
  const state = states.at(-1)!;
  assert.ok(
    state.kind === "waiting" && /restricted location.*data-stream\.binance\.vision/.test(state.reason),
  );
  assert.ok(waits().at(-1)! <= 1000);
  for (let i = 0; i < 5; i++) {
    clock.advance(waits().at(-1)!);
    assert.match(last().url, /^ws:\/\/b\//);
    last().server.ended({ code: 1006, reason: "", status: 502 });
  }
  last().server.ended({ code: 1006, reason: "", status: 451 });
  clock.advance(610_000);
  assert.ok(sockets.slice(7).some(({ url }) => url.startsWith("ws://a/")));
});

test("a ban concerns every host", () => {
  const { last, waits } = feedBench({ wsUrls: ["ws://a", "ws://b"] });
  last().server.ended({ code: 1006, reason: "", status: 418, retryAfterS: 300 });
  assert.equal(waits()[0], 300_000);
});

test("a market without trades is no reason to wait longer: a connection that held for ten minutes was a good one", async () => {
  const { clock, last, waits, settle } = feedBench();
  for (let i = 0; i < 8; i++) {
    last().server.opened();
    for (let s = 0; s < 700; s += 20) {
      await settle(20_000);
      last().server.alive();
    }
    last().server.ended({ code: 1006, reason: "" });
    clock.advance(500);
  }
  assert.ok(waits().every((ms) => ms <= 500));
});

// row 5
test("a silent connection is asked after 30 s and given up 10 s later; any sign of life keeps it", () => {
  const { clock, sockets, last } = feedBench();
  last().server.opened();
  clock.advance(25_000);
  last().server.alive();
  clock.advance(29_000);
  assert.equal(last().pings, 0);
  clock.advance(1_000);
  assert.equal(last().pings, 1);
  last().server.alive();
  clock.advance(10_000);
  assert.equal(sockets.length, 1);
  clock.advance(31_000);
  assert.equal(sockets.length, 2);
  assert.equal(sockets[0]!.over, true);
});

// row 7
test("data without a single ping is life enough", () => {
  const { sockets, last, run } = feedBench();
  last().server.opened();
  run(600_000, last());
  assert.equal(sockets.length, 1);
  assert.equal(last().pings, 0);
});

// rows 8, 28
test("a wall clock that is set back, and a machine too busy for a minute, end no connection that is alive", () => {
  const { clock, sockets, last, run } = feedBench();
  last().server.opened();
  run(5_000, last());
  clock.setWall(clock.nowUs() - 3_600_000_000);
  run(20_000, last());
  assert.equal(sockets.length, 1);
  clock.stall(70_000);
  run(20_000, sockets[0]!);
  assert.equal(sockets[0]!.over, false);
});

test("a paused feed holds its socket back, also one opened meanwhile, and is not taken for dead", () => {
  const { clock, sockets, last, feed } = feedBench();
  last().server.opened();
  feed.pause();
  assert.equal(last().paused, true);
  clock.advance(300_000);
  assert.equal(sockets.length, 1);
  last().server.ended({ code: 1006, reason: "" });
  clock.advance(1000);
  assert.equal(sockets.length, 2);
  assert.equal(last().paused, false, "there is nothing to hold back before it is open");
  last().server.opened();
  assert.equal(last().paused, true);
  feed.resume();
  assert.equal(last().paused, false);
});

// rows 40, 41, 42, 43, 46
test("what is no trade gives no trade and is counted by kind", () => {
  const { last, trades, odd } = feedBench();
  const { server } = last();
  server.opened();
  for (const text of [
    "{",
    "",
    "[]",
    "null",
    "5",
    '{"u":1,"b":"1","B":"1","a":"1","A":"1"}',
    '{"e":"aggTrade"}',
    '{"e":"blockTrade","s":"BTCUSDT","t":1,"p":"1","q":"1","T":1,"m":true}',
    '{"code":3,"msg":"Invalid JSON"}',
    '{"stream":"ethusdt@trade","data":{"e":"trade","s":"BTCUSDT"}}',
    tradeFrame(1, "ETHUSDT"),
  ])
    server.text(text);
  server.binary(3);
  assert.deepEqual(trades, []);
  assert.deepEqual(
    odd.map((line) => line.split(":")[0]),
    [
      "bad-frame",
      "bad-frame",
      "other-frame",
      "other-frame",
      "other-frame",
      "other-frame",
      "other-frame",
      "other-frame",
      "error-reply",
      "bad-frame",
      "unasked-trade",
      "binary-frame",
    ],
  );
});

// row 47
test("an old trade event with order ids is a trade", () => {
  const { last, ids } = feedBench();
  last().server.opened();
  last().server.text(
    '{"e":"trade","E":1,"s":"BTCUSDT","t":5,"p":"1","q":"1","b":88,"a":50,"T":1,"m":true,"M":true}',
  );
  assert.deepEqual(ids(), [5]);
});

// row 38
test("times in milliseconds where microseconds were asked for are told once a connection", () => {
  const { last, trades, oddOf } = feedBench();
  last().server.opened();
  for (let t = 0; t < 3; t++) {
    last().server.text(
      `{"e":"trade","E":1790000000125,"s":"BTCUSDT","t":${t},"p":"1","q":"1","T":1790000000124,"m":true}`,
    );
  }
  assert.equal(trades[2]!.tradeTimeUs, 1790000000124000);
  assert.equal(oddOf("time-unit").length, 1);
});

// rows 42, 43
test("twenty bad frames without a trade between them end the connection; with one between them they don't", () => {
  const { clock, sockets, last } = feedBench();
  last().server.opened();
  for (let i = 0; i < 100; i++) {
    last().server.text(i % 15 === 14 ? tradeFrame(i) : "{");
  }
  assert.equal(last().over, false);
  for (let i = 0; i < 20; i++) i % 2 === 0 ? last().server.text('{"e":"tra') : last().server.binary(5);
  assert.equal(last().over, true);
  clock.advance(1000);
  assert.equal(sockets.length, 2);
});

// row 20
test("a trade that an abandoned socket had received is passed on, and nothing else of it", () => {
  const { clock, sockets, ids, odd, feed } = feedBench();
  const [first] = sockets;
  first!.server.opened();
  clock.advance(41_000);
  assert.equal(first!.over, true);
  clock.advance(1000);
  const said = odd.length;
  first!.server.text(tradeFrame(7));
  first!.server.text("{");
  first!.server.text('{"e":"serverShutdown","E":1}');
  assert.deepEqual(ids(), [7]);
  assert.equal(odd.length, said);
  assert.notEqual(feed.status().kind, "live");
});

test("stop ends the sockets, leaves no timer, and lets nothing through", () => {
  const { clock, sockets, last, feed, trades } = feedBench();
  last().server.opened();
  feed.stop();
  assert.equal(last().over, true);
  assert.equal(clock.pendingTimers(), 0);
  last().server.text(tradeFrame(1));
  clock.advance(100_000);
  assert.equal(sockets.length, 1);
  assert.deepEqual(trades, []);
});
