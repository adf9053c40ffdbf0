import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import { feedBench } from "../../support/feed-bench.ts";
import { type ScriptedSocket, tradeFrame } from "../../support/scripted-socket.ts";

const HOUR_MS = 3_600_000;

// row 17
test("a connection is replaced half an hour or more before it is a day old, and both are read until the new one has all", () => {
  const { clock, sockets, last, run, ids, feed, states } = feedBench();
  last().server.opened();
  run(22.4 * HOUR_MS, last());
  assert.equal(sockets.length, 1);
  for (let s = 0; sockets.length === 1 && s < 1.1 * HOUR_MS; s += 1000) run(1000, sockets[0]!);
  const [old, young] = sockets as [ScriptedSocket, ScriptedSocket];
  assert.ok(clock.monotonicMs() <= 23.5 * HOUR_MS + 2000);
  assert.equal(old.over, false);
  young.server.opened();
  old.server.text(tradeFrame(1));
  clock.advance(20_000);
  young.server.text(tradeFrame(1));
  old.server.text(tradeFrame(2));
  clock.advance(20_000);
  assert.equal(old.over, false, "2 came on the old one alone");
  young.server.text(tradeFrame(2));
  assert.equal(feed.status().shards[0]!.connections, 2);
  clock.advance(1000);
  assert.equal(old.over, true);
  assert.equal(young.over, false);
  assert.deepEqual(ids().slice(-4), [1, 1, 2, 2]);
  assert.deepEqual(
    states.map(({ kind }) => kind),
    ["connecting", "live", "replacing", "replaced"],
  );
  assert.equal(feed.status().shards[0]!.losses, 0);
});

// row 17
test("shards do not replace their connections at the same time", () => {
  const symbols = Array.from({ length: 1026 }, (_, i) => `S${i}USDT`);
  const { sockets, run, states } = feedBench({ symbols, random: random(5) });
  for (const socket of sockets) socket.server.opened();
  assert.equal(sockets.length, 2);
  const when = new Map<number, number>();
  for (let tenMinutes = 0; tenMinutes < 23.5 * 6 + 1; tenMinutes++) {
    run(600_000, ...sockets.slice(0, 2));
    for (const { kind, shard } of states) {
      if (kind === "replacing" && !when.has(shard)) when.set(shard, tenMinutes);
    }
  }
  const [a, b] = [when.get(0)!, when.get(1)!];
  assert.ok(a >= 22.5 * 6 - 1 && b >= 22.5 * 6 - 1 && a !== b, `${a} ${b}`);
});

// row 18
for (const [form, text] of [
  ["raw", '{"e":"serverShutdown","E":1790000000123,"news":{"to":"come"}}'],
  ["combined", '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1790000000123}}'],
] as const) {
  test(`serverShutdown, ${form}, opens a replacement at once, and the old connection is read until it closes`, () => {
    const { clock, sockets, last, run, idle, ids, oddOf, feed } = feedBench();
    last().server.opened();
    run(20_000, last());
    const [old] = sockets as [ScriptedSocket];
    old.server.text(text);
    clock.advance(1);
    assert.equal(sockets.length, 2);
    last().server.opened();
    old.server.text(tradeFrame(1));
    idle(50_000, ...sockets);
    assert.equal(old.over, false);
    old.server.text(tradeFrame(2));
    old.server.ended({ code: 1001, reason: "" });
    assert.deepEqual(ids().slice(-2), [1, 2]);
    clock.advance(10_000);
    assert.equal(sockets.length, 2);
    last().server.text(tradeFrame(3));
    assert.equal(feed.status().kind, "live");
    assert.equal(feed.status().shards[0]!.losses, 0);
    assert.equal(oddOf("server-shutdown").length, 1);
  });
}

test("a server that says shutdown on every connection is dialled every ten seconds and no more", () => {
  const { clock, sockets, last, alive } = feedBench();
  let answered = 0;
  for (let s = 0; s < 300; s++) {
    for (; answered < sockets.length; answered++) {
      last().server.opened();
      last().server.text(tradeFrame(answered));
      last().server.text('{"e":"serverShutdown","E":1}');
    }
    clock.advance(1000);
    assert.ok(alive().length <= 3);
  }
  assert.ok(sockets.length <= 32, `${sockets.length}`);
});

// row 19
test("two connections that overlap, one behind the other and out of order: every trade of both comes out", () => {
  const { sockets, last, run, ids } = feedBench();
  last().server.opened();
  run(20_000, last());
  sockets[0]!.server.text('{"e":"serverShutdown","E":1}');
  run(1000);
  last().server.opened();
  const [old, young] = sockets as [ScriptedSocket, ScriptedSocket];
  for (const [socket, id] of [
    [old, 1],
    [old, 2],
    [young, 2],
    [young, 3],
    [old, 3],
    [young, 5],
    [young, 4],
    [old, 4],
  ] as const)
    socket.server.text(tradeFrame(id));
  assert.deepEqual(ids().slice(-8), [1, 2, 2, 3, 3, 5, 4, 4]);
});

