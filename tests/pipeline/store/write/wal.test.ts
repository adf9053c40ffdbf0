import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { checkVersion } from "../../../../src/pipeline/store/file/schema.ts";
import { openWriter } from "../../../../src/pipeline/store/write/writer.ts";
import { tempFolder } from "../../../support/temp.ts";
import { batchOf, T0, trade } from "../../../support/trades.ts";

// row 71
test("the write-ahead log grows while a reader holds an old state, which is told, and is emptied after it", (t) => {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, {
    venue: { name: "sim-seed7", kind: "simulated", detail: "" },
    symbols: ["BTCUSDT"],
  });
  t.after(() => writer.close());
  writer.append(batchOf([trade(1)]), T0);
  const reader = new Database(file, { readonly: true });
  t.after(() => reader.close());
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM trades").get();
  const bytes = (): number => statSync(`${file}-wal`).size;
  for (let from = 2; bytes() < 70 << 20; from += 50_000) {
    writer.append(batchOf(Array.from({ length: 50_000 }, (_, i) => trade(from + i))), T0);
  }
  assert.ok(writer.care() > 64 << 20, "a reader keeps it from being emptied");
  reader.exec("COMMIT");
  assert.equal(writer.care(), 0);
});

// row 77
test("a SQLite that can corrupt a database in WAL mode is refused with the version named", () => {
  for (const version of ["3.7.0", "3.44.5", "3.51.2", "3.50.7"])
    assert.throws(() => checkVersion(version), new RegExp(`got ${version.replaceAll(".", "\\.")}`));
  for (const version of ["3.51.3", "3.53.0", "4.0.0"]) checkVersion(version);
});
