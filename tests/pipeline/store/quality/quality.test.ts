import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { random } from "../../../../src/core/random.ts";
import type { Trade } from "../../../../src/core/trade.ts";
import { latencyOf } from "../../../../src/pipeline/store/quality/quality-pace.ts";
import type {
  QualityOptions,
  QualityReader,
  TradeFacts,
} from "../../../../src/pipeline/store/quality/quality-types.ts";
import type { Series } from "../../../../src/pipeline/store/trade-store.ts";
import { reading, SYMBOLS, span, stored, tamper, write } from "../../../support/stored.ts";
import { batchOf, T0, trade } from "../../../support/trades.ts";

const ALL: QualityOptions = { since: { backUs: 3600e6 }, full: true, sampleTrades: 100_000 };
/** A second from id to id. */
const slow = (id: number, given: Partial<Trade> = {}): Trade => {
  const us = T0 + id * 1_000_000;
  return trade(id, { tradeTimeUs: us, eventTimeUs: us, receivedUs: us + 20_000, ...given });
};

function quality(t: TestContext, file: string): { quality: QualityReader; btc: Series; eth: Series } {
  const store = reading(t, file);
  const quality = store.quality();
  t.after(() => quality.close());
  const [btc, eth] = store.series() as [Series, Series];
  return { quality, btc, eth };
}

function facts(t: TestContext, file: string, options: Partial<QualityOptions> = {}): TradeFacts {
  const { quality: reader, btc } = quality(t, file);
  const { trades } = reader.series(btc, { ...ALL, ...options });
  assert.ok(trades !== undefined);
  return trades;
}

test("series counts what is held and what is missing, and gives first and last by id and time", (t) => {
  const file = stored(
    t,
    [1, 2, 3, 6, 7, 8, 9, 10].map((id) => slow(id)),
  );
  const trades = facts(t, file);
  assert.deepEqual(trades.coverage, {
    ids: 10,
    heldIds: 8,
    missingIds: 2,
    aggregatedIds: 0,
    rawPercent: 80,
    withAggregatedPercent: 80,
  });
  assert.equal(trades.ranges, 2);
  assert.deepEqual([trades.firstId, trades.lastId], [1, 10]);
  assert.deepEqual([trades.firstTimeUs, trades.lastTimeUs], [T0 + 1e6, T0 + 10e6]);
  assert.equal(trades.lastReceivedUs, T0 + 10e6 + 20_000);
  assert.deepEqual(trades.holes.detected, { holes: 1, missingIds: 2 });
  assert.deepEqual([trades.unlistedIds, trades.conflicts], [0, 0]);
  assert.deepEqual(trades.ledger, { fromId: 1, whole: true, defects: [] });
});

test("a symbol without a trade has no facts", (t) => {
  const { quality: reader, eth } = quality(t, stored(t, [trade(1)]));
  assert.deepEqual(reader.series(eth, ALL), { venue: eth.venue, symbol: "ETHUSDT", trades: undefined });
});

test("a window counts from its first trade, and a hole which straddles its begin counts whole", (t) => {
  const file = stored(
    t,
    [1, 2, 3, 6, 7, 8, 9, 10].map((id) => slow(id)),
  );
  const window = (since: QualityOptions["since"]): readonly unknown[] | undefined => {
    const of = facts(t, file, { since }).window;
    return of && [of.firstId, of.ids, of.heldIds, of.rawPercent];
  };
  assert.deepEqual(window({ atUs: T0 + 8e6 }), [8, 3, 3, 100]);
  assert.deepEqual(window({ backUs: 2e6 }), [8, 3, 3, 100]);
  assert.deepEqual(window({ atUs: T0 + 5e6 }), [4, 7, 5, 500 / 7]);
  assert.deepEqual(window({ atUs: T0 + 6e6 }), [4, 7, 5, 500 / 7]);
  assert.deepEqual(window({ atUs: T0 + 3e6 }), [3, 8, 6, 75]);
  assert.deepEqual(window({ atUs: 0 }), [1, 10, 8, 80]);
  assert.equal(window({ atUs: T0 + 11e6 }), undefined);
});

test("a window back from the newest trade is that of the venue, whichever symbol it was", (t) => {
  const file = stored(t, [slow(1), slow(2), slow(500, { symbol: "ETHUSDT" })]);
  assert.equal(facts(t, file, { since: { backUs: 60e6 } }).window, undefined);
});

