import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { random } from "../../../../src/core/random.ts";
import type { Trade } from "../../../../src/core/trade.ts";
import { readBars } from "../../../../src/pipeline/bars/read-bars.ts";
import { openReader } from "../../../../src/pipeline/store/read/reader.ts";
import type { Series, TradeStore } from "../../../../src/pipeline/store/trade-store.ts";
import { openWriter, type StoreWriter } from "../../../../src/pipeline/store/write/writer.ts";
import { simulated } from "../../../support/bars.ts";
import { reading, span, stored } from "../../../support/stored.ts";
import { tempFolder } from "../../../support/temp.ts";
import { batchOf, T0, trade } from "../../../support/trades.ts";

interface Stage {
  readonly writer: StoreWriter;
  readonly reader: TradeStore;
  readonly btc: Series;
  /** Stores trades by id: id n has the time T0 + n ms and the price n. */
  readonly add: (ids: readonly number[], given?: Partial<Trade>) => void;
}

function stage(t: TestContext): Stage {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, { venue: simulated, symbols: ["BTCUSDT", "ETHUSDT"] });
  const reader = openReader(file);
  t.after(() => {
    reader.close();
    writer.close();
  });
  return {
    writer,
    reader,
    btc: reader.series()[0]!,
    add: (ids, given = {}) => {
      const trades = ids.map((id) => trade(id, { price: `${id}`, ...given }));
      writer.append(batchOf(trades, ["BTCUSDT", "ETHUSDT"]), T0);
    },
  };
}

test("trades give the same rows whole, by blocks of any size, with any limit, by id and by time", (t) => {
  const { add, reader, btc } = stage(t);
  const source = random(5);
  const ids = span(1, 2000).filter(() => source.uniform() < 0.7);
  add(ids);
  for (const [from, to] of [
    [0, 3000],
    [1, 2],
    [500, 777],
    [1999, 5000],
  ] as const) {
    const expected = ids.filter((id) => id >= from && id < to);
    assert.deepEqual([...reader.trades(btc, { fromId: from, toId: to }).id], expected);
    const times = { fromUs: T0 + from * 1000, toUs: T0 + to * 1000 };
    assert.deepEqual([...reader.trades(btc, times).id], expected);
    assert.deepEqual([...reader.trades(btc, { ...times, limit: 7 }).id], expected.slice(0, 7));
    for (const rows of [1, 13, 100_000]) {
      const blocks = [...reader.blocks(btc, { fromId: from, toId: to }, rows)];
      assert.deepEqual(
        blocks.flatMap((block) => [...block.id]),
        expected,
      );
      assert.ok(blocks.every((block) => block.length > 0 && block.length <= rows));
    }
  }
  assert.equal(reader.trades(btc, { fromId: 9999 }).length, 0);
});

test("each block knows the holes that touch its rows, and all blocks together those of the range", (t) => {
  const { add, reader, btc } = stage(t);
  add([...span(5, 9), ...span(12, 14), 20, 21]);
  const holes = (rows: number): unknown[] => {
    const blocks = [...reader.blocks(btc, {}, rows)];
    return [...new Set(blocks.flatMap((block) => block.holes!.map((hole) => JSON.stringify(hole))))];
  };
  const all = [
    { first: 0, last: 4 },
    { first: 10, last: 11 },
    { first: 15, last: 19 },
  ].map((hole) => JSON.stringify(hole));
  for (const rows of [1, 2, 3, 100]) assert.deepEqual(holes(rows), all);
  assert.deepEqual(reader.holes(btc, 12, 14), [
    { first: 10, last: 11 },
    { first: 15, last: 19 },
  ]);
  assert.deepEqual(reader.holes(btc, 6, 8), []);
  assert.deepEqual(reader.holes(btc, 16, 17), [{ first: 15, last: 19 }]);
  assert.deepEqual(reader.trades(btc, { fromId: 12, toId: 14 }).holes, [{ first: 10, last: 11 }]);
});

test("ids begin at 0 or 1: a series that starts there has no hole before it", (t) => {
  const { add, reader, btc } = stage(t);
  add([1, 2]);
  assert.deepEqual(reader.trades(btc).holes, []);
});

test("changes give each new trade once, and the ids below it that came late", (t) => {
  const { add, reader, btc } = stage(t);
  add([1, 2, 3, 7, 8]);
  let cursor = reader.cursor(btc, 2);
  const step = (limit?: number): { ids: number[]; late: unknown } => {
    const { trades, late, cursor: next } = reader.changes(btc, cursor, limit);
    cursor = next;
    return { ids: [...trades.id], late };
  };
  assert.deepEqual(step(), { ids: [2, 3, 7, 8], late: [] });
  assert.deepEqual(step(), { ids: [], late: [] });
  add([9, 12]);
  add([5, 4], { source: "rest" });
  assert.deepEqual(step(), { ids: [9, 12], late: [{ first: 4, last: 5 }] });
  // a fill that is above what was read is read as new
  add([13]);
  cursor = reader.cursor(btc, 10);
  add([11], { source: "rest" });
  assert.deepEqual(step(2), { ids: [11, 12], late: [] });
  assert.deepEqual(step(), { ids: [13], late: [] });
  assert.deepEqual(step(), { ids: [], late: [] });
});

test("another symbol's late trades are not this one's", (t) => {
  const { add, reader, btc } = stage(t);
  add([1, 2]);
  add([1, 5], { symbol: "ETHUSDT" });
  const { cursor } = reader.changes(btc, reader.cursor(btc, 0));
  add([3], { symbol: "ETHUSDT", source: "rest" });
  assert.deepEqual(reader.changes(btc, cursor).late, []);
});

