import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Bounds,
  keptRows,
  lastOf,
  moved,
  needsHistory,
  panned,
  placed,
  type Span,
  withNewest,
  zoomed,
} from "../../labextension/src/chart/axis/time-window.ts";

const live: Span = { firstMs: 0, lastMs: 100_000 };
const intervalMs = 1000;
const bounds: Bounds = { live, intervalMs, oldestMs: -500_000 };

describe("the window of a reader", () => {
  it("zoomed about a time leaves that time where it is", () => {
    const { firstMs, lastMs } = zoomed(live, { aboutMs: 25_000, factor: 0.5, ...bounds });
    assert.deepEqual([firstMs, lastMs], [12_500, 62_500]);
  });

  it("holds at least five bars", () => {
    const { firstMs, lastMs } = zoomed(live, { aboutMs: 50_000, factor: 1e-9, ...bounds });
    assert.equal(lastMs - firstMs, 5000);
  });

  it("never goes beyond now, and follows there", () => {
    const window = panned({ firstMs: 40_000, lastMs: 90_000 }, 30_000, bounds);
    assert.deepEqual(window, { firstMs: 50_000, lastMs: 100_000, follows: true, isWhole: false });
    assert.deepEqual(moved(window, { firstMs: 1000, lastMs: 101_000 }), {
      firstMs: 51_000,
      lastMs: 101_000,
      follows: true,
      isWhole: false,
    });
  });

  it("stays where it is in the past while time goes on", () => {
    const window = panned({ firstMs: 40_000, lastMs: 90_000 }, -30_000, bounds);
    assert.deepEqual(window, { firstMs: 10_000, lastMs: 60_000, follows: false, isWhole: false });
    assert.equal(moved(window, { firstMs: 1000, lastMs: 500_000 }), window);
  });
});

describe("where all that is stored begins", () => {
  it("no window begins earlier, however far it is dragged or zoomed out", () => {
    assert.equal(panned(live, -1e9, bounds).firstMs, -500_000);
    const { firstMs, lastMs } = zoomed(live, { aboutMs: 50_000, factor: 1000, ...bounds });
    assert.deepEqual([firstMs, lastMs], [-500_000, 100_000]);
  });

  it("all keeps its begin and follows the newest bar; a range shorter than that follows with its length", () => {
    const all = lastOf(Number.POSITIVE_INFINITY, bounds);
    assert.deepEqual(all, { firstMs: -500_000, lastMs: 100_000, follows: true, isWhole: true });
    const later: Span = { firstMs: 50_000, lastMs: 150_000 };
    assert.deepEqual([moved(all, later).firstMs, moved(all, later).lastMs], [-500_000, 150_000]);
    const hour = moved(lastOf(200_000, bounds), later);
    assert.deepEqual([hour.firstMs, hour.lastMs], [-50_000, 150_000]);
  });

  it("a window dragged to the end of the strip follows, one before it does not", () => {
    assert.equal(placed({ firstMs: 0, lastMs: 99_500 }, bounds).follows, true);
    assert.deepEqual(placed({ firstMs: 0, lastMs: 99_000 }, bounds), {
      ...{ firstMs: 0, lastMs: 99_000, follows: false, isWhole: false },
    });
  });
});

describe("long bars that end with now", () => {
  const rows = {
    t: [0, 10],
    o: [1, 2],
    h: [3, 4],
    l: [1, 2],
    c: [2, 3],
    v: [5, 6],
    s: [1, 2],
    sLow: [0, 1],
    sHigh: [2, 3],
  };

  it("move with the newest short ones", () => {
    const newest = {
      t: [9, 10, 14],
      o: [9, 2, 3],
      h: [9, 3, 7],
      l: [0, 2, 1],
      c: [9, 3, 5],
      s: [9, 4, null],
    };
    const now = withNewest({ barMs: 10, rows }, newest);
    const last = Object.fromEntries(Object.entries(now).map(([name, values]) => [name, values.at(-1)]));
    assert.deepEqual(last, { t: 10, o: 2, h: 7, l: 1, c: 5, v: 6, s: 4, sLow: 1, sHigh: 4 });
    assert.equal(now.t!.length, 2);
  });

  it("begin others when their time has come, and what is known later of the one before stays with it", () => {
    const newest = {
      t: [18, 21, 22, 31],
      ...{ o: [9, 6, 7, 7], h: [9, 8, 7, 7], l: [2, 5, 6, 7], c: [9, 7, 6.5, 7], s: [9, 4, null, null] },
    };
    const now = withNewest({ barMs: 10, rows }, newest);
    assert.deepEqual(now.t, [0, 10, 20, 30]);
    assert.deepEqual(
      [now.o, now.h, now.l],
      [
        [1, 2, 6, 7],
        [3, 9, 8, 7],
        [1, 2, 5, 7],
      ],
    );
    assert.deepEqual(
      [now.c, now.v, now.s],
      [
        [2, 9, 6.5, 7],
        [5, 6, null, null],
        [1, 9, 4, null],
      ],
    );
    assert.deepEqual(
      [now.sLow, now.sHigh],
      [
        [0, 1, 4, null],
        [2, 9, 4, null],
      ],
    );
    assert.equal(rows.t.length, 2);
  });

  it("stay as they are where the page has no row of theirs", () => {
    assert.equal(withNewest({ barMs: 10, rows }, { t: [3], c: [1] }), rows);
    assert.equal(withNewest({ barMs: 10, rows }, {}), rows);
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
