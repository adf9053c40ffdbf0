import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { backUp } from "../../../src/pipeline/store/backup.ts";
import { startCollectorProcess, storedAtLeast } from "../../support/collector.ts";
import { startExchangeProcess } from "../../support/exchange.ts";
import { tempFolder } from "../../support/temp.ts";

const TIMEOUT = { timeout: 90_000 };

function ids(file: string): { count: number; first: number; last: number; open: number } {
  const db = new Database(file, { readonly: true });
  try {
    return db
      .prepare(
        `SELECT count(*) AS count, min(trade_id) AS first, max(trade_id) AS last,
           (SELECT count(*) FROM v_holes WHERE symbol = 'BTCUSDT' AND state <> 'filled') AS open FROM v_trades WHERE symbol = 'BTCUSDT'`,
      )
      .get() as ReturnType<typeof ids>;
  } finally {
    db.close();
  }
}

test(
  "a backup made while trades are written is whole, and a collector started on it fills in what came since",
  TIMEOUT,
  async (t) => {
    const exchange = await startExchangeProcess(t, ["--seed", "7", "--port", "0"]);
    const folder = tempFolder(t);
    const [db, copy] = [join(folder, "x.db"), join(folder, "backup", "copy.db")];
    const collector = startCollectorProcess(t, [...exchange.flags, "--db", db]);
    await collector.until(storedAtLeast("BTCUSDT", 50));
    const made = backUp(db, copy, 1_790_000_000_000_000);
    assert.ok(made.trades >= 50);
    assert.deepEqual(readdirSync(join(folder, "backup")), ["copy.db"]);
    const at = ids(copy);
    assert.equal(at.count, at.last - at.first + 1);
    await collector.until(storedAtLeast("BTCUSDT", 100));
    collector.child.kill("SIGKILL");
    await collector.ended;
    // restore: collect into the copy
    const restored = startCollectorProcess(t, [...exchange.flags, "--db", copy]);
    const said = await restored.until(({ event }) => event === "restored");
    assert.match(String(said.message), /^this file is a backup of 2026-09-21T/);
    await restored.until(
      ({ event, symbols }) =>
        event === "status" &&
        (symbols as Record<string, { missing: number; stored: number }>).BTCUSDT!.missing === 0 &&
        (symbols as Record<string, { missing: number; stored: number }>).BTCUSDT!.stored > 60,
    );
    restored.child.kill("SIGTERM");
    assert.equal(await restored.ended, 0, restored.stderr());
    const whole = ids(copy);
    assert.deepEqual([whole.count, whole.open], [whole.last - at.first + 1, 0]);
    // once it is written it is an original
    const again = startCollectorProcess(t, [...exchange.flags, "--db", copy]);
    await again.until(storedAtLeast("BTCUSDT", 1));
    again.child.kill("SIGTERM");
    await again.ended;
    assert.ok(!again.lines.some(({ event }) => event === "restored" || event === "plain-copy"));
  },
);

test("a plain copy of a database is recognised and named when a collector writes it", TIMEOUT, async (t) => {
  const exchange = await startExchangeProcess(t, ["--seed", "7", "--port", "0"]);
  const folder = tempFolder(t);
  const [db, copy] = [join(folder, "x.db"), join(folder, "copy.db")];
  const first = startCollectorProcess(t, [...exchange.flags, "--db", db]);
  await first.until(storedAtLeast("BTCUSDT", 5));
  first.child.kill("SIGTERM");
  await first.ended;
  copyFileSync(db, copy);
  const second = startCollectorProcess(t, [...exchange.flags, "--db", copy]);
  const said = await second.until(({ event }) => event === "plain-copy");
  assert.match(
    String(said.message),
    /^this file is a plain copy, .*npm run backup makes a copy that is whole$/,
  );
  second.child.kill("SIGTERM");
  await second.ended;
});

test("a backup overwrites nothing", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  new Database(db).close();
  assert.throws(() => backUp(db, db, 0), /needs a name that is free/);
  assert.ok(!existsSync(`${db}.part`));
});