test("a replacement which cannot be opened is tried again, while the old connection is read", () => {
  const { clock, sockets, last, run, alive, feed, oddOf } = feedBench();
  last().server.opened();
  run(20_000, last());
  sockets[0]!.server.text('{"e":"serverShutdown","E":1}');
  for (let i = 0; i < 4; i++) {
    run(20_000, sockets[0]!);
    if (!last().over) last().server.ended({ code: 1006, reason: "connect ECONNREFUSED" });
    assert.equal(feed.status().kind, "live");
  }
  assert.ok(oddOf("replacement-failed").length >= 4);
  while (alive().length < 2) clock.advance(1000);
  last().server.opened();
  last().server.text(tradeFrame(1));
  clock.advance(11_000);
  assert.deepEqual(alive(), [last()]);
});

test("a replacement without a single trade in ten minutes, while the old one has some, is given up for another", () => {
  const { sockets, last, run, oddOf } = feedBench();
  last().server.opened();
  run(20_000, last());
  const [old] = sockets as [ScriptedSocket];
  old.server.text('{"e":"serverShutdown","E":1}');
  run(1000, old);
  const silent = last();
  silent.server.opened();
  for (let s = 0; s < 620; s += 10) {
    run(10_000, old);
    silent.server.alive();
  }
  assert.equal(silent.over, true);
  assert.equal(old.over, false);
  assert.match(oddOf("replacement-failed")[0]!, /no trade came, while its elder had some/);
  assert.ok(sockets.length >= 3);
});

test("in a market without trades the old connection goes after ten minutes", () => {
  const { clock, sockets, last, run, alive } = feedBench();
  last().server.opened();
  run(20_000, last());
  sockets[0]!.server.text('{"e":"serverShutdown","E":1}');
  clock.advance(1000);
  last().server.opened();
  const young = last();
  for (let s = 0; s < 601; s += 1) {
    clock.advance(1000);
    sockets[0]!.server.alive();
    young.server.alive();
  }
  assert.equal(sockets[0]!.over, true);
  assert.ok(alive().includes(young));
});

// row 28
for (const [what, sleep] of [
  ["monotonic clock goes on", 0],
  ["monotonic clock stands still", 1],
] as const) {
  test(`a machine that slept for an hour opens another connection at once, where its ${what}`, () => {
    const { clock, sockets, last, run, oddOf, ids } = feedBench();
    last().server.opened();
    run(20_000, last());
    if (sleep === 0) clock.stall(HOUR_MS);
    else clock.setWall(clock.nowUs() + HOUR_MS * 1000);
    clock.advance(1001);
    assert.equal(sockets.length, 2);
    assert.equal(oddOf("slept").length, 1);
    const said =
      sleep === 0
        ? /slept or was busy for (3599|3600) s$/
        : /slept or was busy for (3599|3600) s, or its clock was set forward$/;
    assert.match(oddOf("slept")[0]!, said);
    assert.equal(sockets[0]!.pings, 1);
    last().server.opened();
    // what had been received before the sleep, or a connection that lives after all
    sockets[0]!.server.text(tradeFrame(1));
    last().server.text(tradeFrame(2));
    assert.deepEqual(ids().slice(-2), [1, 2]);
    clock.advance(11_000);
    assert.equal(sockets[0]!.over, true, "no sign of life in ten seconds");
  });
}

// row 8
test("a process too busy to read for two seconds says so, and for seventy opens another connection", () => {
  const { clock, sockets, last, run, oddOf } = feedBench();
  last().server.opened();
  run(20_000, last());
  clock.stall(3_100);
  run(2000, last());
  assert.deepEqual(oddOf("lag"), ["this process was too busy to read for 2100 ms"]);
  assert.equal(sockets.length, 1);
  clock.stall(70_000);
  clock.advance(2);
  assert.equal(sockets.length, 2);
});

// row 79
test("a wall clock set forward costs a replacement, never a trade; set back it costs nothing", () => {
  const { clock, sockets, last, run, ids } = feedBench();
  last().server.opened();
  run(20_000, last());
  clock.setWall(clock.nowUs() - HOUR_MS * 1000);
  run(20_000, last());
  assert.equal(sockets.length, 1);
  clock.setWall(clock.nowUs() + 24 * HOUR_MS * 1000);
  run(1000, sockets[0]!);
  assert.equal(sockets.length, 2);
  run(20_000, sockets[0]!);
  assert.equal(sockets[0]!.over, false);
  assert.equal(ids().length, 61);
});

test("while the feed is paused nothing takes over, and what has piled up in the old connection comes out after", () => {
  const { clock, sockets, last, run, ids, feed } = feedBench();
  last().server.opened();
  run(20_000, last());
  const [old] = sockets as [ScriptedSocket];
  old.server.text('{"e":"serverShutdown","E":1}');
  clock.advance(1);
  last().server.opened();
  feed.pause();
  clock.advance(1_800_000);
  assert.equal(old.over, false);
  feed.resume();
  old.server.text(tradeFrame(1));
  last().server.text(tradeFrame(1));
  clock.advance(11_000);
  assert.equal(old.over, true);
  assert.deepEqual(ids().slice(-2), [1, 1]);
});
