import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import type { Trade } from "../../../src/core/trade.ts";
import { type FeedState, startFeed } from "../../../src/pipeline/feed/feed.ts";
import { scriptedSockets, tradeFrame } from "../../support/scripted-socket.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

function start(urls: readonly string[] = ["ws://a"]) {
  const clock = virtualClock();
  const wire = scriptedSockets();
  const trades: Trade[] = [];
  const states: FeedState[] = [];
  const odd: string[] = [];
  const feed = startFeed({
    clock,
    random: random(1),
    openSocket: wire.open,
    urls,
    events: {
      trade: (one) => trades.push(one),
      state: (state) => states.push(state),
      odd: (code) => odd.push(code),
    },
  });
  const waits = (): number[] => states.flatMap((state) => (state.kind === "waiting" ? [state.retryMs] : []));
  return { clock, wire, trades, states, odd, feed, waits };
}

for (const code of [1000, 1001, 1006, 1011, 1012, 1013]) {
  test(`a close with code ${code} is a loss, and followed by another connection within two seconds`, () => {
    const { clock, wire, trades } = start();
    wire.last().server.opened();
    wire.last().server.text(tradeFrame(1));
    wire.last().server.ended({ code, reason: "" });
    clock.advance(2000);
    assert.equal(wire.sockets.length, 2);
    wire.last().server.opened();
    wire.last().server.text(tradeFrame(2));
    assert.deepEqual(
      trades.map(({ id }) => id),
      [1, 2],
    );
  });
}

test("the wait grows to the cap with jitter when connections are taken and closed at once, and attempts stay few", () => {
  const { clock, wire, waits } = start();
  for (let i = 0; i < 100; i++) {
    wire.last().server.opened();
    wire.last().server.ended({ code: 1006, reason: "" });
    clock.advance(30_000);
  }
  assert.ok(waits()[0]! >= 250 && waits()[0]! <= 500);
  const late = waits().slice(10);
  assert.ok(late.every((ms) => ms >= 15_000 && ms <= 30_000));
  assert.ok(new Set(late).size > 50, "jitter");
});

test("only a trade resets the wait, not an open socket or other messages", () => {
  const { clock, wire, waits } = start();
  for (let i = 0; i < 8; i++) {
    wire.last().server.opened();
    wire.last().server.text('{"result":null,"id":1}');
    wire.last().server.ended({ code: 1006, reason: "" });
    clock.advance(30_000);
  }
  assert.ok(waits().at(-1)! >= 15_000);
  wire.last().server.opened();
  wire.last().server.text(tradeFrame(1));
  wire.last().server.ended({ code: 1006, reason: "" });
  assert.ok(waits().at(-1)! <= 500);
});

for (const [status, retryAfterS, atLeastMs] of [
  [429, 7, 7_000],
  [429, undefined, 60_000],
  [418, 300, 300_000],
  [418, undefined, 120_000],
  [451, undefined, 600_000],
  [503, undefined, 0],
] as const) {
  test(`a handshake refused with ${status}, Retry-After ${retryAfterS ?? "absent"}, waits ${atLeastMs / 1000} s or more`, () => {
    const { wire, waits } = start();
    wire
      .last()
      .server.ended({ code: 1006, reason: `HTTP ${status}`, status, ...(retryAfterS && { retryAfterS }) });
    assert.ok(waits()[0]! >= atLeastMs && waits()[0]! <= Math.max(atLeastMs, 500));
  });
}

test("a host that refuses is followed by the next one at once", () => {
  const { clock, wire, waits } = start(["ws://a", "ws://b"]);
  wire.last().server.ended({ code: 1006, reason: "", status: 451 });
  assert.ok(waits()[0]! <= 500);
  clock.advance(500);
  assert.equal(wire.last().url, "ws://b");
  wire.last().server.ended({ code: 1006, reason: "", status: 451 });
  assert.ok(waits()[1]! >= 600_000);
});

test("a silent connection is asked after 30 s and given up 10 s later; any sign of life keeps it", () => {
  const { clock, wire } = start();
  wire.last().server.opened();
  clock.advance(25_000);
  wire.last().server.alive();
  clock.advance(29_000);
  assert.equal(wire.last().pings, 0);
  clock.advance(1_500);
  assert.equal(wire.last().pings, 1);
  wire.last().server.alive();
  clock.advance(10_000);
  assert.equal(wire.sockets.length, 1);
  clock.advance(32_000);
  assert.equal(wire.sockets.length, 2);
  assert.equal(wire.sockets[0]!.over, true);
});

test("a wall clock that jumps moves no watchdog", () => {
  const { clock, wire } = start();
  wire.last().server.opened();
  clock.setWall(clock.nowUs() - 3_600_000_000);
  clock.advance(10_000);
  clock.setWall(clock.nowUs() + 86_400_000_000);
  clock.advance(10_000);
  assert.equal(wire.last().pings, 0);
  assert.equal(wire.sockets.length, 1);
});

test("a paused feed holds its socket back and is not taken for dead", () => {
  const { clock, wire, feed } = start();
  wire.last().server.opened();
  feed.pause();
  assert.equal(wire.last().paused, true);
  clock.advance(300_000);
  assert.equal(wire.sockets.length, 1);
  feed.resume();
  assert.equal(wire.last().paused, false);
});

test("what is no trade gives no trade and is counted by kind", () => {
  const { wire, trades, odd } = start();
  const { server } = wire.last();
  server.opened();
  for (const text of [
    "{",
    "[]",
    "null",
    "5",
    '{"u":1,"b":"1","B":"1","a":"1","A":"1"}',
    '{"e":"aggTrade"}',
    '{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":1}',
    '{"code":3,"msg":"Invalid JSON"}',
    '{"e":"serverShutdown","E":1}',
    '{"stream":"ethusdt@trade","data":{"e":"trade","s":"BTCUSDT"}}',
  ])
    server.text(text);
  server.binary(3);
  assert.deepEqual(trades, []);
  assert.deepEqual(odd, [
    "bad-frame",
    "other-frame",
    "other-frame",
    "other-frame",
    "other-frame",
    "other-frame",
    "error-reply",
    "error-reply",
    "server-shutdown",
    "bad-frame",
    "binary-frame",
  ]);
});

test("stop ends the socket and leaves no timer", () => {
  const { clock, wire, feed } = start();
  wire.last().server.opened();
  feed.stop();
  assert.equal(wire.last().over, true);
  assert.equal(clock.pendingTimers(), 0);
  clock.advance(100_000);
  assert.equal(wire.sockets.length, 1);
});
