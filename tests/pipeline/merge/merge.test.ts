import assert from "node:assert/strict";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { diagnose } from "../../../src/app/doctor/doctor.ts";
import { random } from "../../../src/core/random.ts";
import type { Trade } from "../../../src/core/trade.ts";
import { archive } from "../../../src/pipeline/archive/archive.ts";
import { openHistory } from "../../../src/pipeline/archive/history.ts";
import { type MergeResult, mergeInto } from "../../../src/pipeline/merge/merge.ts";
import { backUp } from "../../../src/pipeline/store/backup.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { FIRST_DAY_US, fewDays, SYMBOLS, VENUE } from "../../support/archive.ts";
import { rows } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, trade } from "../../support/trades.ts";

function write(db: string, trades: readonly Trade[]): void {
  const writer = openWriter(db, { venue: VENUE, symbols: SYMBOLS });
  writer.append(batchOf(trades, SYMBOLS), 1);
  writer.close();
}

const ids = (db: string, symbol: string): number[] => {
  const history = openHistory(db);
  try {
    const series = history.series().find((one) => one.symbol === symbol);
    return series === undefined ? [] : [...history.blocks(series)].flatMap((block) => [...block.id]);
  } finally {
    history.close();
  }
};

/** Ids that the ledger of a database lists as missing. */
const missing = (db: string): number =>
  (
    rows(
      db,
      `SELECT (SELECT sum(m) FROM (SELECT max(last_id) - min(first_id) + 1 AS m FROM ranges GROUP BY symbol_id)) - (SELECT sum(last_id - first_id + 1) FROM ranges)`,
    ) as [[number]]
  )[0][0];

const sums = ({ from }: MergeResult) =>
  from.map(({ stored, known, conflicts }) => [stored, known, conflicts]);

