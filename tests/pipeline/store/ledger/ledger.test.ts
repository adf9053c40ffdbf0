import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { random } from "../../../../src/core/random.ts";
import type { Trade, Venue } from "../../../../src/core/trade.ts";
import { openWriter, type StoreWriter } from "../../../../src/pipeline/store/write/writer.ts";
import { tempFolder } from "../../../support/temp.ts";
import { batchOf, T0, trade } from "../../../support/trades.ts";

const VENUE: Venue = { name: "sim-seed7", kind: "simulated", detail: "seed 7" };
const SETTINGS = { venue: VENUE, symbols: ["BTCUSDT"] };

function open(t: TestContext): {
  file: string;
  writer: StoreWriter;
  reopen: () => StoreWriter;
  add: (...ids: number[]) => ReturnType<StoreWriter["append"]>;
} {
  const file = join(tempFolder(t), "x.db");
  let writer = openWriter(file, SETTINGS);
  t.after(() => writer.close());
  return {
    file,
    get writer() {
      return writer;
    },
    reopen: () => {
      writer.close();
      writer = openWriter(file, SETTINGS);
      return writer;
    },
    add: (...ids) => writer.append(batchOf(ids.map((id) => trade(id))), T0),
  };
}

function rows(file: string, sql: string): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
}
const RANGES = "SELECT first_id, last_id FROM ranges ORDER BY first_id";
const HOLES = "SELECT first_id, last_id, reason, state FROM holes ORDER BY first_id";

test("the first id of a symbol has no hole before it; a jump ahead is one, found at once", (t) => {
  const { file, add } = open(t);
  assert.deepEqual(add(100, 101).holes, []);
  const [hole] = add(105).holes;
  assert.deepEqual(
    [hole!.first, hole!.last, hole!.reason, hole!.state, hole!.missing],
    [102, 104, "gap", "detected", [{ first: 102, last: 104 }]],
  );
  assert.deepEqual(rows(file, RANGES), [
    [100, 101],
    [105, 105],
  ]);
});

test("downtime is named so where older holes are filled before the first new trade comes", (t) => {
  const { file, add, reopen } = open(t);
  add(1, 2, 5);
  reopen();
  add(3, 5);
  add(9);
  add(11);
  assert.deepEqual(rows(file, HOLES), [
    [3, 4, "gap", "partly filled"],
    [6, 8, "restart", "detected"],
    [10, 10, "gap", "detected"],
  ]);
});

test("a restart finds its own downtime as a hole, named so; holes from before are still open", (t) => {
  const { file, add, reopen } = open(t);
  add(1, 2, 5);
  const writer = reopen();
  assert.deepEqual(
    writer.openHoles().map(({ first, last, reason }) => [first, last, reason]),
    [[3, 4, "gap"]],
  );
  const { holes } = add(9, 11);
  assert.deepEqual(
    holes.map(({ first, last, reason }) => [first, last, reason]),
    [
      [6, 8, "restart"],
      [10, 10, "gap"],
    ],
  );
  assert.deepEqual(rows(file, HOLES).length, 3);
});

// row 32
test("trades in another order within and across batches leave no hole behind", (t) => {
  const { file, add } = open(t);
  assert.deepEqual(add(1, 5, 4, 6, 2, 3).holes, []);
  assert.equal(add(9).holes.length, 1);
  assert.deepEqual(
    add(8, 7).holes.map(({ state }) => state),
    ["filled"],
  );
  assert.deepEqual(rows(file, HOLES), []);
  assert.deepEqual(rows(file, RANGES), [[1, 9]]);
});

test("a hole that was tried is partly filled, filled, and remembered", (t) => {
  const { file, writer, add } = open(t);
  add(1);
  const [hole] = add(6).holes;
  writer.noteHole(0, { holeId: hole!.holeId, tries: 1 }, T0);
  const [partly] = add(2, 4).holes;
  assert.deepEqual(
    [partly!.state, partly!.missing],
    [
      "partly filled",
      [
        { first: 3, last: 3 },
        { first: 5, last: 5 },
      ],
    ],
  );
  assert.deepEqual(
    add(3, 5).holes.map(({ state }) => state),
    ["filled"],
  );
  assert.deepEqual(rows(file, HOLES), [[2, 5, "gap", "filled"]]);
  assert.deepEqual(rows(file, RANGES), [[1, 6]]);
});

test("a given-up hole is no longer open, and is filled all the same when its trades come", (t) => {
  const { file, writer, add } = open(t);
  add(1);
  const [hole] = add(4).holes;
  const noted = writer.noteHole(
    0,
    { holeId: hole!.holeId, tries: 10, state: "unrecoverable", note: "not served" },
    T0,
  );
  assert.deepEqual([noted!.state, noted!.note, noted!.tries], ["unrecoverable", "not served", 10]);
  assert.deepEqual(writer.openHoles(), []);
  assert.deepEqual(
    add(2).holes.map(({ state }) => state),
    ["unrecoverable"],
  );
  assert.deepEqual(
    add(3).holes.map(({ state }) => state),
    ["filled"],
  );
  assert.deepEqual(rows(file, HOLES), [[2, 3, "gap", "filled"]]);
});

