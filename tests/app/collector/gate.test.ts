import assert from "node:assert/strict";
import { test } from "node:test";
import { type Gate, type Newest, openGate } from "../../../src/app/collector/gate.ts";
import type { LogEntry } from "../../../src/app/terminal/log.ts";
import type { Trade } from "../../../src/core/trade.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";

const T0 = 1_790_000_000_000_000;

interface Bench {
  readonly gate: Gate;
  readonly clock: VirtualClock;
  readonly passed: number[];
  readonly missed: number[];
  readonly told: string[];
  /** What REST answers; undefined: nothing. */
  rest: number | undefined;
}

function bench(newest?: Newest, isOurTime = true): Bench {
  const clock = virtualClock(T0);
  const passed: number[] = [];
  const missed: number[] = [];
  const told: string[] = [];
  const made: Bench = {
    clock,
    passed,
    missed,
    told,
    rest: undefined,
    gate: openGate({
      clock,
      log: ({ event }: LogEntry) => told.push(event),
      isOurTime,
      newestId: async () => made.rest ?? Promise.reject(new Error("HTTP 418")),
      quarantine: () => {},
      pass: (_, { id }) => passed.push(id),
      missed: (_, id) => missed.push(id),
    }),
  };
  made.gate.add("BTCUSDT", newest);
  return made;
}

/** A trade that happens `atS` seconds after the begin. */
function trade(id: number, atS: number, rest: Partial<Trade> = {}): Trade {
  const us = T0 + atS * 1e6;
  return {
    symbol: "BTCUSDT",
    id,
    price: "1.00000000",
    qty: "1.00000000",
    tradeTimeUs: us,
    eventTimeUs: us,
    receivedUs: us,
    isBuyerMaker: false,
    source: "ws",
    ...rest,
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// row 103
test("an unlikely jump waits until REST has confirmed it, and is left out where REST knows of no such id", async () => {
  const one = bench({ id: 1000, timeUs: T0 });
  one.rest = 5_000_000;
  one.gate.received(trade(5_000_000, 1));
  assert.deepEqual(one.passed, []);
  await settled();
  assert.deepEqual(one.passed, [5_000_000]);

  const other = bench({ id: 1000, timeUs: T0 });
  other.rest = 1010;
  other.gate.received(trade(9e15, 1));
  await settled();
  other.gate.received(trade(1001, 2));
  assert.deepEqual([other.passed, other.gate.rejected()], [[1001], 1]);
  assert.equal(other.gate.newestId("BTCUSDT"), 1001);
});

// row 103
test("while REST is silent a stream that goes on from the jump confirms it itself; one that goes on from before does not", async () => {
  const one = bench({ id: 1000, timeUs: T0 });
  for (let i = 0; i < 10; i++) one.gate.received(trade(2_000_000 + i, i));
  assert.equal(one.passed.length, 10);

  const other = bench({ id: 1000, timeUs: T0 });
  for (let i = 1; i < 50; i++) {
    other.gate.received(trade(1000 + i, i));
    other.gate.received(trade(9e15 + i, i));
  }
  await settled();
  assert.deepEqual(
    other.passed,
    Array.from({ length: 49 }, (_, i) => 1001 + i),
  );
});

// row 104
test("ids that start anew are not stored, from the first on, and it is said; a late trade is none of them", async () => {
  const one = bench({ id: 5000, timeUs: T0 });
  one.gate.received(trade(4990, -1));
  one.gate.received(trade(5001, 1));
  assert.deepEqual(one.passed, [4990, 5001]);
  one.rest = 40;
  for (let i = 0; i < 30; i++) one.gate.received(trade(i, 100 + i));
  await settled();
  for (let i = 6000; i < 6010; i++) one.gate.received(trade(i, 200 + i));
  assert.deepEqual(one.passed, [4990, 5001]);
  assert.ok(one.told.includes("ids-anew"));
  assert.equal(one.gate.anew(0), 28 + 10);
});

// row 104
test("where REST has what comes after the newest id the sequence is the old one", async () => {
  const one = bench({ id: 5000, timeUs: T0 });
  one.rest = 5100;
  for (let i = 0; i < 3; i++) one.gate.received(trade(10 + i, 100));
  await settled();
  assert.equal(one.gate.anew(0), 0);
  assert.deepEqual(one.missed, [5000]);
  one.gate.received(trade(5001, 101));
  assert.deepEqual(one.passed, [5001]);
});

// row 39
for (const [what, us] of [
  ["1970", 0],
  ["before there were exchanges", 1_400_000_000_000_000],
  ["two days ahead", T0 + 2 * 86_400e6],
  ["a year before it was published", T0 - 365 * 86_400e6],
] as const) {
  test(`a trade of ${what} waits aside, and what follows the newest is asked for`, () => {
    const one = bench({ id: 10, timeUs: T0 });
    one.gate.received(trade(11, 0, { tradeTimeUs: us, eventTimeUs: T0 }));
    assert.deepEqual([one.passed, one.missed, one.gate.rejected()], [[], [10], 1]);
  });
}

// row 122
test("a clock of ours that is days behind is told once, and holds up no more than ten trades; a single trade of the future still waits", () => {
  const one = bench();
  const ours = (id: number, behindDays: number): Trade =>
    trade(id, id, { receivedUs: T0 + id * 1e6 - behindDays * 86_400e6 });
  for (let id = 1; id <= 30; id++) one.gate.received(ours(id, 2));
  assert.deepEqual(
    one.passed,
    Array.from({ length: 21 }, (_, i) => i + 10),
  );
  assert.deepEqual(
    one.told.filter((event) => event === "clock"),
    ["clock"],
  );
  // years ahead of the others, and of the clock that is behind
  const us = T0 + 400 * 86_400e6;
  one.gate.received({ ...ours(31, 2), tradeTimeUs: us, eventTimeUs: us });
  assert.equal(one.passed.length, 21);
  // set right
  one.gate.received(ours(32, 0));
  assert.equal(one.passed.at(-1), 32);
  for (let id = 33; id < 60; id += 2) {
    one.gate.received(ours(id, 0));
    one.gate.received(ours(id + 1, 2));
  }
  assert.ok(
    one.passed.slice(22).every((id) => id % 2 === 1),
    "trades of the future that are mixed with others wait",
  );
});

// row 39
test("a market at another pace, or a tape, may be days ahead of our clock; a time before there were exchanges waits there as well", () => {
  const one = bench(undefined, false);
  for (let id = 1; id <= 5; id++) one.gate.received(trade(id, id * 86_400, { receivedUs: T0 }));
  one.gate.received(trade(6, 0, { tradeTimeUs: 0 }));
  assert.deepEqual(one.passed, [1, 2, 3, 4, 5]);
  assert.deepEqual(one.told, ["odd-time"]);
});

// row 39
test("a trade whose time is not the one of its publication waits, however many there are", () => {
  const one = bench();
  for (let id = 1; id <= 30; id++) one.gate.received(trade(id, id, { tradeTimeUs: T0 + 2 * 86_400e6 }));
  assert.deepEqual(one.passed, []);
});