for (const seed of [1]) {
  test(`the tape is what any of them has, however it came and wherever it lies; what all missed is a hole (seed ${seed})`, (t) => {
    const draw = random(seed, 9);
    const folder = tempFolder(t);
    const [a, b, into] = ["a/a.db", "b/b.db", "desk/desk.db"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const released = fewDays(300, seed);
    // each its own gaps and its own receipt; b begins earlier, and ends later
    const has = (from: number, to: number, lateUs: number): Trade[] =>
      released
        .slice(from)
        .filter((one, i) => i < to - from && draw.uniform() < 0.9 && one !== undefined)
        .map((one) => ({ ...one, source: "ws" as const, receivedUs: one.receivedUs + lateUs }));
    const [inA, inB] = [has(60, 540, 0), has(0, 570, 7)];
    const half = (all: readonly Trade[], part: 0 | 1): Trade[] =>
      all.filter((_, i) => (i < all.length / 2 ? 0 : 1) === part);
    const union = (...parts: Trade[][]): Map<string, Set<number>> =>
      new Map(
        SYMBOLS.map((symbol) => [
          symbol,
          new Set(
            parts
              .flat()
              .filter((one) => one.symbol === symbol)
              .map(({ id }) => id),
          ),
        ]),
      );
    const assertTape = (tape: Map<string, Set<number>>): void => {
      for (const symbol of SYMBOLS)
        assert.deepEqual(
          ids(into, symbol),
          [...tape.get(symbol)!].sort((x, y) => x - y),
          symbol,
        );
    };
    write(a, half(inA, 0));
    write(b, half(inB, 0));
    const first = mergeInto({ into, sources: [a, b], nowUs: 5 });
    assertTape(union(half(inA, 0), half(inB, 0)));
    assert.equal(first.missing.ids, missing(into));
    // the same again reads nothing
    assert.deepEqual(sums(mergeInto({ into, sources: [a, b], nowUs: 6 })), [
      [0, 0, 0],
      [0, 0, 0],
    ]);
    // what came since, and what was filled in late, with the older days in the archives of all
    write(a, half(inA, 1));
    write(b, half(inB, 1));
    for (const db of [a, into]) archive({ db, partRows: 150, nowUs: 1 });
    const late = released
      .filter(() => draw.uniform() < 0.02)
      .map((one) => ({ ...one, source: "rest" as const }));
    write(
      b,
      late.filter((one) => one.id > 1_000_010),
    );
    mergeInto({ into, sources: [a, b], nowUs: 7 });
    assertTape(
      union(
        inA,
        inB,
        late.filter((one) => one.id > 1_000_010),
      ),
    );
    const desk = openHistory(into);
    t.after(() => desk.close());
    const { findings } = diagnose(desk, { full: true }, FIRST_DAY_US);
    for (const code of ["ledger-mismatch", "unlisted-ids", "conflicts", "damaged"])
      assert.ok(!findings.some((one) => one.code === code), code);
  });
}

test("what differs is listed, the first being kept; what a source lists is listed, too; once, however often it is merged", (t) => {
  const folder = tempFolder(t);
  const [a, b, into] = ["a.db", "b.db", "desk.db"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  write(a, [trade(1), trade(2), trade(3)]);
  write(b, [trade(1), trade(2, { price: "1.00000000" }), trade(3)]);
  write(b, [trade(3, { price: "2.00000000" })]);
  assert.deepEqual(sums(mergeInto({ into, sources: [a, b], nowUs: 5 })), [
    [3, 0, 0],
    [0, 2, 1],
  ]);
  rmSync(b);
  write(b, [trade(1), trade(2, { price: "1.00000000" }), trade(3, { receivedUs: 1 })]);
  write(b, [trade(3, { price: "2.00000000" })]);
  mergeInto({ into, sources: [b, a], nowUs: 6 });
  assert.deepEqual(rows(into, "SELECT trade_id, price_e8 FROM conflicts ORDER BY trade_id"), [
    [2, 100_000_000],
    [3, 200_000_000],
  ]);
  assert.deepEqual(rows(into, "SELECT price FROM v_trades WHERE trade_id = 2"), [["61837.63000000"]]);
});

test("a source may be a copy that is replaced by a later one; another database under its name is read from its begin", (t) => {
  const folder = tempFolder(t);
  const [live, copy, into] = ["live.db", "copy.db", "desk.db"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  write(live, [trade(1), trade(2)]);
  backUp(live, copy, 1);
  mergeInto({ into, sources: [copy], nowUs: 5 });
  write(live, [trade(3)]);
  rmSync(copy);
  backUp(live, copy, 2);
  assert.deepEqual(sums(mergeInto({ into, sources: [copy], nowUs: 6 })), [[1, 0, 0]]);
  rmSync(copy);
  const other = join(folder, "other.db");
  write(
    other,
    [0, 1, 2, 3, 4].map((id) => trade(id, { receivedUs: id })),
  );
  copyFileSync(other, copy);
  assert.deepEqual(sums(mergeInto({ into, sources: [copy], nowUs: 7 })), [[2, 3, 0]]);
});

test("holes say who may still fill them, and are given up when nobody may", (t) => {
  const folder = tempFolder(t);
  const [a, b, into] = ["a.db", "b.db", "desk.db"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  write(a, [trade(1), trade(4)]);
  write(b, [trade(1), trade(4)]);
  const states = (): unknown => rows(into, "SELECT first_id, last_id, state, note FROM holes");
  mergeInto({ into, sources: [a, b], nowUs: 5 });
  assert.deepEqual(states(), [[2, 3, "detected", "missed by all; open still in a.db, b.db"]]);
  for (const db of [a, b]) {
    const writer = openWriter(db, { venue: VENUE, symbols: SYMBOLS });
    const [hole] = writer.openHoles();
    writer.noteHole(0, { holeId: hole!.holeId, state: "unrecoverable", note: "gone" }, 1);
    writer.close();
  }
  assert.deepEqual(mergeInto({ into, sources: [a, b], nowUs: 6 }).missing, { holes: 1, ids: 2 });
  assert.deepEqual(states(), [[2, 3, "unrecoverable", "missed by all: a.db, b.db"]]);
  // and yet it comes: by an import into one of them
  write(a, [trade(2, { source: "import" }), trade(3, { source: "import" })]);
  assert.deepEqual(mergeInto({ into, sources: [a, b], nowUs: 7 }).missing, { holes: 0, ids: 0 });
});

test("a database is not merged into itself, nor twice, nor where there is none", (t) => {
  const folder = tempFolder(t);
  const a = join(folder, "a.db");
  write(a, [trade(1)]);
  const into = join(folder, "desk.db");
  assert.throws(() => mergeInto({ into: a, sources: [a], nowUs: 1 }), /needs databases that differ/);
  assert.throws(
    () => mergeInto({ into, sources: [a, join(folder, ".", "a.db")], nowUs: 1 }),
    /needs databases that differ/,
  );
  assert.throws(
    () => mergeInto({ into, sources: [join(folder, "no.db")], nowUs: 1 }),
    /there is no such file/,
  );
});
