import assert from "node:assert/strict";
import { test } from "node:test";
import { touchedBy } from "../../src/app/pair/past-bars.ts";
import type { Bars } from "../../src/core/bars.ts";

/** Blocks at 1, 2, …, of which each holds ids, or none. */
const blocks = (...ids: readonly (readonly [first: number, last: number] | undefined)[]) =>
  ids.map((held, k) => {
    const [firstId, lastId] = [held?.slice(0, 1) ?? [], held?.slice(1) ?? []];
    return [k + 1, { firstId, lastId, length: firstId.length } as unknown as Bars] as const;
  });
const late = (...ranges: readonly (readonly [number, number])[]): { first: number; last: number }[] =>
  ranges.map(([first, last]) => ({ first, last }));

test("late ids touch the blocks round the gap that they were in, whichever side of it is theirs, and those without a trade", () => {
  const all = blocks([1, 100], undefined, [201, 300], [301, 400]);
  assert.deepEqual(touchedBy(late([101, 150]), all).sort(), [1, 2, 3]);
  assert.deepEqual(touchedBy(late([150, 160]), all).sort(), [1, 2, 3]);
  assert.deepEqual(touchedBy(late([250, 260]), all).sort(), [2, 3, 4]);
  assert.deepEqual(touchedBy(late([90, 350]), all).sort(), [1, 2, 3, 4]);
  assert.deepEqual(touchedBy([], all), []);
});

test("late ids below all blocks touch the first, above all the last", () => {
  const all = blocks([11, 20], [21, 30], [31, 40]);
  assert.deepEqual(touchedBy(late([1, 5]), all), [1]);
  assert.deepEqual(touchedBy(late([50, 60]), all), [3]);
});