test("each fill raises the revision and names its range of ids; appending does not", (t) => {
  const { file, add } = open(t);
  add(1, 2);
  add(5, 9);
  assert.deepEqual(rows(file, "SELECT first_id, last_id FROM revisions"), []);
  add(3, 4, 7);
  assert.deepEqual(rows(file, "SELECT revision, first_id, last_id FROM revisions ORDER BY revision"), [
    [1, 3, 4],
    [2, 7, 7],
  ]);
});

// row 34
test("an id below all that were ever held is not stored from the stream, and counted", (t) => {
  const { file, writer, add } = open(t);
  add(1000, 1001);
  const { symbols, holes } = add(3);
  assert.deepEqual([symbols[0]!.stored, symbols[0]!.regressed, holes], [0, 1, []]);
  assert.equal(writer.append(batchOf([trade(998, { source: "import" })]), T0).symbols[0]!.stored, 1);
  assert.deepEqual(rows(file, RANGES), [
    [998, 998],
    [1000, 1001],
  ]);
});

test("a batch that fails leaves the ledger as it was", (t) => {
  const { file, writer, add } = open(t);
  add(1);
  const batch = batchOf([trade(2), trade(9), trade(10)]);
  batch.isBuyerMaker[2] = 9;
  assert.throws(() => writer.append(batch, T0), /CHECK/);
  assert.deepEqual(rows(file, RANGES), [[1, 1]]);
  batch.isBuyerMaker[2] = 1;
  const { symbols, holes } = writer.append(batch, T0);
  assert.equal(symbols[0]!.stored, 3);
  assert.deepEqual(
    holes.map(({ first, last }) => [first, last]),
    [[3, 8]],
  );
  assert.deepEqual(rows(file, RANGES), [
    [1, 2],
    [9, 10],
  ]);
});

test("ranges and open holes together are every id from the first to the last, for any arrivals, restarts and failures", (t) => {
  for (let seed = 1; seed <= 15; seed++) {
    const { uniform } = random(seed);
    const { file, reopen, writer: first } = open(t);
    let writer = first;
    const stored = new Set<number>();
    for (let step = 0; step < 30; step++) {
      const ids: number[] = Array.from(
        { length: 1 + Math.floor(uniform() * 6) },
        () => 500 + Math.floor(uniform() * (10 + 4 * step)),
      );
      const lowest = stored.size === 0 ? undefined : Math.min(...stored);
      const usable: Trade[] = [];
      for (const id of ids)
        if (lowest === undefined ? usable.length === 0 : id >= lowest) usable.push(trade(id));
      if (uniform() < 0.2) writer = reopen();
      writer.append(batchOf(usable), T0);
      for (const { id } of usable) stored.add(id);
      if (stored.size === 0) continue;
      const held = (rows(file, RANGES) as [number, number][]).flatMap(([a, b]) =>
        Array.from({ length: b - a + 1 }, (_, i) => a + i),
      );
      assert.deepEqual(
        held,
        [...stored].sort((a, b) => a - b),
        `seed ${seed}`,
      );
      const missing = writer
        .openHoles()
        .flatMap((hole) =>
          hole.missing.flatMap(({ first: a, last: b }) => Array.from({ length: b - a + 1 }, (_, i) => a + i)),
        );
      const all = [...held, ...missing].sort((a, b) => a - b);
      assert.deepEqual(
        all,
        Array.from(
          { length: Math.max(...stored) - Math.min(...stored) + 1 },
          (_, i) => Math.min(...stored) + i,
        ),
        `seed ${seed}`,
      );
    }
  }
});

test("a database of version 1 is copied, then brought to this version with its holes known", (t) => {
  const { file, add, writer } = open(t);
  add(1, 2, 3, 6, 7, 10);
  writer.close();
  // as version 1 left it: the same tables without the ledger, files and archive
  const old = new Database(file);
  old.exec(
    `DROP TABLE troubles; DROP TABLE origin; DROP TABLE import_runs; ALTER TABLE venues DROP COLUMN from_file;
     DROP TABLE archived_ids; DROP TABLE archived; DROP TABLE imported_bars; DROP TABLE bar_conflicts; DROP TABLE imports;
     ALTER TABLE conflicts DROP COLUMN agg_id`,
  );
  old.exec(
    "DROP TRIGGER odd_time; DROP TABLE odd_times; DROP VIEW v_holes; DROP VIEW v_agg_trades; DROP TABLE ranges; DROP TABLE holes; DROP TABLE revisions; DROP TABLE agg_trades",
  );
  old.pragma("user_version = 1");
  old.close();
  const migrated = openWriter(file, SETTINGS);
  t.after(() => migrated.close());
  assert.equal(migrated.backup, `${file}.v1.bak`);
  assert.ok(existsSync(migrated.backup!));
  assert.deepEqual(rows(migrated.backup!, "SELECT count(*) FROM trades"), [[6]]);
  assert.deepEqual(rows(migrated.backup!, "PRAGMA user_version"), [[1]]);
  assert.deepEqual(rows(file, RANGES), [
    [1, 3],
    [6, 7],
    [10, 10],
  ]);
  assert.deepEqual(
    migrated.openHoles().map(({ first, last, reason }) => [first, last, reason]),
    [
      [4, 5, "before the ledger"],
      [8, 9, "before the ledger"],
    ],
  );
});
