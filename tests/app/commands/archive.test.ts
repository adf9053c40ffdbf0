import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { fewDays, SYMBOLS, storeTrades, VENUE } from "../../support/archive.ts";
import { type Ran, runScript } from "../../support/command.ts";
import { rows } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";

const run = (...args: string[]): Ran => runScript("archive", args);

test("npm run archive moves the days that are old enough, and says what was moved", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(300));
  const kept = run("--db", db, "--keep", "1d");
  assert.deepEqual([kept.code, kept.error, kept.lines.at(-1)!.files], [0, "", 4]);
  const [[left]] = rows(db, "SELECT count(*) FROM trades") as [[number]];
  assert.equal(left + (kept.lines.at(-1)!.trades as number), fewDays(300).length);
  assert.equal(run("--db", db, "--keep", "1d").lines.at(-1)!.files, 0);
  assert.equal(run("--db", db, "--before", "2024-08-11", "--vacuum").lines.at(-1)!.files, 2);
});

test("npm run archive --check ends with 1 when a file is gone", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(100));
  run("--db", db);
  assert.deepEqual(run("--db", db, "--check").code, 0);
  const [[path]] = rows(db, "SELECT path FROM archived LIMIT 1") as [[string]];
  rmSync(join(dirname(db), path));
  const { code, lines } = run("--db", db, "--check");
  assert.equal(code, 1);
  assert.deepEqual(
    lines.filter(({ event }) => event === "defect").map(({ path: at, what }) => [at, what]),
    [[path, "it is not there"]],
  );
});

test("npm run archive says what it needs, and that a collector is running", (t) => {
  const db = join(tempFolder(t), "x.db");
  storeTrades(db, fewDays(20));
  const said = (...args: string[]): string => {
    const { code, error } = run(...args);
    assert.equal(code, 2);
    return error;
  };
  assert.match(said(), /^--db: needs a database file; got none\./);
  assert.match(said("--db", `${db}x`), /needs a database; there is no such file/);
  assert.match(said("--db", db, "--before", "2024-02-30"), /^--before: needs a day; got "2024-02-30"/);
  assert.match(said("--db", db, "--keep", "week"), /^--keep: /);
  assert.match(
    said("--db", db, "--max-size", "10"),
    /^--max-size: needs a number with MB, GB or TB; got "10"/,
  );
  const writer = openWriter(db, { venue: VENUE, symbols: SYMBOLS });
  try {
    assert.match(said("--db", db), /another one is writing to it/);
  } finally {
    writer.close();
  }
});
