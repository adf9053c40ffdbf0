import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { startCollectorProcess } from "../support/collector.ts";
import { tempFolder } from "../support/temp.ts";

// row 26
test("a server that never stops, for a minute: nothing is lost and memory is bounded", {
  timeout: 120_000,
}, async (t) => {
  const db = join(tempFolder(t), "x.db");
  const collector = startCollectorProcess(t, [
    "--venue",
    "sim",
    "--speed",
    "max",
    "--db",
    db,
    "--duration",
    "60s",
  ]);
  await collector.until(({ event }) => event === "started");
  let peakMb = 0;
  const watch = setInterval(() => {
    const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${collector.child.pid}/status`, "utf8"))?.[1];
    peakMb = Math.max(peakMb, Number(kb) / 1024);
  }, 500);
  collector.child.once("exit", () => clearInterval(watch));
  assert.equal(await collector.ended, 0, collector.stderr());
  const file = new Database(db, { readonly: true });
  t.after(() => file.close());
  const lost = file
    .prepare("SELECT max(trade_id) - min(trade_id) + 1 - count(*) FROM trades GROUP BY symbol_id")
    .pluck()
    .all();
  assert.deepEqual(lost, [0, 0]);
  assert.ok(
    (file.prepare("SELECT count(*) FROM trades").pluck().get() as number) > 600_000,
    "10,000 a second and more",
  );
  assert.ok(peakMb > 0 && peakMb < 300, `${peakMb} MB`);
});
