import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import {
  fallBack,
  mayFallBack,
  planCollector,
  planNotebook,
  planPort,
  planPublish,
  planWatch,
  START,
  type StartFlags,
} from "../../../src/app/commands/start-plan.ts";
import { choosePort } from "../../../src/app/processes/ports.ts";
import { readFlags } from "../../../src/app/terminal/flags.ts";
import { tempFolder } from "../../support/temp.ts";

const flags = (...argv: string[]): StartFlags => readFlags(START, argv, () => {})!;

test("with no flags the collector stores Binance's usual symbols in data/binance.db, and the notebooks are told so", () => {
  const plan = planCollector(flags(), "/p");
  assert.deepEqual(plan.flags, [
    "--venue",
    "binance",
    "--symbols",
    "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT,XRPUSDT,DOGEUSDT",
    "--db",
    "/p/data/binance.db",
  ]);
  assert.deepEqual(plan.environment, {
    TICKBOOK_DB: "/p/data/binance.db",
    TICKBOOK_SYMBOLS: "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT,XRPUSDT,DOGEUSDT",
  });
});

test("a tape is replayed by the built-in exchange into a database of its own", () => {
  const plan = planCollector(flags("--tape", "t.csv", "--speed", "5"), "/p");
  assert.equal(plan.db, "/p/data/replay.db");
  assert.deepEqual(plan.flags, [
    "--venue",
    "replay",
    "--db",
    "/p/data/replay.db",
    "--tape",
    "t.csv",
    "--speed",
    "5",
  ]);
});

test("a window of a database is replayed as it was chosen, all of its symbols unless some are named", () => {
  const window = [
    "--tape",
    "data/x.db",
    "--from",
    "2026-01-31",
    "--to",
    "2026-02-01",
    "--tape-venue",
    "binance",
  ];
  const plan = planCollector(flags("--venue", "replay", ...window, "--speed", "60"), "/p");
  assert.deepEqual(plan.flags.slice(4), [...window, "--speed", "60"]);
  assert.equal(plan.what, "all symbols from data/x.db");
  const some = planCollector(flags(...window, "--symbols", "BTCUSDT"), "/p");
  assert.deepEqual(some.flags.slice(0, 4), ["--venue", "replay", "--symbols", "BTCUSDT"]);
});

test("a replay is not written into the database it is read from", () => {
  const asked = flags("--tape", "/p/data/replay.db");
  assert.throws(() => planCollector(asked, "/p"), {
    message:
      '--db: needs another database than the tape; both are "/p/data/replay.db". Pass for example --db data/again.db.',
  });
});

test("a window without a tape, and a replay without one, are refused", () => {
  assert.throws(() => planCollector(flags("--from", "2026-01-31"), "/p"), {
    message:
      "--from: needs a --tape, of which it chooses a part; got none. Leave it out, or pass a database.",
  });
  assert.throws(() => planCollector(flags("--venue", "replay"), "/p"), {
    message: "--venue: replay needs a --tape to play; got none. Pass for example --tape data/binance.db.",
  });
});

test("the built-in exchange that takes Binance's place never writes into Binance's database", () => {
  const asked = flags("--db", "mine/real.db", "--symbols", "BTCUSDT");
  const plan = planCollector(asked, "/p");
  assert.ok(mayFallBack(asked, plan));
  const instead = fallBack(asked, plan);
  assert.equal(instead.db, "/p/mine/sim.db");
  assert.deepEqual(instead.environment, { TICKBOOK_DB: "/p/mine/sim.db", TICKBOOK_SYMBOLS: "BTCUSDT" });
  assert.equal(instead.venue, "sim");
  assert.deepEqual(instead.flags.slice(2, 4), ["--symbols", "BTCUSDT"]);
});

test("an exchange whose address was named is never replaced by another", () => {
  const asked = flags("--ws-url", "ws://127.0.0.1:1", "--rest-url", "http://127.0.0.1:1");
  assert.equal(mayFallBack(asked, planCollector(asked, "/p")), false);
});

