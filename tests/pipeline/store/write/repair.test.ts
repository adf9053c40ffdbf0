import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import type { Trade, Venue } from "../../../../src/core/trade.ts";
import type { MergedTrade } from "../../../../src/pipeline/store/ledger/merged.ts";
import type { RepairResult } from "../../../../src/pipeline/store/write/repair.ts";
import { openWriter, type StoreWriter } from "../../../../src/pipeline/store/write/writer.ts";
import { tempFolder } from "../../../support/temp.ts";
import { batchOf, T0, trade } from "../../../support/trades.ts";

const VENUE: Venue = { name: "sim-seed7", kind: "simulated", detail: "seed 7" };
const SETTINGS = { venue: VENUE, symbols: ["BTCUSDT", "ETHUSDT"] };

interface Bench {
  readonly writer: StoreWriter;
  reopen(): void;
  /** The rest trades of BTCUSDT with these ids. */
  page(...ids: number[]): Trade[];
  fill(trades: readonly Trade[]): RepairResult;
  merge(...rows: MergedTrade[]): RepairResult;
  rows(sql: string): unknown[];
}

/** A store of BTCUSDT whose stream brought these ids; the hole repaired is its first. */
function bench(t: TestContext, ...ids: number[]): Bench {
  const file = join(tempFolder(t), "x.db");
  let writer = openWriter(file, SETTINGS);
  t.after(() => writer.close());
  writer.append(batchOf(ids.map((id) => trade(id))), T0);
  return {
    get writer() {
      return writer;
    },
    reopen: () => {
      writer.close();
      writer = openWriter(file, SETTINGS);
    },
    page: (...wanted) => wanted.map((id) => trade(id, { source: "rest", eventTimeUs: null })),
    fill: (trades) => writer.fill(0, 1, batchOf(trades), T0),
    merge: (...rows) => writer.fill(0, 1, rows, T0),
    rows: (sql) => {
      const db = new Database(file, { readonly: true });
      try {
        return db.prepare(sql).raw().all();
      } finally {
        db.close();
      }
    },
  };
}

const merged = (
  aggId: number,
  first: number,
  last: number,
  given: Partial<MergedTrade> = {},
): MergedTrade => ({
  aggId,
  first,
  last,
  price: "61837.63000000",
  qty: (0.02 * (last - first + 1)).toFixed(8),
  tradeTimeUs: T0 + first * 1000,
  receivedUs: T0,
  isBuyerMaker: true,
  ...given,
});
const HOLES = "SELECT first_id, last_id, state, tries FROM holes ORDER BY first_id";
const IDS = "SELECT trade_id FROM trades ORDER BY trade_id";
const AGGREGATES = "SELECT agg_id, first_id, last_id, trades, price, qty FROM v_agg_trades ORDER BY agg_id";

test("fill stores a page that agrees with a neighbour which is held, and counts the try", (t) => {
  const { page, fill, rows } = bench(t, 1, 2, 7);
  const result = fill(page(2, 3, 4));
  assert.ok(result.kind === "stored");
  assert.equal(result.stored, 2);
  assert.deepEqual(
    result.holes.map(({ state, tries, missing }) => [state, tries, missing]),
    [["partly filled", 1, [{ first: 5, last: 6 }]]],
  );
  assert.equal(fill(page(4, 5, 6, 7)).kind, "stored");
  assert.deepEqual(rows(HOLES), [[3, 6, "filled", 2]]);
  assert.deepEqual(rows(IDS).flat(), [1, 2, 3, 4, 5, 6, 7]);
});

// row 57
test("fill stores nothing of a page that contradicts a trade which is held, on either side", (t) => {
  const { page, fill, rows } = bench(t, 1, 2, 7);
  for (const wrong of [2, 7]) {
    const trades = page(2, 3, 4, 5, 6, 7).map((one) =>
      one.id === wrong ? { ...one, price: "2417.30000000" } : one,
    );
    assert.deepEqual(fill(trades), { kind: "conflict", id: wrong });
  }
  assert.deepEqual(fill(page(3, 4, 5)), { kind: "unanchored" });
  assert.deepEqual(rows(IDS).flat(), [1, 2, 7]);
  assert.deepEqual(rows(HOLES), [[3, 6, "detected", 0]]);
  assert.deepEqual(rows("SELECT * FROM conflicts"), []);
});

test("fill without a hole goes on behind the newest trade", (t) => {
  const { writer, page, rows } = bench(t, 1, 2);
  const result = writer.fill(0, undefined, batchOf(page(2, 3, 4)), T0);
  assert.deepEqual(result, { kind: "stored", stored: 2, holes: [] });
  assert.deepEqual(rows("SELECT first_id, last_id FROM ranges"), [[1, 4]]);
  assert.deepEqual(
    writer.newest().map((one) => one?.id),
    [4, undefined],
  );
});

