import assert from "node:assert/strict";
import { test } from "node:test";
import { delayQuantile, delayWatch } from "../../../src/app/collector/commit-delay.ts";

test("delayQuantile weighs batches by their trades and takes them as spread evenly between first and last", () => {
  const even = { length: 1000, firstMs: 100, lastMs: 0 };
  assert.ok(Math.abs(delayQuantile([even], 0.5) - 50) < 2);
  assert.ok(Math.abs(delayQuantile([even], 0.99) - 99) < 2);
  const slow = { length: 10, firstMs: 500, lastMs: 500 };
  assert.ok(delayQuantile([even, slow], 0.5) < 55);
  assert.equal(delayQuantile([even, slow], 0.999), 500);
  assert.equal(delayQuantile([], 0.5), Number.NaN);
});

test("a delay is forgotten after a second", () => {
  const watch = delayWatch();
  watch.committed(0, { length: 1, firstMs: 7, lastMs: 7 });
  assert.deepEqual(watch.lastSecond(500), { p50: 7, p99: 7 });
  assert.deepEqual(watch.lastSecond(1001), { p50: Number.NaN, p99: Number.NaN });
});
