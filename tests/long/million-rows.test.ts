import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { importing, put } from "../support/import.ts";
import { tempFolder } from "../support/temp.ts";

const ROWS = 1_000_000;
const T = Date.UTC(2024, 0, 1);

test("of a million rows with the defect in the last none is imported, whatever the defect and the packing", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const line = (i: number): string =>
    `${i + 1},${new Date(T + 20 * i).toISOString()},${100 + (i % 50)}.25,0.5,buy\n`;
  const head = `id,time,price,qty,side\n${Array.from({ length: ROWS - 1 }, (_, i) => line(i)).join("")}`;
  const last = ROWS + 1;
  for (const [defect, said] of [
    [`${ROWS},2024-01-01T05:33:20.000Z,abc,0.5,buy\n`, `line ${last}, price: needs a number`],
    [`${ROWS},2024-01-01T05:33:20.000Z,1.5,0.5\n`, `line ${last}: needs 5 cells`],
    [`${ROWS - 1},2024-01-01T05:33:20.000Z,1.5,0.5,buy\n`, "needs one trade an id"],
    [`${ROWS},1704087200000,1.5,0.5,buy\n`, `line ${last}, time: needs one kind of time`],
  ] as const) {
    for (const name of ["x.csv", "x.csv.gz"]) {
      const content = name.endsWith("gz") ? gzipSync(head + defect) : head + defect;
      await assert.rejects(
        importing(put(folder, name, content), db, { symbol: "X" }),
        (error: Error) => error.message.includes(said),
        `${name}: ${said}`,
      );
      assert.equal(existsSync(db), false, said);
    }
  }
});
