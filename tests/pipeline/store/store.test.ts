import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { TickbookError } from "../../../src/core/errors.ts";
import type { Venue } from "../../../src/core/trade.ts";
import { openReader } from "../../../src/pipeline/store/read/reader.ts";
import { createBatch, pushTrade, tradeDefect } from "../../../src/pipeline/store/write/batch.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

const VENUE: Venue = { name: "sim-seed7", kind: "simulated", detail: "seed 7" };
const SETTINGS = { venue: VENUE, symbols: ["BTCUSDT", "ETHUSDT"] };

function refusal(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TickbookError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, /^[^\n]+: [^\n]+\. [^\n]+\.$/);
    return true;
  };
}

test("v_trades gives back each field as it came, the decimal text to the byte", (t) => {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, SETTINGS);
  t.after(() => writer.close());
  const trades = [
    trade(1, { price: "61837.63000000", qty: "0.00000001" }),
    trade(2, { price: "61837.6", qty: "12", isBuyerMaker: false, source: "rest", eventTimeUs: null }),
    trade(3, { price: "92233720368.54775807", qty: "3.10", source: "import" }),
    trade(4, { price: "7", qty: "0.50000000" }),
  ];
  writer.append(batchOf(trades, SETTINGS.symbols), T0);
  const db = new Database(file, { readonly: true });
  t.after(() => db.close());
  const rows = db.prepare("SELECT * FROM v_trades ORDER BY trade_id").all();
  assert.deepEqual(
    rows,
    trades.map((one) => ({
      venue: "sim-seed7",
      symbol: one.symbol,
      trade_id: one.id,
      price: one.price,
      qty: one.qty,
      trade_time_us: one.tradeTimeUs,
      event_time_us: one.eventTimeUs,
      received_us: one.receivedUs,
      is_buyer_maker: one.isBuyerMaker ? 1 : 0,
      source: one.source,
    })),
  );
});

// rows 30, 31
test("append stores a repeated id once and counts it; other content is a conflict and the first is kept", (t) => {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, SETTINGS);
  t.after(() => writer.close());
  assert.equal(writer.append(batchOf([trade(1), trade(1), trade(2)]), T0).symbols[0]!.stored, 2);
  const again = writer.append(batchOf([trade(2), trade(1, { price: "1.00000000" }), trade(3)]), T0);
  assert.deepEqual(again.symbols[0], { stored: 1, duplicates: 1, conflicts: 1, regressed: 0 });
  const db = new Database(file, { readonly: true });
  t.after(() => db.close());
  assert.equal(db.prepare("SELECT price FROM v_trades WHERE trade_id = 1").pluck().get(), "61837.63000000");
  assert.deepEqual(db.prepare("SELECT trade_id, price_e8 FROM conflicts").all(), [
    { trade_id: 1, price_e8: 100000000 },
  ]);
});

test("append takes the millisecond time of one source for the microsecond time of another", (t) => {
  const writer = openWriter(join(tempFolder(t), "x.db"), SETTINGS);
  t.after(() => writer.close());
  writer.append(batchOf([trade(1, { tradeTimeUs: T0 + 123 })]), T0);
  assert.deepEqual(
    writer.append(batchOf([trade(1, { tradeTimeUs: T0, source: "rest" })]), T0).symbols[0]!.conflicts,
    0,
  );
  assert.deepEqual(
    writer.append(batchOf([trade(1, { tradeTimeUs: T0 + 124 })]), T0).symbols[0]!.conflicts,
    1,
  );
});

test("a batch is stored as a whole or not at all", (t) => {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, SETTINGS);
  t.after(() => writer.close());
  const batch = batchOf([trade(1), trade(2)]);
  batch.isBuyerMaker[1] = 9;
  assert.throws(() => writer.append(batch, T0), /CHECK constraint/);
  const reader = openReader(file);
  t.after(() => reader.close());
  assert.equal(reader.newest(reader.series()[0]!), undefined);
});