test("however trades arrive, what a cursor gives adds up to what is stored", (t) => {
  const { add, reader, btc } = stage(t);
  const source = random(11);
  const known = new Set<number>();
  let cursor = reader.cursor(btc, 0);
  const waiting: number[] = [];
  for (let id = 1; id <= 600; id++) {
    if (source.uniform() < 0.8 || id === 1) add([id]);
    else waiting.push(id);
    if (source.uniform() < 0.2 && waiting.length > 0)
      add(waiting.splice(Math.floor(source.uniform() * waiting.length), 3), { source: "rest" });
    if (source.uniform() < 0.3) {
      const { trades, late, cursor: next } = reader.changes(btc, cursor, 40);
      for (const { first, last } of late)
        for (const one of reader.trades(btc, { fromId: first, toId: last + 1 }).id) known.add(one);
      for (const one of trades.id) {
        assert.ok(!known.has(one));
        known.add(one);
      }
      cursor = next;
    }
  }
  const { trades, late } = reader.changes(btc, cursor);
  for (const { first, last } of late)
    for (const one of reader.trades(btc, { fromId: first, toId: last + 1 }).id) known.add(one);
  for (const one of trades.id) known.add(one);
  assert.deepEqual(
    [...known].sort((a, b) => a - b),
    [...reader.trades(btc).id],
  );
});

test("merged trades stand in their place, are found by time, and leave no hole", (t) => {
  const { add, writer, reader, btc } = stage(t);
  add([...span(1, 4), ...span(8, 10)]);
  const { cursor } = reader.changes(btc, reader.cursor(btc, 0));
  const [hole] = writer.openHoles();
  const merged = (aggId: number, first: number, last: number, isBuyerMaker: boolean): never =>
    ({
      aggId,
      first,
      last,
      price: `${first}`,
      qty: first === 4 ? "0.02000000" : "0.50000000",
      tradeTimeUs: T0 + first * 1000,
      receivedUs: T0,
      isBuyerMaker,
    }) as never;
  const result = writer.fill(0, hole!.holeId, [merged(70, 4, 4, true), merged(71, 5, 7, false)], T0);
  assert.equal(result.kind, "stored");
  const trades = reader.trades(btc);
  assert.deepEqual([...trades.id], [1, 2, 3, 4, 5, 8, 9, 10]);
  assert.deepEqual([...trades.lastId!], [1, 2, 3, 4, 7, 8, 9, 10]);
  assert.deepEqual([...trades.price], [1, 2, 3, 4, 5, 8, 9, 10]);
  assert.deepEqual([trades.qty[4], trades.isBuyerMaker[4], trades.tradeTimeUs[4]], [0.5, 0, T0 + 5000]);
  assert.deepEqual(trades.holes, []);
  assert.deepEqual(reader.changes(btc, cursor).late, [{ first: 5, last: 7 }]);
  assert.equal(reader.firstIdAt(btc, T0 + 4500), 5);
  assert.equal(reader.firstIdAt(btc, T0 + 5500), 8);
  assert.deepEqual([...reader.trades(btc, { limit: 5 }).id], [1, 2, 3, 4, 5]);
  assert.deepEqual(
    [...reader.blocks(btc, {}, 2)].map((block) => [...block.id]),
    [
      [1, 2],
      [3, 4],
      [5, 8],
      [9, 10],
    ],
  );
  assert.equal(reader.trades(btc, { fromId: 8 }).lastId, undefined);
});

test("a range that is reversed, empty or no number is refused", (t) => {
  const { add, reader, btc } = stage(t);
  add([1]);
  for (const range of [
    { fromId: 5, toId: 5 },
    { fromId: 6, toId: 5 },
    { fromUs: 2, toUs: 1 },
    { fromUs: Number.NaN },
    { toId: 1.5 },
    { limit: 0 },
  ])
    assert.throws(() => reader.trades(btc, range), { code: "bad-range" }, JSON.stringify(range));
  assert.throws(() => [...reader.blocks(btc, { fromId: 6, toId: 5 })], {
    message:
      "trades of BTCUSDT: needs whole numbers, fromId below toId (which is not included); got 6 and 5. Swap them, or leave one of them out.",
  });
});

test("what an empty database gives as its first series is refused in a sentence", (t) => {
  const store = reading(t, stored(t, []));
  const none = undefined as never;
  for (const read of [
    () => store.trades(none),
    () => [...store.blocks(none)],
    () => readBars(store, [none], { every: ["1m"] }),
  ]) {
    assert.throws(read, {
      message:
        "trades: needs one of store.series(); got undefined. The database may hold no symbol yet: collect or import some trades first.",
    });
  }
});

test("exact reads any number of rows, with memory for those that there are", (t) => {
  const store = reading(
    t,
    stored(
      t,
      span(1, 70_000).map((id) => trade(id, { price: `${id}.5`, qty: "92233720368.54775807" })),
    ),
  );
  const [series] = store.series();
  const all = store.exact(series!, 0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  assert.equal(all.length, 70_000);
  assert.deepEqual(
    [all.id[69_999], all.priceE8[69_999], all.qtyE8[69_999]],
    [70_000, 7_000_050_000_000n, 2n ** 63n - 1n],
  );
  assert.deepEqual([...store.exact(series!, 5, 100, 3).id], [5, 6, 7]);
  assert.equal(store.exact(series!, 100, 100, 3).length, 0);
});
