import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { openReader } from "../../../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../../../src/pipeline/store/write/writer.ts";
import { tempFolder } from "../../../support/temp.ts";

// row 89
test("the connection of a reader, as a notebook holds it, writes nothing", (t) => {
  const path = join(tempFolder(t), "x.db");
  const venue = { name: "sim-seed7", kind: "simulated", detail: "seed 7" } as const;
  openWriter(path, { venue, symbols: ["BTCUSDT"] }).close();
  const before = readFileSync(path);
  const held: Database.Database[] = [];
  const { prepare } = Database.prototype;
  t.mock.method(Database.prototype, "prepare", function (this: Database.Database, source: string) {
    held.push(this);
    return prepare.call(this, source);
  });
  const reader = openReader(path);
  reader.series();
  const db = held[0]!;
  for (const sql of [
    "DELETE FROM trades",
    "UPDATE symbols SET symbol = 'X'",
    "DROP TABLE trades",
    "CREATE TABLE mine (x)",
    "PRAGMA user_version = 99",
  ]) {
    assert.throws(() => db.exec(sql), /readonly/, sql);
  }
  reader.close();
  assert.deepEqual(readFileSync(path), before);
});
