import assert from "node:assert/strict";
import { test } from "node:test";
import { uncollected } from "../../src/app/pair/holes.ts";
import { makeBars } from "../../src/core/bars.ts";
import type { Series, TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { walkBars } from "../support/bars.ts";

const SERIES = { symbol: "BTCUSDT" } as Series;
const SECOND = 1_000_000;

/** Bars of a second, ten ids each, but for the seconds and ids that are left out. */
function spansOf(holes: readonly { first: number; last: number }[], seconds: readonly number[]) {
  const like = walkBars(seconds.length);
  const columns: Record<string, readonly number[]> = {
    startUs: seconds.map((at) => at * SECOND),
    endUs: seconds.map((at) => (at + 1) * SECOND),
    firstId: seconds.map((at) => at * 10),
    lastId: seconds.map((at) => at * 10 + 9),
  };
  const bars = makeBars(like, seconds.length, (name) =>
    Float64Array.from(columns[name] ?? seconds.map(() => 1)),
  );
  const store = { holes: () => holes } as unknown as TradeStore;
  return uncollected(store, SERIES, bars).map(({ fromUs, toUs }) => [fromUs / SECOND, toUs / SECOND]);
}

test("a hole is the time between the bars around it", () => {
  assert.deepEqual(spansOf([{ first: 30, last: 69 }], [1, 2, 7, 8]), [[3, 7]]);
});

test("a hole within a bar, or between two that touch, is those bars in full", () => {
  assert.deepEqual(spansOf([{ first: 23, last: 25 }], [1, 2, 3]), [[2, 3]]);
  assert.deepEqual(spansOf([{ first: 28, last: 31 }], [1, 2, 3]), [[2, 4]]);
});

test("a market that rested is no hole, and one that reaches beyond the bars is not in view", () => {
  assert.deepEqual(spansOf([], [1, 2, 7]), []);
  assert.deepEqual(
    spansOf(
      [
        { first: 1, last: 12 },
        { first: 75, last: 90 },
      ],
      [1, 2, 7],
    ),
    [],
  );
});
