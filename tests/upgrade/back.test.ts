import assert from "node:assert/strict";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { downgrade } from "../../src/pipeline/store/file/downgrade.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { rows } from "../support/import.ts";
import { keptFolder } from "../support/kept.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, trade } from "../support/trades.ts";

/** Every table, view and trigger as it was made, without the differences that blanks and quotes make; our own index aside. */
function schemaOf(db: string): Map<string, string> {
  const all = rows(
    db,
    "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'holes_unfilled' ORDER BY name",
  ) as [string, string][];
  return new Map(all.map(([name, sql]) => [name, sql.replace(/["\s]+/g, " ").replace(/ ?([(),]) ?/g, "$1")]));
}

/** Every row of every table that both have, as text. */
function contentOf(db: string, tables: readonly string[]): string {
  return JSON.stringify(
    tables.map((name) => [name, rows(db, `SELECT * FROM ${name}`)]),
    (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
  );
}

test("the way back from this version to that of 0.1 is its schema to the letter, with all that was there and has come since", (t) => {
  const kept = keptFolder("0.1", join(tempFolder(t), "0.1"));
  for (const name of ["binance", "sim"]) {
    const old = kept.path("data", `${name}.db`);
    const db = kept.path("data", `${name}-now.db`);
    copyFileSync(old, db);
    const tables = (
      rows(old, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") as [string][]
    ).map(([table]) => table);
    const venue = new Database(old, { readonly: true });
    const first = venue.prepare("SELECT name, kind, detail FROM venues").get() as {
      name: string;
      kind: "real";
      detail: string;
    };
    venue.close();
    const said: number[] = [];
    const writer = openWriter(db, { venue: first, symbols: ["BTCUSDT"] }, ({ from, bytes, seconds }) => {
      assert.ok(bytes > 10_000 && seconds >= 1);
      said.push(from);
    });
    writer.close();
    assert.deepEqual(said, [3]);
    const back = kept.path("data", `${name}-back.db`);
    downgrade(db, back, 3);
    assert.deepEqual(schemaOf(back), schemaOf(old), name);
    assert.equal(contentOf(back, tables), contentOf(old, tables));
    assert.deepEqual(rows(back, "PRAGMA user_version"), [[3]]);
    assert.deepEqual(rows(back, "PRAGMA integrity_check"), [["ok"]]);
    assert.deepEqual(rows(back, "PRAGMA foreign_key_check"), []);
    // what has come since is there, and this version takes the copy up again
    const since = openWriter(db, { venue: first, symbols: ["NEWUSDT"] });
    since.append(batchOf([trade(1, { symbol: "NEWUSDT" }), trade(3, { symbol: "NEWUSDT" })], ["NEWUSDT"]), 1);
    since.close();
    const later = kept.path("data", `${name}-later.db`);
    const held = Number(rows(db, "SELECT count(*) FROM trades"));
    assert.equal(downgrade(db, later, 3).trades, held);
    const again = openWriter(later, { venue: first, symbols: ["NEWUSDT"] });
    assert.deepEqual(
      again.openHoles().map((hole) => [hole.first, hole.last]),
      [[2, 2]],
    );
    again.close();
    downgrade(db, kept.path("data", `${name}-4.db`), 4);
  }
});

test("there is no way back for what the older schema has no place for, nor over a file that is there", (t) => {
  const db = join(tempFolder(t), "x.db");
  const venue = { name: "mine", kind: "other", detail: "an exchange" } as const;
  openWriter(db, { venue, symbols: ["BTCUSDT"] }).close();
  const out = join(tempFolder(t), "out.db");
  assert.throws(() => downgrade(db, out, 3), /there are 1 venues of another exchange/);
  assert.ok(!existsSync(out));
  assert.throws(() => downgrade(db, db, 4), /needs a name that is free/);
  assert.throws(() => downgrade(db, out, 2), /needs a version from 3 to/);
});

test("a disk without room for the copy is said before anything is changed, and is a trouble that may pass", (t) => {
  const kept = keptFolder("0.1", join(tempFolder(t), "0.1"));
  const db = kept.path("data", "sim.db");
  const room = { bytes: 0 };
  assert.throws(
    () =>
      openWriter(
        db,
        { venue: { name: "sim-seed7", kind: "simulated", detail: "" }, symbols: [] },
        ({ bytes }) => {
          room.bytes = bytes;
          throw Object.assign(new Error("stopped here"), { code: "ENOSPC" });
        },
      ),
    /stopped here/,
  );
  assert.ok(room.bytes > 0);
  assert.deepEqual(rows(db, "PRAGMA user_version"), [[3]]);
  assert.ok(!existsSync(`${db}.v3.bak`));
});