test("each state of a hole is counted with what it still misses; merged trades count apart", (t) => {
  const file = stored(
    t,
    [1, 11, 21, 31, 41, 51].map((id) => slow(id)),
  );
  write(file, (writer) => {
    const [a, b, c, d] = writer.openHoles().map(({ holeId }) => holeId) as [number, number, number, number];
    const rest = (ids: readonly number[]) =>
      batchOf(ids.map((id) => slow(id, { source: "rest", eventTimeUs: null })));
    writer.fill(0, a, rest(span(1, 11)), T0);
    writer.fill(0, b, rest(span(11, 14)), T0);
    const merged = {
      aggId: 1,
      first: 20,
      last: 21,
      price: "61837.63000000",
      qty: "0.04000000",
      tradeTimeUs: T0 + 20e6,
      receivedUs: T0,
      isBuyerMaker: true,
    };
    const rows = span(0, 5).map((i) => ({
      ...merged,
      aggId: 10 + i,
      first: 21 + 2 * i,
      last: Math.min(31, 22 + 2 * i),
      qty: i === 5 ? "0.02000000" : "0.04000000",
      tradeTimeUs: T0 + (21 + 2 * i) * 1e6,
    }));
    const result = writer.fill(0, c, rows, T0);
    assert.equal(result.kind, "stored", JSON.stringify(result));
    writer.noteHole(0, { holeId: d, state: "unrecoverable", note: "too old" }, T0);
  });
  const { holes, coverage, unlistedIds, ledger } = facts(t, file);
  assert.deepEqual(holes, {
    detected: { holes: 1, missingIds: 9 },
    "partly filled": { holes: 1, missingIds: 6 },
    filled: { holes: 1, missingIds: 0 },
    aggregated: { holes: 1, missingIds: 9 },
    unrecoverable: { holes: 1, missingIds: 9 },
  });
  assert.deepEqual([coverage.ids, coverage.heldIds, coverage.aggregatedIds], [51, 18, 9]);
  assert.equal(coverage.withAggregatedPercent, 2700 / 51);
  assert.deepEqual([unlistedIds, ledger.defects.length], [0, 0]);
});

test("whatever is left out and comes later, held and missing make all ids, and the states make the missing", (t) => {
  for (let seed = 1; seed <= 12; seed++) {
    const { uniform } = random(seed);
    const all = span(1, 400);
    const later = new Set(all.filter(() => uniform() < 0.4));
    const never = new Set(all.filter((id) => id > 1 && id < 400 && uniform() < 0.2));
    const comes = (id: number): boolean => !never.has(id);
    const file = stored(
      t,
      all.filter((id) => comes(id) && !later.has(id)).map((id) => slow(id)),
    );
    write(file, (writer) => {
      const rest = [...later].filter(comes).sort(() => uniform() - 0.5);
      writer.append(
        batchOf(
          rest.map((id) => slow(id, { source: "rest" })),
          SYMBOLS,
        ),
        T0,
      );
    });
    const held = all.filter(comes);
    const { coverage, holes, unlistedIds, ledger, firstId, lastId, window } = facts(t, file, {
      since: { backUs: 100e6 },
    });
    assert.deepEqual([firstId, lastId], [held[0], held.at(-1)], `seed ${seed}`);
    assert.equal(coverage.heldIds, held.length, `seed ${seed}`);
    assert.equal(coverage.heldIds + coverage.missingIds, coverage.ids);
    const listed = Object.values(holes).reduce((sum, { missingIds }) => sum + missingIds, 0);
    assert.equal(listed, coverage.missingIds, `seed ${seed}`);
    assert.deepEqual([unlistedIds, ledger.defects], [0, []], `seed ${seed}`);
    assert.equal(window!.heldIds, held.filter((id) => id >= window!.firstId).length);
  }
});

test("the ledger is held against the trades: what one has and the other has not is named", (t) => {
  const defects = (...sql: string[]) => {
    const file = stored(
      t,
      [...span(1, 20), ...span(31, 40)].map((id) => slow(id)),
    );
    tamper(file, ...sql);
    return facts(t, file).ledger.defects;
  };
  const row = (id: number): string =>
    `INSERT INTO trades VALUES (1, ${id}, 1, 1, ${T0}, NULL, ${T0}, 0, 0, 0)`;
  assert.deepEqual(defects(), []);
  assert.deepEqual(defects("DELETE FROM trades WHERE trade_id IN (5, 6, 12)"), [
    { first: 5, last: 6, kind: "no trade" },
    { first: 12, last: 12, kind: "no trade" },
  ]);
  assert.deepEqual(defects(row(25)), [{ first: 25, last: 25, kind: "not in the ledger" }]);
  assert.deepEqual(
    defects("UPDATE ranges SET last_id = 18 WHERE first_id = 1", "DELETE FROM trades WHERE trade_id = 40"),
    [
      { first: 19, last: 20, kind: "not in the ledger" },
      { first: 40, last: 40, kind: "no trade" },
    ],
  );
  assert.deepEqual(defects("DELETE FROM ranges"), [
    { first: 1, last: 20, kind: "not in the ledger" },
    { first: 31, last: 40, kind: "not in the ledger" },
  ]);
  assert.deepEqual(defects("DELETE FROM trades"), [
    { first: 1, last: 20, kind: "no trade" },
    { first: 31, last: 40, kind: "no trade" },
  ]);
  assert.deepEqual(defects("UPDATE holes SET state = 'aggregated'"), [
    { first: 21, last: 30, kind: "no merged trade" },
  ]);
});

