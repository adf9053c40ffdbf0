import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { parseRules } from "../../src/analytics/alerts/rules/check-rules.ts";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { readAlertHistory } from "../../src/pipeline/store/alert-store.ts";
import { SCHEMA_VERSION } from "../../src/pipeline/store/file/schema.ts";
import { sumsOf } from "../fixtures/0.1/sums.ts";
import { put, rows, tradeLines } from "../support/import.ts";
import { assertNear, type Kept, keptFolder } from "../support/kept.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

interface Expected {
  readonly exports: readonly {
    readonly db: string;
    readonly symbol: string;
    readonly what: string;
    readonly sha256?: string;
    readonly sums?: Readonly<Record<string, number>>;
  }[];
  readonly doctor: Readonly<Record<string, unknown>>;
  readonly names: Readonly<Record<string, string>>;
}

/** Public names of 0.1 that are gone, and why nobody misses them. A renamed call stays, and says its new spelling. */
const GONE: Readonly<Record<string, string>> = {
  FIRST_STATE: "the evaluator's own",
  STRATEGY_NAMES: "the report's own",
  joinedColumn: "only joinBars needed it",
  namedStrategy: "the report's own",
  observeAlert: "the evaluator's own",
  ruleFaults: "checkRules says the same",
  venueLabel: "charts and tables write it themselves",
  zUnitCount: "the alerts' own",
};

const SCHEMA_OF_0_1 = 3;

const open = (t: TestContext): Kept => keptFolder("0.1", join(tempFolder(t), "0.1"));

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

test("what reads a folder of 0.1 leaves its databases as they were, and every export as it was", (t) => {
  const kept = open(t);
  const { exports } = kept.read<Expected>("expected.json");
  const before = ["sim", "binance"].map((name) => sha256(kept.path("data", `${name}.db`)));
  const out = kept.path("out.csv");
  for (const { db, symbol, what, sha256: bytes, sums } of exports) {
    const flags = ["--source", `data/${db}.db`, "--symbol", symbol, "--what", what, "--out", out];
    const { code, stderr } = kept.run("export", ...flags);
    assert.deepEqual([code, stderr], [0, ""], flags.join(" "));
    if (bytes !== undefined) assert.equal(sha256(out), bytes, `${what} of ${symbol} in ${db}.db`);
    if (sums !== undefined)
      assertNear(sumsOf(readFileSync(out, "utf8")), sums, `${what} of ${symbol} in ${db}.db`);
  }
  assert.deepEqual(
    ["sim", "binance"].map((name) => sha256(kept.path("data", `${name}.db`))),
    before,
  );
});

test("the doctor says of a folder of 0.1 what 0.1 said, holes and merged trades included", (t) => {
  const kept = open(t);
  const { doctor } = kept.read<Expected>("expected.json");
  for (const [name, said] of Object.entries(doctor)) {
    const { code, stdout, stderr } = kept.run(
      "doctor",
      "--source",
      `data/${name}.db`,
      "--since",
      "30d",
      "--json",
    );
    // in the week after it was collected it is a collector that has stopped: 3, which 0.1 did not tell apart
    const { findings } = JSON.parse(stdout) as { findings: { code: string }[] };
    const isLately = findings.some((one) => one.code === "not-collecting");
    assert.deepEqual([code, stderr], [isLately ? 3 : 1, ""]);
    assertNear(JSON.parse(stdout), said, name);
  }
});

test("files archived by 0.1 are sound, and are read together with the database as one", (t) => {
  const kept = open(t);
  const { code, stdout } = kept.run("archive", "--db", "data/binance.db", "--check");
  assert.equal(code, 0, stdout);
  assert.match(stdout, /"event":"checked","files":2,"trades":\d+,"defects":0/);
  const store = openHistory(kept.path("data", "binance.db"));
  try {
    const held = store.series().map((series) => {
      let trades = 0;
      for (const block of store.blocks(series, {})) trades += block.length;
      return `${series.symbol} ${trades}`;
    });
    assert.deepEqual(held, ["BTCUSDT 1760", "ETHUSDT 1760", "SOLUSDT 0"]);
  } finally {
    store.close();
  }
});

