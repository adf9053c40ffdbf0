import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startCollectorProcess } from "../support/collector.ts";
import { rows } from "../support/import.ts";
import { tempFolder } from "../support/temp.ts";
import { makeThinTape, symbolNames } from "../support/thin-tape.ts";

const COUNT = Number(process.env.TICKBOOK_SYMBOLS_COUNT ?? 500);
/** How many times faster than real a market day is played; 96: in a quarter of an hour. */
const SPEED = Number(process.env.TICKBOOK_DAY_SPEED ?? 480);
const TRADES = Number(process.env.TICKBOOK_TRADES_A_DAY ?? 2000);

/** Seconds of processor time, all threads, and resident memory in MB. */
function usedBy(pid: number): { cpuS: number; memoryMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  const memory = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1];
  return { cpuS: (Number(stat[11]) + Number(stat[12])) / 100, memoryMb: Number(memory) / 1024 };
}

test(`a market day of ${COUNT} symbols is stored whole, by a pattern, with little printed`, {
  timeout: 3_600_000,
}, async (t) => {
  const folder = tempFolder(t);
  const tape = join(folder, "tape", "tape.db");
  const symbols = symbolNames(COUNT);
  makeThinTape(tape, { symbols, days: 1, tradesPerDay: TRADES });
  const plan = join(folder, "plan.json");
  writeFileSync(
    plan,
    JSON.stringify({ settings: { weightPerMinute: 6_000_000, tapeStartMs: 5000 }, faults: [] }),
  );
  const db = join(folder, "data", "day.db");
  const market = ["--tape", tape, "--speed", String(SPEED), "--plan", plan];
  const flags = [...market, "--symbols", "S*USDT", "--db", db, "--status-every", "2s"];
  const collector = startCollectorProcess(t, flags);
  await collector.until(({ event }) => event === "started");
  const before = usedBy(collector.child.pid!);
  await collector.until(({ event }) => event === "tape-ended");
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const after = usedBy(collector.child.pid!);
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, collector.stderr());
  const [[stored]] = rows(db, "SELECT count(*) FROM trades") as [[number]];
  const [[bytes]] = rows(
    db,
    "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
  ) as [[number]];
  assert.equal(stored, COUNT * TRADES);
  assert.deepEqual(rows(db, "SELECT count(*) FROM holes WHERE state <> 'filled'"), [[0]]);
  const status = collector.lines
    .filter(({ event }) => event === "status")
    .map((line) => JSON.stringify(line).length);
  assert.ok(Math.max(...status) < 8000, `a status of ${Math.max(...status)} bytes`);
  const cpuS = after.cpuS - before.cpuS;
  t.diagnostic(
    JSON.stringify({
      symbols: COUNT,
      trades: stored,
      cpuSecondsAMillionTrades: (cpuS / stored) * 1e6,
      memoryMb: after.memoryMb,
      bytesATrade: bytes / stored,
      statusBytes: Math.max(...status),
    }),
  );
});
