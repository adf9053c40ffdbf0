import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { type CollectorProcess, type Line, startCollectorProcess } from "../../support/collector.ts";
import { sharedData } from "../../support/shared-data.ts";
import { checkAgainstTape, tapeRows } from "../../support/tape.ts";
import { tempFolder } from "../../support/temp.ts";

const tape = sharedData("binance-spot-20240808");
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];

interface Outcome {
  readonly collector: CollectorProcess;
  readonly status: Line;
  readonly db: string;
}

/** A collector on the whole tape with messages that go wrong; it is stopped when every trade is stored. */
async function collectAll(t: TestContext, faults: readonly object[]): Promise<Outcome> {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const plan = join(folder, "plan.json");
  const settings = { weightPerMinute: 6_000_000 };
  writeFileSync(
    plan,
    JSON.stringify({ seed: 1, settings, faults: faults.map((fault) => ({ at: "message", ...fault })) }),
  );
  const collector = startCollectorProcess(t, [
    "--venue",
    "sim",
    "--tape",
    tape!,
    "--speed",
    "max",
    "--plan",
    plan,
    "--db",
    db,
  ]);
  const isWhole = ({ event, symbols }: Line): boolean => {
    const { BTCUSDT, ETHUSDT } = (symbols ?? {}) as Record<string, { stored: number; missing: number }>;
    return event === "status" && BTCUSDT!.stored >= 19_904 && ETHUSDT!.stored >= 14_515;
  };
  const status = await collector.until(isWhole);
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, collector.stderr());
  return { collector, status, db };
}

/** The same, and what is stored is the tape. */
async function collectThrough(t: TestContext, faults: readonly object[]): Promise<Outcome> {
  const outcome = await collectAll(t, faults);
  const rows = new Map(SYMBOLS.map((symbol) => [symbol, tapeRows(tape!, symbol)]));
  for (const { missing } of checkAgainstTape(outcome.db, rows).values()) assert.equal(missing, 0);
  return outcome;
}

const of = (status: Line, symbol: string): Record<string, number> =>
  (status.symbols as Record<string, Record<string, number>>)[symbol]!;

// rows 30, 31, 32
test("repeated trades are counted, other content under a known id is listed and never stored, swapped ones are all there", {
  skip: tape === undefined,
  timeout: 60_000,
}, async (t) => {
  const { status, db } = await collectThrough(t, [
    { fault: "duplicate", every: 100, stream: "btcusdt@trade" },
    { fault: "conflict", every: 997, stream: "btcusdt@trade" },
    { fault: "swap", every: 50, stream: "ethusdt@trade" },
  ]);
  assert.ok(of(status, "BTCUSDT").duplicates! >= 190);
  assert.ok(of(status, "BTCUSDT").conflicts! >= 15);
  const file = new Database(db, { readonly: true });
  t.after(() => file.close());
  assert.equal(file.prepare("SELECT count(*) FROM conflicts").pluck().get(), of(status, "BTCUSDT").conflicts);
  assert.equal(file.prepare("SELECT count(*) FROM holes WHERE state <> 'filled'").pluck().get(), 0);
});

// row 33
test("a jump of one id and one of five thousand are holes, and filled page by page", {
  skip: tape === undefined,
  timeout: 60_000,
}, async (t) => {
  const { db } = await collectThrough(t, [
    { fault: "drop", after: 200, stream: "btcusdt@trade" },
    { fault: "drop", after: 3000, times: 5000, stream: "btcusdt@trade" },
  ]);
  const file = new Database(db, { readonly: true });
  t.after(() => file.close());
  assert.deepEqual(
    file.prepare("SELECT last_id - first_id + 1, state FROM holes ORDER BY first_id").raw().all(),
    [
      [1, "filled"],
      [5000, "filled"],
    ],
  );
  assert.equal(file.prepare("SELECT count(*) FROM trades WHERE source = 1").pluck().get(), 5001);
});

// rows 35, 36, 37, 40, 42
test("fields that can't be right are kept aside as they came, and the trades are fetched instead", {
  skip: tape === undefined,
  timeout: 60_000,
}, async (t) => {
  const bad = [
    { fault: "set", field: "t", json: "9007199254740993" },
    { fault: "set", field: "t", json: "-1" },
    { fault: "set", field: "t", json: "1.5" },
    { fault: "set", field: "t", json: '"7"' },
    { fault: "set", field: "t", json: "null" },
    { fault: "set", field: "p", json: "64000.5" },
    { fault: "set", field: "p", json: '"1e-8"' },
    { fault: "set", field: "p", json: '"NaN"' },
    { fault: "set", field: "p", json: '"-1"' },
    { fault: "set", field: "p", json: '""' },
    { fault: "set", field: "q", json: '" 1 "' },
    { fault: "set", field: "q", json: `"${"1".repeat(40)}"` },
    { fault: "set", field: "m", json: '"true"' },
    { fault: "remove", field: "p" },
    { fault: "remove", field: "T" },
    { fault: "other-symbol", symbol: "XRPUSDT" },
    { fault: "truncate" },
  ];
  const { status, db } = await collectThrough(
    t,
    bad.map((fault, i) => ({ ...fault, stream: "btcusdt@trade", after: 1000 + 100 * i })),
  );
  assert.equal(status.rejected, bad.length);
  const kept = readFileSync(join(db, "..", "logs", "rejected.log"), "utf8")
    .trim()
    .split("\n");
  assert.equal(kept.length, bad.length);
  for (const line of kept) assert.equal((JSON.parse(line) as Line).event, "rejected");
  const file = new Database(db, { readonly: true });
  t.after(() => file.close());
  assert.equal(file.prepare("SELECT count(*) FROM trades WHERE source = 1").pluck().get(), bad.length);
});

// row 39
test("a trade whose time can't be waits aside until REST has given it; nothing is missing, and no wrong time is stored", {
  skip: tape === undefined,
  timeout: 60_000,
}, async (t) => {
  const far = { fault: "set", field: "T", stream: "btcusdt@trade" };
  const { collector } = await collectThrough(t, [
    { ...far, json: "0", after: 10 },
    { ...far, json: "4102444800000", after: 19 },
    { ...far, json: "1500000000000000", after: 30 },
  ]);
  const told = collector.lines.filter(({ event }) => event === "odd-time");
  assert.equal(told.length, 3);
  assert.match(String(told[0]!.message), /which can't be; it waits aside until REST has given it$/);
});

// row 103
test("one id far ahead opens no hole: it waits, and what REST does not confirm is left out", {
  skip: tape === undefined,
  timeout: 60_000,
}, async (t) => {
  const { collector, db } = await collectThrough(t, [
    { fault: "set", field: "t", stream: "btcusdt@trade", json: "9000000000000000", after: 100 },
    { fault: "set", field: "t", stream: "ethusdt@trade", json: "9000000000000001", after: 200 },
  ]);
  assert.ok(collector.lines.some(({ event }) => event === "far-ahead"));
  const file = new Database(db, { readonly: true });
  t.after(() => file.close());
  assert.ok((file.prepare("SELECT max(last_id) FROM ranges").pluck().get() as number) < 1e15);
  assert.equal(file.prepare("SELECT count(*) FROM v_holes WHERE state <> 'filled'").pluck().get(), 0);
});
