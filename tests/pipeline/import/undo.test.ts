import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { undoImport } from "../../../src/pipeline/store/write/undo-import.ts";
import { importing, NOW_US, put, rows, tradeLines } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";

const DAY_US = Date.UTC(2024, 7, 8) * 1000;
const RANGES = "SELECT first_id, last_id FROM ranges ORDER BY first_id";
const HOLES = "SELECT first_id, last_id, state FROM v_holes ORDER BY first_id";

const day = (n: number, first: number, count: number): readonly [name: string, text: string] => [
  `BTCUSDT-trades-2024-08-${String(8 + n).padStart(2, "0")}.csv`,
  tradeLines(first, count, DAY_US + n * 86_400e6).join("\n"),
];

test("an import that is taken back leaves the database as it was without it", async (t) => {
  const folder = tempFolder(t);
  const [db, without] = [join(folder, "x.db"), join(folder, "y.db")];
  const files = [day(0, 100, 50), day(1, 150, 50)].map(([name, text]) => put(folder, name, text));
  await importing(files[0]!, without);
  await importing(files[0]!, db, { nowUs: NOW_US + 1 });
  await importing(files[1]!, db, { nowUs: NOW_US + 2 });
  const { createHash } = await import("node:crypto");
  const { readFileSync } = await import("node:fs");
  const sha256 = createHash("sha256").update(readFileSync(files[1]!)).digest("hex");
  const [undone] = undoImport(db, { file: "whatever", sha256 }, NOW_US + 3);
  assert.deepEqual([undone!.symbol, undone!.kind, undone!.removed], ["BTCUSDT", "trades", 50]);
  for (const sql of [
    RANGES,
    HOLES,
    "SELECT trade_id, price_e8 FROM trades",
    "SELECT file, rows FROM imports",
  ])
    assert.deepEqual(rows(db, sql), rows(without, sql), sql);
  assert.throws(() => undoImport(db, { file: "x.csv", sha256 }, NOW_US), { code: "no-import" });
  assert.equal((await importing(files[1]!, db)).stored, 50);
});

test("one between two others becomes a hole, what came from elsewhere stays, and merged trades go as they came", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const files = [day(0, 100, 50), day(1, 150, 50), day(2, 200, 50)].map(([name, text]) =>
    put(folder, name, text),
  );
  for (const [i, file] of files.entries()) await importing(file, db, { nowUs: NOW_US + i });
  // the second day again under another name: known, and not its to take
  const again = put(folder, "BTCUSDT-trades-2024-08.csv", `${day(1, 150, 50)[1]}\n`);
  assert.equal((await importing(again, db, { nowUs: NOW_US + 9 })).known, 50);
  assert.equal(
    undoImport(db, { file: "BTCUSDT-trades-2024-08.csv", sha256: undefined }, NOW_US)[0]!.removed,
    0,
  );
  undoImport(db, { file: "BTCUSDT-trades-2024-08-09.csv", sha256: undefined }, NOW_US + 20);
  assert.deepEqual(rows(db, RANGES), [
    [100, 149],
    [200, 249],
  ]);
  assert.deepEqual(rows(db, HOLES), [[150, 199, "detected"]]);
  const agg = `7,60000.5,25,150,199,${(DAY_US + 86_400e6) / 1000},True,True`;
  await importing(put(folder, "BTCUSDT-aggTrades-2024-08-09.csv", agg), db, { nowUs: NOW_US + 30 });
  assert.deepEqual(rows(db, HOLES), [[150, 199, "aggregated"]]);
  undoImport(db, { file: "BTCUSDT-aggTrades-2024-08-09.csv", sha256: undefined }, NOW_US + 40);
  assert.deepEqual(rows(db, HOLES), [[150, 199, "detected"]]);
  await importing(files[1]!, db, { nowUs: NOW_US + 50 });
  assert.deepEqual(rows(db, RANGES), [[100, 249]]);
});

test("bars go with the import that brought them", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const bars = (from: number): string =>
    ["time,close", ...[0, 1, 2].map((i) => `2024-01-0${from + i},${from + i}`)].join("\n");
  await importing(put(folder, "a.csv", bars(1)), db, { symbol: "X" });
  await importing(put(folder, "b.csv", bars(3)), db, { symbol: "X" });
  assert.equal(undoImport(db, { file: "a.csv", sha256: undefined }, NOW_US)[0]!.removed, 3);
  assert.deepEqual(rows(db, "SELECT close FROM imported_bars"), [[4], [5]]);
});