test("an unknown venue and a tape beside binance are refused", () => {
  assert.throws(() => planCollector(flags("--venue", "kraken"), "/p"), {
    message: '--venue: needs binance, sim or replay; got "kraken". Pass one of them.',
  });
  assert.throws(() => planCollector(flags("--venue", "binance", "--tape", "t"), "/p"), {
    message:
      "--tape: needs the built-in exchange to replay it; got --venue binance beside it. Leave --venue out.",
  });
});

test("a notebook has to be there, inside the project", (t) => {
  const root = tempFolder(t);
  mkdirSync(join(root, "project"));
  writeFileSync(join(root, "outside.ipynb"), "{}");
  writeFileSync(join(root, "project", "inside.ipynb"), "{}");
  const project = join(root, "project");
  const plan = (file: string): unknown => planNotebook(flags("--notebook", file), project);
  assert.deepEqual(plan("inside.ipynb"), { folder: project, notebook: join(project, "inside.ipynb") });
  assert.throws(() => plan("../outside.ipynb"), /--notebook: needs a notebook inside .* is outside it\./);
  assert.throws(() => plan("none.ipynb"), /"none\.ipynb" is no file\./);
  assert.throws(() => plan("."), /"\." is no file\./);
});

test("notebooks of one's own lie in any folder that is there; of its notebooks none is opened unless it is named", (t) => {
  const root = tempFolder(t);
  const own = join(root, "research");
  mkdirSync(own);
  writeFileSync(join(own, "mine.ipynb"), "{}");
  const plan = (...given: string[]): unknown => planNotebook(flags(...given), join(root, "project"));
  assert.deepEqual(plan("--notebooks", own), { folder: own });
  assert.deepEqual(plan("--notebooks", "../research", "--notebook", "mine.ipynb"), {
    folder: own,
    notebook: join(own, "mine.ipynb"),
  });
  assert.throws(() => plan("--notebooks", "none"), {
    message: '--notebooks: needs a folder; "none" is none. Make it first, or name another.',
  });
});

test("what is wrong with a flag is said in one line", () => {
  const bare = {
    message:
      /^npm start --: needs flags that it knows; Option '--seed' argument is ambiguous\. See --help\.$/,
  };
  assert.throws(() => flags("--seed", "--bars"), bare);
  assert.throws(() => flags("--bogus"), { message: /; Unknown option '--bogus'\. See --help\.$/ });
});

test("a port out of range is refused", () => {
  assert.equal(planPort(flags()), undefined);
  assert.equal(planPort(flags("--port", "9000")), 9000);
  for (const text of ["0", "65536", "abc", "1.5"]) {
    assert.throws(() => planPort(flags("--port", text)), /--port: needs a whole number from 1 to 65535/);
  }
});

test("a busy port is passed over when none was asked for, and refused when it was", async (t) => {
  const server = createServer();
  t.after(() => server.close());
  const busy = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  const chosen = await choosePort(undefined, busy);
  assert.ok(chosen > busy);
  await assert.rejects(choosePort(busy, 8888), {
    message: `--port: needs a free port; ${busy} is taken by another program. Pass another one, or leave --port out to have one found.`,
  });
});

test("alerts are watched on the collector's database, by the rules that are named, unless they are not wanted", () => {
  const rules = join("/p", "data", "alerts.json");
  assert.deepEqual(planWatch({}, "/p/x.db", "/p"), ["--source", "/p/x.db", "--no-status"]);
  assert.deepEqual(planWatch({ "alert-rules": "data/alerts.json" }, "/p/x.db", "/p")?.slice(3), [
    "--rules",
    rules,
  ]);
  assert.equal(planWatch({ "no-alerts": "true" }, "/p/x.db", "/p"), undefined);
});

test("--publish has the relay follow the database that is collected into, and an address that is none is refused at once", () => {
  assert.equal(planPublish(flags(), "/p/x.db"), undefined);
  assert.deepEqual(planPublish(flags("--publish", "http://desk"), "/p/x.db"), [
    ...["--db", "/p/x.db", "--to", "http://desk:8123/tickbook", "--follow"],
  ]);
  assert.throws(
    () => planPublish(flags("--publish", "desk:8123"), "/p/x.db"),
    /--publish: needs the address/,
  );
});
