import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { diagnose } from "../../src/app/doctor/doctor.ts";
import { random } from "../../src/core/random.ts";
import { archive } from "../../src/pipeline/archive/archive.ts";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { backUp } from "../../src/pipeline/store/backup.ts";
import { downgrade } from "../../src/pipeline/store/file/downgrade.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { type CollectorProcess, startCollectorProcess } from "../support/collector.ts";
import { startExchangeProcess } from "../support/exchange.ts";
import { rows } from "../support/import.ts";
import { tempFolder } from "../support/temp.ts";
import { makeThinTape, symbolNames } from "../support/thin-tape.ts";

/** Market days; 365 take an hour, with two hundred kills. */
const DAYS = Number(process.env.TICKBOOK_YEAR_DAYS ?? 37);
const SPEED = 8760;
const SECONDS = (DAYS * 86_400) / SPEED;
const KILLS = Math.max(6, Math.ceil(DAYS / 1.8));
/** Days in the database; what is older is archived. */
const KEPT_DAYS = Math.min(5, DAYS / 5);
/** Each so many kills the collector lives long enough to archive by itself, and is killed about then. */
const LONG_EVERY = Math.min(34, KILLS - 2);
const LONG_MS = 64_000;
const SYMBOLS = symbolNames(8);
const DAY_US = 86_400e6;

const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;

test(`${DAYS} market days of eight symbols with ${KILLS} kills, archives, backups, a return to the version before and an upgrade: nothing is lost unknowingly`, {
  timeout: SECONDS * 3000 + 600_000,
}, async (t) => {
  const folder = tempFolder(t);
  const tape = join(folder, "tape", "tape.db");
  const last = makeThinTape(tape, { symbols: SYMBOLS, days: DAYS, tradesPerDay: 120 });
  const plan = join(folder, "plan.json");
  writeFileSync(
    plan,
    JSON.stringify({
      seed: 3,
      settings: { weightPerMinute: 6_000_000 },
      faults: [
        { at: "message", fault: "drop", probability: 0.001 },
        { at: "message", fault: "duplicate", probability: 0.001 },
        { at: "connection", fault: "reset", probability: 0.0001 },
      ],
    }),
  );
  const exchange = await startExchangeProcess(t, ["--tape", tape, "--speed", String(SPEED), "--plan", plan]);
  const db = join(folder, "data", "year.db");
  const symbols = ["--symbols", SYMBOLS.join(",")];
  const archiving = ["--archive-after", `${Math.floor(KEPT_DAYS * 24)}h`];
  const flags = [...exchange.flags, ...symbols, ...archiving, "--db", db];
  const longOnes = Math.floor(KILLS / LONG_EVERY);
  const meanUpMs = Math.max(2000, (SECONDS * 1000 - longOnes * LONG_MS) / KILLS);
  const draw = random(4, 4);
  const [startMs, memoryMb]: [number[], number[]] = [[], []];
  let archivedByItself = 0;
  let isOver = false;
  void exchange.tapeEnded.then(() => {
    isOver = true;
  });
  let collector: CollectorProcess | undefined;
  for (let kill = 0; kill < KILLS || !isOver; kill++) {
    const sinceMs = performance.now();
    collector = startCollectorProcess(t, flags);
    await collector.until(({ event }) => event === "started");
    startMs.push(performance.now() - sinceMs);
    const isLong = kill % LONG_EVERY === LONG_EVERY - 1;
    const upMs = isOver
      ? 1500
      : isLong
        ? LONG_MS + 12_000 * draw.uniform()
        : meanUpMs * (0.4 + draw.uniform());
    await new Promise((resolve) => setTimeout(resolve, upMs));
    memoryMb.push(residentMb(collector.child.pid!));
    if (kill % 10 === 3) rmSync(backUp(db, join(folder, "copy.db"), 1).file);
    archivedByItself += collector.lines.filter(({ event }) => event === "archived").length;
    collector.child.kill("SIGKILL");
    await collector.ended;
    if (kill % 6 === 5) archive({ db, keepUs: KEPT_DAYS * DAY_US, nowUs: 1 });
    if (kill === Math.floor(KILLS / 2)) {
      // back to the version of 0.1 and, by the next start, here again
      const old = join(dirname(db), "old.db");
      downgrade(db, old, 3);
      for (const end of ["", "-wal", "-shm"]) rmSync(`${db}${end}`, { force: true });
      renameSync(old, db);
    }
  }
  collector = startCollectorProcess(t, flags);
  const isCalm = ({ event, symbols }: { event: string; symbols?: unknown }): boolean =>
    event === "status" &&
    Object.values(symbols as Record<string, { missing: number }>).every(({ missing }) => missing === 0);
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  const seen = collector.lines.length;
  await collector.until((line) => collector!.lines.indexOf(line) >= seen && isCalm(line));
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, collector.stderr());

  const history = openHistory(db);
  t.after(() => history.close());
  const original = openReader(tape);
  t.after(() => original.close());
  for (const series of history.series()) {
    const source = original.series().find(({ symbol }) => symbol === series.symbol)!;
    const first = history.trades(series, { limit: 1 }).id[0]!;
    assert.ok(first < 400, `${series.symbol} begins at ${first}`);
    const held = history.trades(series);
    const released = original.trades(source, { fromId: first });
    assert.equal(held.id.at(-1), last);
    for (const name of ["id", "price", "qty", "tradeTimeUs", "isBuyerMaker"] as const)
      assert.deepEqual([...held[name]], [...released[name]], `${series.symbol} ${name}`);
  }
  const { findings } = diagnose(history, { full: true }, Date.now() * 1000);
  assert.deepEqual(
    findings.filter(({ attention }) => attention),
    [],
  );
  assert.ok(Number(rows(db, "SELECT count(*) FROM archived")) > 0);
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  const third = Math.floor(startMs.length / 3);
  const facts = {
    kills: startMs.length,
    archivedByItself,
    startMs: [mean(startMs.slice(0, third)), mean(startMs.slice(-third))],
    memoryMb: [mean(memoryMb.slice(0, third)), mean(memoryMb.slice(-third))],
  };
  t.diagnostic(JSON.stringify(facts));
  assert.ok(facts.startMs[1]! < 1.5 * facts.startMs[0]! + 500, "the start takes ever longer");
  assert.ok(facts.memoryMb[1]! < 1.3 * facts.memoryMb[0]!, "it takes ever more memory");
});
