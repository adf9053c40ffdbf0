import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { put, rows, tradeLines } from "../../support/import.ts";
import { projectRoot } from "../../support/project.ts";
import { tempFolder } from "../../support/temp.ts";

const START_US = Date.UTC(2026, 0, 15) * 1000;
const COMMAND = [join(projectRoot, "scripts", "import.ts")];
const isWindows = process.platform === "win32";

test("a file that may not be read is refused in one sentence, and no database is made", (t) => {
  if (isWindows) return t.skip("no modes of files here");
  const folder = tempFolder(t);
  const path = put(folder, "BTCUSDT-trades-2026-01-15.csv", tradeLines(1, 10, START_US).join("\n"));
  chmodSync(folder, 0o777);
  chmodSync(path, 0o000);
  const db = join(folder, "x.db");
  // whoever may do everything reads it all the same: somebody else tries
  const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { status, stdout, stderr } = spawnSync(process.execPath, [...COMMAND, "--db", db, path], {
    encoding: "utf8",
    ...other,
  });
  if (/Cannot find module|EACCES.*scripts/.test(stderr)) return t.skip("the project is closed to others");
  assert.equal(status, 2, stderr);
  assert.match(stdout + stderr, /it may not be read \(EACCES\)\. Give yourself the right to read it\./);
  assert.equal(existsSync(db), false);
});

test("a disk that is full half-way is told in one sentence, and the import goes on where it was", (t) => {
  if (isWindows) return t.skip("no limit of a file's size here");
  const folder = tempFolder(t);
  mkdirSync(join(folder, "data"));
  const path = put(folder, "BTCUSDT-trades-2026-01-15.csv", tradeLines(1, 80_000, START_US).join("\n"));
  const db = join(folder, "data", "x.db");
  // no file may become larger than 2 MB: what the system says then is what it says of a disk without room
  const limited = spawnSync(
    "sh",
    ["-c", `ulimit -f 4096; exec "$0" "$@"`, process.execPath, ...COMMAND, "--db", db, path],
    { encoding: "utf8" },
  );
  assert.equal(limited.status, 2, limited.stdout + limited.stderr);
  assert.match(
    limited.stdout + limited.stderr,
    /needs a disk with room that can be written to; it says SQLITE_\w+\. Make room and run the command again/,
  );
  assert.doesNotMatch(limited.stdout + limited.stderr, /^\s+at /m);
  const again = spawnSync(process.execPath, [...COMMAND, "--db", db, path], { encoding: "utf8" });
  assert.equal(again.status, 0, again.stdout + again.stderr);
  assert.deepEqual(rows(db, "SELECT count(*), min(trade_id), max(trade_id) FROM trades"), [
    [80_000, 1, 80_000],
  ]);
  assert.deepEqual(rows(db, "SELECT count(*) FROM holes"), [[0]]);
});