test("the same symbol at two venues is two series", (t) => {
  const file = join(tempFolder(t), "x.db");
  for (const venue of [VENUE, { ...VENUE, name: "replay-x-1", kind: "replayed", detail: "x" } as const]) {
    const writer = openWriter(file, { venue, symbols: ["BTCUSDT"] });
    writer.append(batchOf([trade(venue.kind === "simulated" ? 10 : 20)]), T0);
    writer.close();
  }
  const reader = openReader(file);
  t.after(() => reader.close());
  const series = reader.series();
  assert.deepEqual(
    series.map(({ venue, symbol }) => [venue.name, symbol]),
    [
      ["sim-seed7", "BTCUSDT"],
      ["replay-x-1", "BTCUSDT"],
    ],
  );
  assert.deepEqual(
    series.map((one) => [...reader.trades(one).id]),
    [[10], [20]],
  );
});

test("a venue's name can't change its kind", (t) => {
  const file = join(tempFolder(t), "x.db");
  openWriter(file, SETTINGS).close();
  assert.throws(
    () => openWriter(file, { venue: { ...VENUE, kind: "real" }, symbols: ["BTCUSDT"] }),
    refusal("venue-mixed"),
  );
});

// row 72
test("a second writer is refused while the first one lives, and not after it", (t) => {
  const file = join(tempFolder(t), "x.db");
  const first = openWriter(file, SETTINGS);
  assert.throws(() => openWriter(file, SETTINGS), refusal("database-in-use"));
  first.close();
  openWriter(file, SETTINGS).close();
});

// rows 74, 77
test("a foreign, newer or damaged database is refused and not touched", (t) => {
  const folder = tempFolder(t);
  const foreign = join(folder, "foreign.db");
  new Database(foreign).exec("CREATE TABLE t (x)").close();
  const newer = join(folder, "newer.db");
  openWriter(newer, SETTINGS).close();
  const db = new Database(newer);
  db.pragma("user_version = 99");
  db.close();
  const damaged = join(folder, "damaged.db");
  writeFileSync(damaged, "this is no database, and long enough to be read as a header of one".repeat(100));
  for (const [file, code] of [
    [foreign, "foreign-database"],
    [newer, "schema-version"],
    [damaged, "damaged-database"],
  ] as const) {
    const before = readFileSync(file);
    assert.throws(() => openWriter(file, SETTINGS), refusal(code));
    assert.deepEqual(readFileSync(file), before, file);
  }
});

// row 73
test("a path that can't be written is refused", (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, "file"), "");
  assert.throws(() => openWriter(join(folder, "file", "x.db"), SETTINGS), refusal("unwritable-database"));
  mkdirSync(join(folder, "folder.db"));
  assert.throws(() => openWriter(join(folder, "folder.db"), SETTINGS), refusal("unwritable-database"));
});

test("openReader refuses a missing file and a file of another program", (t) => {
  const folder = tempFolder(t);
  assert.throws(() => openReader(join(folder, "none.db")), refusal("no-database"));
  const foreign = join(folder, "foreign.db");
  new Database(foreign).exec("CREATE TABLE t (x)").close();
  assert.throws(() => openReader(foreign), refusal("foreign-database"));
  writeFileSync(join(folder, "text.db"), "no database at all");
  assert.throws(() => openReader(join(folder, "text.db")), refusal("unreadable-database"));
});

