import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { progressTeller } from "../../../src/app/terminal/progress.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { type Ran, runScript } from "../../support/command.ts";
import { publish, put, rows, tradeLines } from "../../support/import.ts";
import { tempFolder } from "../../support/temp.ts";

const DAY_US = Date.UTC(2024, 7, 8) * 1000;

const run = (...args: string[]): Ran => runScript("import", args);

test("npm run import: a line of JSON a file, 0 when all is in, 1 with conflicts, 2 with a sentence when refused", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const lines = tradeLines(1, 100, DAY_US);
  const good = publish(folder, "BTCUSDT-trades-2024-08-08.zip", lines.join("\n"));
  const first = run("--db", db, good);
  assert.deepEqual([first.code, first.error], [0, ""]);
  assert.equal(first.lines.at(-1)!.event, "imported");
  assert.equal(first.lines.at(-1)!.stored, 100);
  const other = [...lines];
  other[9] = other[9]!.replace(",60000.", ",60001.");
  const conflict = run("--db", db, publish(folder, "BTCUSDT-trades-2024-08.zip", other.join("\n")));
  assert.deepEqual([conflict.code, conflict.lines.at(-1)!.conflicts], [1, 1]);
  const bad = put(folder, "BTCUSDT-trades-2024-08-07.csv", "1,2,3");
  const refused = run("--db", db, bad);
  assert.equal(refused.code, 2);
  assert.match(refused.error, /^BTCUSDT-trades-2024-08-07\.csv, line 1: needs .*\n$/);
  const both = run(
    "--db",
    db,
    bad,
    publish(folder, "BTCUSDT-trades-2024-08-09.zip", tradeLines(101, 5, DAY_US + 86_400e6).join("\n")),
  );
  assert.equal(both.code, 2);
  assert.deepEqual(
    both.lines.map(({ event }) => event),
    ["refused", "imported"],
  );
  assert.deepEqual(rows(db, "SELECT first_id, last_id FROM ranges"), [[1, 105]]);
});

test("npm run import says what it needs, and that a collector is running", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const good = publish(folder, "BTCUSDT-trades-2024-08-08.zip", tradeLines(1, 10, DAY_US).join("\n"));
  assert.match(run(good).error, /^--db: needs a database file; got none\./);
  assert.match(run("--db", db).error, /needs files to import; got none/);
  assert.match(
    run("--db", db, "--kind", "candles", good).error,
    /^--kind: needs trades, aggTrades, klines, csv; got "candles"/,
  );
  assert.match(run("--db", db, "--interval", "soon", good).error, /^--interval: /);
  assert.match(run("--db", db, "--venue", "A B", good).error, /^--venue: /);
  const writer = openWriter(db, {
    venue: { name: "binance", kind: "real", detail: "" },
    symbols: ["BTCUSDT"],
  });
  try {
    const busy = run("--db", db, good);
    assert.equal(busy.code, 2);
    assert.match(busy.error, /x\.db: .*another one is writing to it/);
  } finally {
    writer.close();
  }
});

test("on a terminal a bar moves in one line and goes; otherwise lines of JSON come, now and then", () => {
  for (const isTerminal of [true, false]) {
    const written: string[] = [];
    let ms = 0;
    const teller = progressTeller({
      isTerminal,
      columns: 60,
      write: (text) => written.push(text),
      monotonicMs: () => ms,
    });
    for (const done of [10, 20, 30]) {
      ms += 1000;
      teller.progress({ of: "a.zip", phase: "checking", done, total: 40 });
    }
    teller.say("done", { event: "imported" });
    if (isTerminal) {
      assert.equal(written.length, 5);
      assert.equal(written[1], `\r\u001b[K${"█".repeat(12)}${"░".repeat(12)}  50 %  a.zip: checking`);
      assert.deepEqual(written.slice(3), ["\r\u001b[K", "done\n"]);
    } else {
      assert.deepEqual(written, [
        '{"event":"progress","of":"a.zip","phase":"checking","done":20,"total":40}\n',
        '{"event":"imported"}\n',
      ]);
    }
  }
});