test("merged trades make a hole aggregated, are no held ids, and count as many trades as they merge", (t) => {
  const { merge, rows, reopen } = bench(t, 1, 2, 9);
  const first = merge(merged(10, 2, 2), merged(11, 3, 5));
  assert.ok(first.kind === "stored");
  assert.equal(first.stored, 3);
  assert.deepEqual(
    first.holes.map(({ state, missing, uncovered }) => [state, missing, uncovered]),
    [["partly filled", [{ first: 3, last: 8 }], [{ first: 6, last: 8 }]]],
  );
  reopen();
  const second = merge(merged(11, 3, 5), merged(12, 6, 8));
  assert.ok(second.kind === "stored");
  assert.deepEqual(
    second.holes.map(({ state, tries, uncovered }) => [state, tries, uncovered]),
    [["aggregated", 2, []]],
  );
  assert.deepEqual(rows(AGGREGATES), [
    [11, 3, 5, 3, "61837.63000000", "0.06000000"],
    [12, 6, 8, 3, "61837.63000000", "0.06000000"],
  ]);
  assert.deepEqual(rows("SELECT first_id, last_id FROM ranges"), [
    [1, 2],
    [9, 9],
  ]);
  assert.deepEqual(rows("SELECT first_id, last_id FROM revisions ORDER BY revision"), [
    [3, 5],
    [6, 8],
  ]);
  assert.deepEqual(rows("SELECT count(*) FROM v_trades"), [[3]]);
});

test("a merged trade that reaches over the edge of a hole gives the rest of its quantity only", (t) => {
  const { writer, page, merge, rows } = bench(t, 1, 2, 9);
  assert.equal(merge(merged(11, 2, 5), merged(12, 6, 10), merged(13, 11, 12)).kind, "stored");
  // ids 9 and 10: one is held, one has not come yet, and nothing beyond the hole is stored
  assert.deepEqual(rows(AGGREGATES), [[11, 3, 5, 3, "61837.63000000", "0.06000000"]]);
  writer.append(batchOf(page(10)), T0);
  merge(merged(11, 2, 5), merged(12, 6, 10));
  assert.deepEqual(rows(AGGREGATES)[1], [12, 6, 8, 3, "61837.63000000", "0.06000000"]);
  assert.deepEqual(rows(HOLES), [[3, 8, "aggregated", 2]]);
});

// row 57
test("merged trades that contradict what is held, in price, side or quantity, are not stored; nor those without a neighbour", (t) => {
  const { merge, rows } = bench(t, 1, 2, 9);
  for (const given of [{ price: "2417.30000000" }, { isBuyerMaker: false }, { qty: "0.03000000" }]) {
    assert.deepEqual(merge(merged(10, 2, 2, given), merged(11, 3, 8)), { kind: "conflict", id: 2 });
  }
  assert.deepEqual(merge(merged(11, 2, 3, { qty: "0.02000000" }), merged(12, 4, 8)), {
    kind: "conflict",
    id: 2,
  });
  assert.deepEqual(merge(merged(11, 3, 8)), { kind: "unanchored" });
  assert.equal(merge(merged(10, 2, 2), merged(11, 3, 5)).kind, "stored");
  assert.deepEqual(merge(merged(11, 3, 5, { price: "1.00000000" }), merged(12, 6, 8)), {
    kind: "conflict",
    id: 3,
  });
  assert.equal(rows(AGGREGATES).length, 1);
});

test("trades that come later take the place of what was merged of them: nothing counts twice", (t) => {
  const { page, fill, merge, rows, reopen } = bench(t, 1, 2, 9);
  merge(merged(10, 2, 2), merged(11, 3, 5), merged(12, 6, 8));
  assert.deepEqual(rows(HOLES), [[3, 8, "aggregated", 1]]);
  reopen();
  fill(page(2, 3, 4));
  assert.deepEqual(rows(HOLES), [[3, 8, "partly filled", 2]]);
  assert.deepEqual(rows(AGGREGATES), [[12, 6, 8, 3, "61837.63000000", "0.06000000"]]);
  fill(page(4, 5));
  assert.deepEqual(rows(HOLES), [[3, 8, "aggregated", 3]]);
  fill(page(5, 6, 7, 8, 9));
  assert.deepEqual(rows(HOLES), [[3, 8, "filled", 4]]);
  assert.deepEqual(rows(AGGREGATES), []);
  assert.deepEqual(rows(IDS).flat(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("an aggregated hole is open still: its trades may be had one day", (t) => {
  const { writer, merge } = bench(t, 1, 2, 9);
  merge(merged(10, 2, 2), merged(11, 3, 8));
  assert.deepEqual(
    writer.openHoles().map(({ state, missing, uncovered }) => [state, missing, uncovered]),
    [["aggregated", [{ first: 3, last: 8 }], []]],
  );
});

test("a note about a hole that has gone meanwhile is no error", (t) => {
  const { writer } = bench(t, 1, 3);
  writer.append(batchOf([trade(2)]), T0);
  assert.equal(writer.noteHole(0, { holeId: 1, tries: 1, note: "no answer" }, T0), undefined);
});