test("a reader gives columns of a range of ids, sees later commits, and finds ids by time", (t) => {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, SETTINGS);
  t.after(() => writer.close());
  writer.append(batchOf([trade(5), trade(6), trade(7, { isBuyerMaker: false }), trade(9)]), T0);
  const reader = openReader(file);
  t.after(() => reader.close());
  const btc = reader.series()[0]!;
  const columns = reader.trades(btc, { fromId: 6, toId: 9 });
  assert.deepEqual([...columns.id], [6, 7]);
  assert.deepEqual([...columns.price], [61837.63, 61837.63]);
  assert.deepEqual([...columns.qty], [0.02, 0.02]);
  assert.deepEqual([...columns.isBuyerMaker], [1, 0]);
  assert.deepEqual([...columns.tradeTimeUs], [T0 + 6000, T0 + 7000]);
  assert.deepEqual([...reader.trades(btc, { limit: 2 }).id], [5, 6]);
  assert.equal(reader.firstIdAt(btc, T0), 5);
  assert.equal(reader.firstIdAt(btc, T0 + 7001), 9);
  assert.equal(reader.firstIdAt(btc, T0 + 9001), undefined);
  const version = reader.version();
  writer.append(batchOf([trade(10)]), T0);
  assert.notEqual(reader.version(), version);
  assert.deepEqual(reader.newest(btc), { id: 10, timeUs: T0 + 11_000, receivedUs: T0 + 12_000 });
  assert.equal(reader.newest(reader.series()[1]!), undefined);
});

test("firstIdAt finds the same id as a scan, holes and ties included", (t) => {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, SETTINGS);
  t.after(() => writer.close());
  const trades = [3, 4, 5, 20, 21, 22, 23, 90].map((id) =>
    trade(id, { tradeTimeUs: T0 + Math.floor(id / 2) * 1000 }),
  );
  writer.append(batchOf(trades), T0);
  const reader = openReader(file);
  t.after(() => reader.close());
  const btc = reader.series()[0]!;
  for (let time = T0; time <= T0 + 50_000; time += 500) {
    assert.equal(
      reader.firstIdAt(btc, time),
      trades.find((one) => one.tradeTimeUs >= time)?.id,
      String(time - T0),
    );
  }
});

// rows 35, 36, 37
test("tradeDefect names what can't be stored, and pushTrade says when a batch is full", () => {
  assert.equal(tradeDefect(trade(1)), undefined);
  for (const [given, words] of [
    [{ id: 2 ** 53 }, "trade id"],
    [{ id: -1 }, "trade id"],
    [{ id: 1.5 }, "trade id"],
    [{ price: "NaN" }, "price"],
    [{ price: 5 as unknown as string }, "price"],
    [{ qty: "0.00000000" }, "qty is zero"],
    [{ qty: "1e-8" }, "qty"],
    [{ tradeTimeUs: Number.NaN }, "trade time"],
    [{ eventTimeUs: 0.5 }, "event time"],
    [{ isBuyerMaker: undefined as unknown as boolean }, "maker"],
  ] as const) {
    assert.match(tradeDefect(trade(1, given)) ?? "", new RegExp(words), JSON.stringify(given));
  }
  const batch = createBatch(1);
  assert.equal(pushTrade(batch, 0, trade(1)), true);
  assert.equal(pushTrade(batch, 0, trade(2)), false);
});

// row 39
test("readers take the event time for a trade time that can't be right, and the store keeps what came", (t) => {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, SETTINGS);
  t.after(() => writer.close());
  const odd = { 2: 0, 4: 4_102_444_800_000_000 } as Record<number, number>;
  writer.append(
    batchOf([1, 2, 3, 4, 5].map((id) => trade(id, id in odd ? { tradeTimeUs: odd[id]! } : {}))),
    T0,
  );
  const reader = openReader(file);
  t.after(() => reader.close());
  const btc = reader.series()[0]!;
  assert.deepEqual(
    [...reader.trades(btc).tradeTimeUs].map((time) => time - T0),
    [1000, 3000, 3000, 5000, 5000],
  );
  assert.equal(reader.firstIdAt(btc, T0 + 2500), 2);
  const db = new Database(file, { readonly: true });
  t.after(() => db.close());
  assert.equal(db.prepare("SELECT max(trade_time_us) FROM v_trades").pluck().get(), odd[4]);
});
