import assert from "node:assert/strict";
import { test } from "node:test";
import { lengthText, pathOf, shifted } from "../../labextension/src/chart/strip/line.ts";

const span = { firstMs: 0, lastMs: 10_000 };

test("the strip's line goes from what the kernel has told on with the newest rows, the least price low and the greatest high", () => {
  const told = { t: [0, 5000], c: [1, 3] };
  const newest = { t: [4000, 5000, 10_000], c: [9, 9, 2] };
  assert.equal(pathOf([told, newest], span), "M0.0,92.0L500.0,8.0L1000.0,50.0");
  assert.equal(pathOf([{}, {}], span), "");
  assert.equal(pathOf([{ t: [0, 10_000], c: [7, null] }], span), "M0.0,92.0");
});

test("the strip's line has no more points than there is room for", () => {
  const t = Array.from({ length: 20_000 }, (_, k) => k / 2);
  assert.ok(pathOf([{ t, c: t }], span).split("L").length <= 1001);
});

test("an end of the view moves alone, and never past the other; its middle moves both", () => {
  assert.deepEqual(shifted(span, "begin", 2000, 500), { firstMs: 2000, lastMs: 10_000 });
  assert.deepEqual(shifted(span, "begin", 1e6, 500), { firstMs: 9500, lastMs: 10_000 });
  assert.deepEqual(shifted(span, "end", -1e6, 500), { firstMs: 0, lastMs: 500 });
  assert.deepEqual(shifted(span, "view", 300, 500), { firstMs: 300, lastMs: 10_300 });
});

test("a length is said as a reader says it", () => {
  const minute = 60_000;
  assert.deepEqual([minute / 4, 12 * minute, 210 * minute, 48 * 60 * minute].map(lengthText), [
    "1 min",
    "12 min",
    "3.5 h",
    "2 d",
  ]);
});
