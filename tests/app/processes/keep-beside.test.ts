import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../../src/app/clock.ts";
import { keepBeside, PUBLISH, WATCH } from "../../../src/app/processes/keep-beside.ts";
import { BINANCE, write } from "../../support/stored.ts";
import { tempFolder } from "../../support/temp.ts";

test("a watch that is refused is told of once, with every fault of its rules, and is not started again", async (t) => {
  const folder = tempFolder(t);
  const [db, rules] = [join(folder, "x.db"), join(folder, "rules.json")];
  write(db, () => {}, BINANCE);
  writeFileSync(
    rules,
    JSON.stringify([{ name: "\u001b[31m", symbol: "BTCUSD", measure: "volum", when: "below", fire: 1 }]),
  );
  const lines: string[] = [];
  const screen = { line: (text: string) => void lines.push(text), status: () => {}, clear: () => {} };
  const kept = keepBeside(WATCH, ["--source", db, "--rules", rules], screen, systemClock);
  t.after(() => kept.kill());
  assert.equal((await kept.ended)?.code, 2);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /^Alerts are not watched\. .*rules\.json: needs rules .*; 3 things are wrong/);
  assert.match(
    lines[0]!,
    /\n {2}line 1, \[0\]\.symbol: "BTCUSD" is not in the database, .*Did you mean "BTCUSDT"\?/,
  );
  assert.match(lines[0]!, /\n {2}line 1, \[0\]\.interval: is missing/);
});

test("of a relay the sentences are shown, its progress is not, and one that is refused is told of once", async (t) => {
  assert.equal(
    PUBLISH.shown('{"event":"back","message":"The server answers again."}'),
    "The server answers again.",
  );
  assert.equal(PUBLISH.shown('{"event":"progress","done":1}'), undefined);
  const lines: string[] = [];
  const screen = { line: (text: string) => void lines.push(text), status: () => {}, clear: () => {} };
  const db = join(tempFolder(t), "none.db");
  const kept = keepBeside(
    PUBLISH,
    ["--db", db, "--to", "http://127.0.0.1:9", "--follow"],
    screen,
    systemClock,
  );
  t.after(() => kept.kill());
  assert.equal((await kept.ended)?.code, 2);
  await new Promise((resolve) => setImmediate(resolve));
  assert.match(
    lines.join("\n"),
    /^Nothing is published\. .*none\.db: needs a database that a collector has made/,
  );
});
