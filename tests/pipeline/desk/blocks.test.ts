import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import {
  addSums,
  BLOCK_IDS,
  type BlockRow,
  blockRange,
  cutAtEdges,
  extended,
  ODD_US,
  readTimes,
  sumsOf,
  unpublished,
} from "../../../src/pipeline/desk/ledger/blocks.ts";
import { mergedRows } from "../../../src/pipeline/desk/read/merged.ts";
import { lateIds, missingNear } from "../../../src/pipeline/desk/read/reader.ts";
import { claimedRows, heldWithin, pickRows, stretches } from "../../../src/pipeline/desk/read/trades.ts";
import { conflictsOf } from "../../../src/pipeline/desk/relay/audit.ts";
import { placeOf } from "../../../src/pipeline/desk/relay/place.ts";
import { type IdRange, idRanges } from "../../../src/pipeline/store/ledger/id-ranges.ts";
import type { StoredTrades } from "../../../src/pipeline/store/read/stored-trades.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

function tradesOf({ first, last }: IdRange): StoredTrades {
  const rows = Array.from({ length: last - first + 1 }, (_, i) =>
    trade(first + i, { qty: `${((first + i) % 9) + 1}` }),
  );
  const { symbol: _, ...stored } = batchOf(rows);
  return stored;
}

test("stretches are cut at multiples of 65,536, whoever asks, and put together they are what was cut", () => {
  assert.deepEqual(cutAtEdges({ first: 1, last: BLOCK_IDS }), [
    { block: 0, first: 1, last: BLOCK_IDS - 1 },
    { block: 1, first: BLOCK_IDS, last: BLOCK_IDS },
  ]);
  const chance = random(1);
  for (let round = 0; round < 200; round++) {
    const first = Math.floor(1e7 * chance.uniform());
    const last = first + Math.floor(3e5 * chance.uniform());
    const pieces = cutAtEdges({ first, last });
    assert.deepEqual([pieces[0]!.first, pieces.at(-1)!.last], [first, last]);
    for (const [i, piece] of pieces.entries()) {
      const edges = blockRange(piece.block);
      assert.ok(piece.first >= edges.first && piece.last <= edges.last);
      if (i > 0) assert.equal(piece.first, pieces[i - 1]!.last + 1);
    }
  }
});

test("whatever comes in whichever order, and however often it ends in between, each held id is published once", () => {
  const chance = random(2);
  for (let round = 0; round < 30; round++) {
    const held = idRanges();
    const rows = new Map<number, BlockRow>();
    const sent: number[] = [];
    let published = idRanges();
    for (let pass = 0; pass < 6; pass++) {
      for (let k = 0; k < 4; k++) {
        const first = BLOCK_IDS - 150 + Math.floor(300 * chance.uniform());
        held.hold(first, first + Math.floor(40 * chance.uniform()));
      }
      const pieces = unpublished(held.ranges, published);
      // it ends anywhere; what was not noted is asked for again from what the rows say
      for (const piece of pieces.slice(0, Math.ceil(pieces.length * chance.uniform()))) {
        const trades = tradesOf(piece);
        rows.set(piece.block, extended(rows.get(piece.block), piece, trades, readTimes(trades)));
        for (let id = piece.first; id <= piece.last; id++) sent.push(id);
      }
      published = idRanges();
      for (const { ids } of rows.values()) for (const { first, last } of ids) published.hold(first, last);
    }
    assert.equal(new Set(sent).size, sent.length);
    for (const { ids, sums, lastUs, newestReceivedUs } of rows.values()) {
      const fresh = ids.map((range) => sumsOf(tradesOf(range))).reduce((a, b) => addSums(a, b));
      assert.deepEqual(sums, fresh);
      const last = ids.at(-1)!.last;
      assert.deepEqual([lastUs, newestReceivedUs], [T0 + last * 1000, T0 + last * 1000 + 2000]);
    }
  }
});

test("sums are those of whole numbers, modulo 2^64", () => {
  const prices = [9_223_372_036_854_775_807n, 9_223_372_036_854_775_807n, 5n];
  const stored = { ...tradesOf({ first: 7, last: 9 }), priceE8: BigInt64Array.from(prices) };
  const sums = sumsOf(stored);
  assert.deepEqual([sums.rows, sums.id], [3, 24n]);
  assert.equal(
    sums.price,
    BigInt.asIntN(
      64,
      prices.reduce((a, b) => a + b),
    ),
  );
  assert.equal(sums.time, BigInt(3 * T0 + 24_000));
});

test("a time that lies a minute from the event's is read as the event's, as the store reads it", () => {
  const { symbol: _, ...stored } = batchOf([
    trade(1, { tradeTimeUs: T0, eventTimeUs: T0 + ODD_US - 1 }),
    trade(2, { tradeTimeUs: T0, eventTimeUs: T0 + ODD_US }),
    trade(3, { tradeTimeUs: T0, eventTimeUs: null }),
  ]);
  assert.deepEqual([...readTimes(stored)], [T0, T0 + ODD_US, T0]);
});