test("archived trades are held without a row here: no defect, and no trade of this file", (t) => {
  const file = stored(
    t,
    [...span(1, 20), ...span(31, 40)].map((id) => slow(id)),
  );
  const part = (state: string): string =>
    `INSERT OR REPLACE INTO archived VALUES (1, 1, '2024-08-08', 'x.parquet', '${state}', 1, 35, 0, 0, 25, 1, '', 0)`;
  tamper(
    file,
    part("writing"),
    "INSERT INTO archived_ids VALUES (1, 1, 20, 0, 0), (1, 31, 35, 0, 0)",
    "DELETE FROM trades WHERE trade_id <= 36",
  );
  const lost = facts(t, file).ledger.defects;
  assert.deepEqual(
    lost.map(({ first, last, kind }) => [first, last, kind]),
    [
      [1, 20, "no trade"],
      [31, 36, "no trade"],
    ],
  );
  tamper(file, part("archived"));
  assert.deepEqual(facts(t, file).ledger.defects, [{ first: 36, last: 36, kind: "no trade" }]);
  const { quality: reader, btc } = quality(t, file);
  assert.equal(reader.file().storedTrades, 5);
  assert.equal(reader.series(btc, ALL).trades!.coverage.heldIds, 30);
});

test("the usual check looks at the newest trades only and says so; the full one at all, millions of ids apart", (t) => {
  const file = stored(
    t,
    [...span(1, 50), ...span(3_000_001, 3_000_050)].map((id) => trade(id)),
  );
  tamper(file, "DELETE FROM trades WHERE trade_id = 7");
  const usual = facts(t, file, { full: false, sampleTrades: 40 });
  assert.deepEqual(usual.ledger, { fromId: 3_000_011, whole: false, defects: [] });
  assert.deepEqual(facts(t, file).ledger.defects, [{ first: 7, last: 7, kind: "no trade" }]);
  tamper(file, "DELETE FROM trades WHERE trade_id = 3000011");
  assert.deepEqual(facts(t, file, { full: false, sampleTrades: 40 }).ledger.defects, [
    { first: 3_000_011, last: 3_000_011, kind: "no trade" },
  ]);
});

test("missing ids that no hole lists are counted", (t) => {
  const file = stored(
    t,
    [...span(1, 5), ...span(9, 12), ...span(20, 21)].map((id) => slow(id)),
  );
  tamper(file, "DELETE FROM holes WHERE first_id = 6");
  assert.equal(facts(t, file).unlistedIds, 3);
});

test("conflicts are counted by symbol", (t) => {
  const file = stored(t, [trade(1), trade(2), trade(1, { price: "1.00" }), trade(2, { qty: "5" })]);
  assert.equal(facts(t, file).conflicts, 2);
});

test("latency is receipt minus event, of what came by the stream with an event time", (t) => {
  const late = (id: number, ms: number, given: Partial<Trade> = {}): Trade =>
    trade(id, { eventTimeUs: T0, receivedUs: T0 + ms * 1000, ...given });
  const file = stored(t, [
    late(1, 30),
    late(2, -5.5),
    late(3, 900, { source: "rest" }),
    late(4, 10),
    late(5, 700, { eventTimeUs: null }),
  ]);
  const { quality: reader, btc } = quality(t, file);
  assert.deepEqual([...reader.latencyMs(btc, 100)], [-5.5, 10, 30]);
  assert.deepEqual([...reader.latencyMs(btc, 2)], [10]);
  assert.deepEqual(reader.series(btc, ALL).trades!.latency, {
    trades: 3,
    minMs: -5.5,
    p50Ms: 10,
    p90Ms: 30,
    p99Ms: 30,
    maxMs: 30,
  });
});