test("the first command that writes brings a database of 0.1 up to date, with a copy beside it, and loses nothing", (t) => {
  const kept = open(t);
  const db = kept.path("data", "binance.db");
  const held = (): string => String(rows(db, "SELECT count(*) FROM trades"));
  const before = Number(held());
  assert.equal(String(rows(db, "PRAGMA user_version")), String(SCHEMA_OF_0_1));
  const lines = tradeLines(1801, 50, Date.UTC(2026, 2, 14, 6) * 1000);
  put(kept.path(), "BTCUSDT-trades-2026-03-14.csv", lines.join("\n"));
  const { code, stderr } = kept.run("import", "--db", db, "BTCUSDT-trades-2026-03-14.csv");
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(String(rows(db, "PRAGMA user_version")), String(SCHEMA_VERSION));
  assert.equal(existsSync(`${db}.v${SCHEMA_OF_0_1}.bak`), SCHEMA_VERSION > SCHEMA_OF_0_1);
  assert.equal(Number(held()), before + 50);
  assert.equal(kept.run("archive", "--db", db, "--before", "2026-03-14").code, 0);
  assert.equal(kept.run("archive", "--db", db, "--check").code, 0);
  const out = kept.path("out.csv");
  assert.equal(kept.run("export", "--source", db, "--symbol", "BTCUSDT", "--out", out).code, 0);
  assert.equal(readFileSync(out, "utf8").trim().split("\n").length, 1 + 1760 + 50);
});

test("a collector goes on in a database of 0.1", async (t) => {
  const kept = open(t);
  const db = kept.path("data", "sim.db");
  const before = Number(rows(db, "SELECT count(*) FROM trades"));
  const { code, stderr } = kept.run("collector", "--venue", "sim", "--db", db, "--duration", "1500ms");
  assert.deepEqual([code, stderr], [0, ""]);
  assert.ok(Number(rows(db, "SELECT count(*) FROM trades")) > before);
});

test("rules of 0.1 are taken, and the watch goes on in its history without losing or telling anything twice", async (t) => {
  const kept = open(t);
  for (const name of ["rules.json", "default-rules.json"]) {
    assert.ok(parseRules(readFileSync(kept.path(name), "utf8"), { where: name }).rules.length > 0);
  }
  const history = kept.path("data", "alerts.db");
  const before = readAlertHistory(history);
  assert.ok(before.length > 10);
  const program = join(projectRoot, "scripts", "watch.ts");
  const watch = spawn(process.execPath, [program, "--source", "data/sim.db", "--rules", "rules.json"], {
    cwd: kept.path(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => watch.kill("SIGKILL"));
  let said = "";
  let isStopped = false;
  for await (const text of watch.stdout.setEncoding("utf8")) {
    said += text;
    if (isStopped || !/Watching \d+ alerts/.test(said)) continue;
    isStopped = watch.kill("SIGINT");
  }
  if (watch.exitCode === null) await once(watch, "exit");
  assert.equal(watch.exitCode, 0, said);
  const after = readAlertHistory(history);
  assert.deepEqual(
    after.filter(({ id }) => before.some((one) => one.id === id)),
    before,
  );
  const told = after.map(({ key, kind, timeUs }) => `${key} ${kind} ${timeUs}`);
  assert.equal(new Set(told).size, told.length);
});

test("a report of 0.1 is made again and comes to the same; where a rule has changed since, that is said", (t) => {
  const kept = open(t);
  const verify = (name: string): ReturnType<Kept["run"]> =>
    kept.run("report", "--verify", name, "--source", "data/sim.db");
  const fixed = verify("ols.html");
  assert.deepEqual([fixed.code, fixed.stderr], [0, ""], fixed.stdout);
  const rolling = verify("rolling.html");
  assert.deepEqual([rolling.code, rolling.stderr], [1, ""], rolling.stdout);
  assert.match(
    rolling.stdout,
    /A rule has changed since: a rolling line is refitted at each entry and kept until the exit/,
  );
});

test("each public name of 0.1 is still there, some in a part of their subject; what was renamed says its new spelling", async (t) => {
  const parts = ["index", "stats", "backtest", "charts", "alerts", "store", "controls"];
  const modules = await Promise.all(parts.map((part) => import(`../../src/${part}.ts`) as Promise<object>));
  const all: Record<string, unknown> = Object.assign({}, ...modules.toReversed());
  const { names } = open(t).read<Expected>("expected.json");
  const missing = Object.entries(names)
    .filter(([name, kind]) => typeof all[name] !== kind && GONE[name] === undefined)
    .map(([name]) => name);
  assert.deepEqual(missing, []);
});