test("a place gives revisions that rise above all there were, also where the clock has gone back", () => {
  const row = {
    ...extended(
      undefined,
      { block: 0, first: 1, last: 2 },
      tradesOf({ first: 1, last: 2 }),
      new Float64Array(2),
    ),
  };
  const place = placeOf([{ ...row, venue: "v", symbol: "s", collector: "c", revision: 500 }]);
  assert.deepEqual(
    [place.nextRevision(100), place.nextRevision(100), place.nextRevision(900)],
    [501, 502, 900],
  );
  assert.deepEqual(place.published("v", "s").ranges, [{ first: 1, last: 2 }]);
  assert.deepEqual(place.published("v", "other").ranges, []);
});

test("rows are taken as far as the ledger claims them; one that it claims and that is not there leaves none", () => {
  const rows = (...ids: number[]) => ({ length: ids.length, id: Float64Array.from(ids) });
  const claimed = [
    { first: 1, last: 2 },
    { first: 5, last: 6 },
  ];
  assert.equal(claimedRows(rows(1, 2, 5, 6), claimed), "all");
  assert.equal(claimedRows(rows(1, 2, 5), claimed), undefined);
  assert.equal(claimedRows(rows(1, 2, 3, 5), claimed), undefined);
  assert.equal(claimedRows(rows(1, 2, 3, 4, 5), claimed), undefined);
  const kept = claimedRows(rows(1, 2, 3, 5, 6, 7), claimed) as Uint32Array;
  assert.deepEqual([...pickRows(rows(1, 2, 3, 5, 6, 7), kept).id], [1, 2, 5, 6]);
});

test("held ids are cut to a range and a limit, and into answers of bounded size", () => {
  const held = idRanges([
    { first: 1, last: 10 },
    { first: 20, last: 30 },
  ]);
  assert.deepEqual(heldWithin(held, 5, 25, 1e9), [
    { first: 5, last: 10 },
    { first: 20, last: 24 },
  ]);
  assert.deepEqual(heldWithin(held, 5, 25, 7), [
    { first: 5, last: 10 },
    { first: 20, last: 20 },
  ]);
  assert.deepEqual(heldWithin(held, 11, 20, 5), []);
  assert.deepEqual(stretches(heldWithin(held, 0, 100, 1e9), 8), [
    [{ first: 1, last: 8 }],
    [
      { first: 9, last: 10 },
      { first: 20, last: 25 },
    ],
    [{ first: 26, last: 30 }],
  ]);
});

test("late ids are those below the next one that stand for something now and did not before", () => {
  const before = [{ first: 1, last: 10 }];
  const now = [
    { first: 1, last: 12 },
    { first: 15, last: 40 },
  ];
  assert.deepEqual(lateIds(before, now, 11), []);
  assert.deepEqual(lateIds(before, now, 20), [
    { first: 11, last: 12 },
    { first: 15, last: 19 },
  ]);
});

test("merged trades stand where no single one is held, none of them twice, and are no holes", () => {
  const pairs = [
    [10, 11],
    [12, 14],
    [13, 15],
    [16, 16],
    [18, 18],
    [19, 20],
  ] as const;
  const same = (value: number): Float64Array => new Float64Array(pairs.length).fill(value);
  const columns = {
    first: Float64Array.from(pairs, ([first]) => first),
    last: Float64Array.from(pairs, ([, last]) => last),
    ...{ time_: same(5), price_: same(1), qty_: same(2), received_: same(7) },
    ...{ price_e8: new BigInt64Array(pairs.length), qty_e8: new BigInt64Array(pairs.length) },
    is_buyer_maker: new Uint8Array(pairs.length),
  };
  const held = idRanges([
    { first: 1, last: 10 },
    { first: 20, last: 30 },
  ]);
  const rows = mergedRows({ rows: pairs.length, columns }, held);
  const idsOf = (some: readonly { first: number; last: number }[]) =>
    some.map(({ first, last }) => [first, last]);
  assert.equal(rows.length, 3);
  assert.deepEqual(idsOf(rows.within(0, 100)), [
    [12, 14],
    [16, 16],
    [18, 18],
  ]);
  assert.deepEqual(idsOf(rows.within(13, 18)), [[16, 16]]);
  assert.deepEqual(
    [12, 13, 18, 19].map((id) => rows.indexAt(id)),
    [0, 1, 2, 3],
  );
  assert.deepEqual(idsOf(rows.ids()), [
    [12, 14],
    [16, 16],
    [18, 18],
  ]);
  assert.deepEqual(missingNear({ held, merged: () => rows }, 1, 30), [
    { first: 11, last: 11 },
    { first: 15, last: 15 },
    { first: 17, last: 17 },
    { first: 19, last: 19 },
  ]);
});

test("two doors that tell times in milliseconds and in microseconds tell no conflict; another price does", () => {
  const own = tradesOf({ first: 1, last: 3 });
  const there = {
    ...own,
    tradeTimeUs: own.tradeTimeUs.map((us) => us + 999),
    priceE8: own.priceE8.map((price, i) => (i === 1 ? price + 1n : price)),
  };
  assert.deepEqual(
    conflictsOf([own], there, 5).map(({ id, foundUs, price }) => [id, foundUs, price]),
    [[2, 5, String(own.priceE8[1])]],
  );
});
