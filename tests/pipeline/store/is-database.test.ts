import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isDatabase } from "../../../src/pipeline/store/file/is-database.ts";
import { stored } from "../../support/stored.ts";
import { tempFolder } from "../../support/temp.ts";
import { trade } from "../../support/trades.ts";

test("a database is known by its name or by its first bytes", (t) => {
  const db = stored(t, [trade(1)]);
  const csv = join(tempFolder(t), "a.csv");
  writeFileSync(csv, "trade_id\n");
  assert.deepEqual([db, "no/where.db", csv, "no/where", tempFolder(t)].map(isDatabase), [
    true,
    true,
    false,
    false,
    false,
  ]);
});
