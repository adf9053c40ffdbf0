import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import type { MarketSource } from "../../../src/pipeline/exchange/source.ts";
import { timeline, venueOf } from "../../../src/pipeline/exchange/timeline.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

const START = 1_790_000_000_000_000;
const market = simulatedMarket(7);
const tape: MarketSource = {
  ...market,
  name: "replay-x",
  kind: "replayed",
  detail: "x",
  startUs: 5e15,
  endUs: 6e15,
};

test("a simulated market at speed 1 has the wall clock's time, also when that is set", () => {
  const clock = virtualClock(START);
  const time = timeline(market, 1, clock);
  clock.advance(1500);
  assert.equal(time.nowUs(), START + 1_500_000);
  clock.setWall(START);
  assert.equal(time.nowUs(), START);
});

test("at another speed it leaves the wall clock behind from the start", () => {
  const clock = virtualClock(START);
  const time = timeline(market, 10, clock);
  clock.advance(1500);
  assert.equal(time.nowUs(), START + 15_000_000);
});

test("a tape stands before its first trade until it is started", () => {
  const clock = virtualClock(START);
  const time = timeline(tape, 2, clock);
  clock.advance(1500);
  assert.deepEqual([time.started(), time.nowUs()], [false, 5e15 - 1]);
  time.start();
  clock.advance(1500);
  assert.deepEqual([time.started(), time.nowUs()], [true, 5e15 - 1 + 3_000_000]);
});

test("at full speed time is what has been sent, and goes on by the clock after the end", () => {
  const clock = virtualClock(START);
  const time = timeline(tape, "max", clock);
  time.start();
  clock.advance(1500);
  assert.equal(time.nowUs(), 5e15 - 1);
  time.advance(6e15);
  clock.advance(1500);
  assert.equal(time.nowUs(), 6e15 + 1_500_000);
});

test("a seed is always the same venue at speed 1; other speeds and tapes are a venue of their own at each start", () => {
  assert.deepEqual(venueOf(market, 1, START), { name: "sim-seed7", kind: "simulated", detail: "seed 7" });
  assert.deepEqual(venueOf(market, 2.5, START), {
    name: "sim-seed7-x2-5-1790000000000",
    kind: "simulated",
    detail: "seed 7 at x2.5 from 2026-09-21T14:13:20Z",
    clock: "own",
  });
  assert.deepEqual(venueOf(tape, 5, START), {
    name: "replay-x-1790000000000",
    kind: "replayed",
    detail: "x at x5",
  });
  assert.match(venueOf(tape, "max", START).detail, /^x at full speed$/);
});
