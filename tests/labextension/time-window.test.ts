import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  keptRows,
  moved,
  needsHistory,
  panned,
  type Span,
  zoomed,
} from "../../labextension/src/chart/time-window.ts";

const live: Span = { firstMs: 0, lastMs: 100_000 };
const intervalMs = 1000;

describe("the window of a reader", () => {
  it("zoomed about a time leaves that time where it is", () => {
    const { firstMs, lastMs } = zoomed(live, { aboutMs: 25_000, factor: 0.5, live, intervalMs });
    assert.deepEqual([firstMs, lastMs], [12_500, 62_500]);
  });

  it("holds at least five bars", () => {
    const { firstMs, lastMs } = zoomed(live, { aboutMs: 50_000, factor: 1e-9, live, intervalMs });
    assert.equal(lastMs - firstMs, 5000);
  });

  it("never goes beyond now, and follows there", () => {
    const window = panned({ firstMs: 40_000, lastMs: 90_000 }, 30_000, live, intervalMs);
    assert.deepEqual(window, { firstMs: 50_000, lastMs: 100_000, follows: true });
    assert.deepEqual(moved(window, { firstMs: 1000, lastMs: 101_000 }), {
      firstMs: 51_000,
      lastMs: 101_000,
      follows: true,
    });
  });

  it("stays where it is in the past while time goes on", () => {
    const window = panned({ firstMs: 40_000, lastMs: 90_000 }, -30_000, live, intervalMs);
    assert.deepEqual(window, { firstMs: 10_000, lastMs: 60_000, follows: false });
    assert.equal(moved(window, { firstMs: 1000, lastMs: 500_000 }), window);
  });
});

describe("rows in the page", () => {
  it("stay when the kernel's view moves on, up to a number", () => {
    const before = { t: [1, 2, 3], c: ["a", "b", "c"] };
    const now = { t: [3, 4], c: ["C", "d"] };
    assert.deepEqual(keptRows(before, now, 100), { t: [1, 2, 3, 4], c: ["a", "b", "C", "d"] });
    assert.deepEqual(keptRows(before, now, 3), { t: [2, 3, 4], c: ["b", "C", "d"] });
    assert.deepEqual(keptRows({}, now, 100), now);
    assert.deepEqual(keptRows({ t: [1] }, { t: [2], z: [5] }, 100), { t: [1, 2], z: [null, 5] });
  });

  it("do for what they hold at two pixels a bar", () => {
    const rows = { t: [0, 1000, 2000] };
    const size = { intervalMs, pixels: 700 };
    assert.equal(needsHistory({ firstMs: 0, lastMs: 3000 }, rows, size), false);
    assert.equal(needsHistory({ firstMs: -5000, lastMs: 3000 }, rows, size), true);
    assert.equal(needsHistory({ firstMs: 0, lastMs: 351_000 }, rows, size), true);
  });
});