test("latencyOf gives nearest-rank percentiles", () => {
  const { p50Ms, p90Ms, p99Ms } = latencyOf(Float64Array.from(span(1, 200)))!;
  assert.deepEqual([p50Ms, p90Ms, p99Ms], [100, 180, 198]);
  assert.equal(latencyOf(new Float64Array(0)), undefined);
});

test("pace: the market's mean with missing ids, the last minute's stored ones, the busiest second", (t) => {
  // a second from id to id, but the ids 200 to 209 lie in one; 101 to 110 are missing
  const burst = span(200, 209).map((id) => slow(200, { id, tradeTimeUs: T0 + 200e6 + (id - 200) * 1000 }));
  const rest = span(210, 240).map((id) => slow(id - 9, { id }));
  const file = stored(t, [...[...span(1, 100), ...span(111, 199)].map((id) => slow(id)), ...burst, ...rest]);
  const pace = facts(t, file).pace!;
  assert.equal(pace.meanPerSecond, 239 / 230);
  assert.equal(pace.lastMinutePerSecond, 69 / 60);
  assert.deepEqual(pace.busiestSecond, { startUs: Math.floor((T0 + 200e6) / 1e6) * 1e6, trades: 10 });
});

test("pace is not defined within the first second", (t) => {
  const { pace } = facts(t, stored(t, [trade(1), trade(2)]));
  assert.ok(Number.isNaN(pace!.meanPerSecond) && Number.isNaN(pace!.lastMinutePerSecond));
  assert.equal(pace!.busiestSecond.trades, 2);
});

test("storedPerSecond adds up to what is held, and is 0 where a hole is", (t) => {
  const file = stored(
    t,
    [...span(1, 100), ...span(151, 300)].map((id) => slow(id)),
  );
  const { quality: reader, btc } = quality(t, file);
  const rates = reader.storedPerSecond(btc, T0 + 1e6, T0 + 301e6, 30);
  assert.deepEqual([...rates], [...Array(10).fill(1), ...Array(5).fill(0), ...Array(15).fill(1)]);
  const window = reader.storedPerSecond(btc, T0 + 51e6, T0 + 201e6, 7);
  const total = window.reduce((sum, rate) => sum + (rate * 150) / 7, 0);
  assert.ok(Math.abs(total - 100) < 1e-9, String(total));
  assert.deepEqual([...reader.storedPerSecond(btc, T0 + 400e6, T0 + 500e6, 2)], [0, 0]);
});

test("holes come with the times on their two sides, the newest of them", (t) => {
  const file = stored(
    t,
    [1, 4, 9].map((id) => slow(id)),
  );
  const { quality: reader, btc } = quality(t, file);
  const two = reader.holes(btc, 10);
  assert.deepEqual(
    two.map(({ first, last, fromUs, toUs, missingIds, state }) => [
      first,
      last,
      fromUs,
      toUs,
      missingIds,
      state,
    ]),
    [
      [2, 3, T0 + 1e6, T0 + 4e6, 2, "detected"],
      [5, 8, T0 + 4e6, T0 + 9e6, 4, "detected"],
    ],
  );
  assert.deepEqual(reader.holes(btc, 1), two.slice(1));
});

test("file gives sizes, versions and the bytes that trades take", (t) => {
  const file = stored(
    t,
    span(1, 5000).map((id) => trade(id)),
  );
  const { quality: reader } = quality(t, file);
  const facts = reader.file();
  assert.equal(facts.journalMode, "wal");
  assert.equal(facts.storedTrades, 5000);
  assert.ok(facts.tradeBytes / 5000 > 30 && facts.tradeBytes / 5000 < 80, String(facts.tradeBytes));
  assert.ok(facts.fileBytes > facts.tradeBytes && facts.walBytes === 0);
});

test("no question leaves a snapshot: the log can be emptied after each", (t) => {
  const file = stored(
    t,
    [1, 2, 5, 6].map((id) => slow(id)),
  );
  const { quality: reader, btc } = quality(t, file);
  reader.series(btc, ALL);
  reader.holes(btc, 10);
  reader.storedPerSecond(btc, T0, T0 + 6e6, 3);
  assert.deepEqual(reader.integrityProblems(), []);
  write(file, (writer) => {
    writer.append(batchOf([slow(7)], SYMBOLS), T0);
  });
  tamper(file, "PRAGMA wal_checkpoint(TRUNCATE)");
  assert.equal(reader.file().walBytes, 0);
  assert.equal(reader.series(btc, ALL).trades!.lastId, 7);
});
