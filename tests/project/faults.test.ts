import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../support/project.ts";

const ROWS = 123;

/** The row numbers that a test file names: `row 7`, `rows 12, 13`, `rows 1 to 5`. */
function rowsOf(file: string): Set<number> {
  const found = new Set<number>();
  const text = readFileSync(join(projectRoot, "tests", file), "utf8");
  for (const [, list] of text.matchAll(/\brows? ((?:\d+(?:,| and| to)? ?)+)/g)) {
    for (const [, from, to] of list!.matchAll(/(\d+) to (\d+)/g)) {
      for (let row = Number(from); row <= Number(to); row++) found.add(row);
    }
    for (const [row] of list!.matchAll(/\d+/g)) found.add(Number(row));
  }
  return found;
}

test("FAULTS.md has each fault once, with tests that carry its number, or the reason why there is none", () => {
  const lines = readFileSync(join(projectRoot, "tests", "FAULTS.md"), "utf8").matchAll(
    /^\| (\d+) \| [^|]+ \| (.+) \|$/gm,
  );
  const table = [...lines].map(([, row, where]) => ({ row: Number(row), where: where! }));
  assert.deepEqual(
    table.map(({ row }) => row),
    Array.from({ length: ROWS }, (_, i) => i + 1),
  );
  for (const { row, where } of table) {
    const files = [...where.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file]) => file!);
    assert.ok(
      files.length > 0 || /^(As row \d+:|Can't )/.test(where),
      `row ${row} has neither a test nor a reason`,
    );
    for (const file of files) assert.ok(rowsOf(file).has(row), `${file} does not name row ${row}`);
  }
});
