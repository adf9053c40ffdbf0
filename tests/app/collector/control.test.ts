import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { askCollector } from "../../../src/app/collector/control/client.ts";
import { controlPlace } from "../../../src/app/collector/control/place.ts";
import { type AnswerLine, openControl } from "../../../src/app/collector/control/server.ts";
import type { SymbolsChanged } from "../../../src/app/collector/symbols/changes.ts";
import type { LogEntry } from "../../../src/app/terminal/log.ts";
import { openStore } from "../../../src/pipeline/open-store.ts";
import { type CollectorProcess, startCollectorProcess, storedAtLeast } from "../../support/collector.ts";
import { rows } from "../../support/import.ts";
import { projectRoot } from "../../support/project.ts";
import { tempFolder } from "../../support/temp.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

/** Every id between the first and the last of each symbol is stored: nothing was missed, and nothing filled in. */
function assertWhole(db: string, symbols: readonly string[]): void {
  assert.deepEqual(
    rows(
      db,
      "SELECT symbol, max(trade_id) - min(trade_id) + 1 - count(*) FROM trades JOIN symbols USING (symbol_id) GROUP BY symbol ORDER BY symbol",
    ),
    [...symbols].sort().map((symbol) => [symbol, 0]),
  );
}

/** `npm run control`: its exit code and what it said. */
function control(...flags: readonly string[]): Promise<[number, string]> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(projectRoot, "scripts", "control.ts"), ...flags], (error, out, err) =>
      resolve([Number(error?.code ?? 0), `${out}${err}`.trim()]),
    );
  });
}

async function stop({ child, ended, stderr }: CollectorProcess): Promise<void> {
  child.kill("SIGTERM");
  assert.equal(await ended, 0, stderr());
}

test("symbols are added and removed by the socket while it collects, and those that stay lose nothing", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const collector = startCollectorProcess(t, ["--venue", "sim", "--symbols", "BTCUSDT,ETHUSDT", "--db", db]);
  await collector.until(storedAtLeast("BTCUSDT", 10));
  assert.equal(statSync(controlPlace(db)!).mode & 0o777, 0o600);
  const answer = await askCollector(db, { do: "symbols", add: ["SOLUSDT"], remove: ["ETHUSDT"] });
  const changed = answer!.result as SymbolsChanged;
  assert.deepEqual(changed, {
    added: ["SOLUSDT"],
    removed: ["ETHUSDT"],
    symbols: ["BTCUSDT", "SOLUSDT"],
  });
  const before = collector.lines.filter(({ event }) => event === "status").length;
  await collector.until(storedAtLeast("SOLUSDT", 10));
  await assert.rejects(askCollector(db, { do: "symbols", add: ["NOPE"] }), /does not know "NOPE"/);
  assert.deepEqual(await control("--db", db, "--add", "NOPE,XRPUSDT"), [
    2,
    'symbols: needs symbols that the exchange lists; it does not know "NOPE". Look up the spelling on the exchange; with --venue sim, npm run exchange -- --help names the symbols.',
  ]);
  const [code, said] = await control("--db", db);
  assert.deepEqual([code, (JSON.parse(said) as { event: string }).event], [0, "status"]);
  await assert.rejects(
    askCollector(db, { do: "symbols", remove: ["BTCUSDT", "SOLUSDT"] }),
    /needs at least one symbol that is left/,
  );
  // one that comes back has its downtime filled in
  await askCollector(db, { do: "symbols", add: ["ETHUSDT"] });
  const missing = ({ event, symbols }: { event: string; symbols?: unknown }): boolean =>
    event === "status" &&
    ((symbols as Record<string, { missing: number; stored: number }>).ETHUSDT?.stored ?? 0) > 0;
  await collector.until((line) => collector.lines.indexOf(line) > before && missing(line));
  await collector.until(({ event, symbol }) => event === "hole-filled" && symbol === "ETHUSDT");
  await stop(collector);
  assert.equal((await control("--db", db))[0], 3);
  assertWhole(db, ["BTCUSDT", "ETHUSDT", "SOLUSDT"]);
  assert.deepEqual(
    rows(db, "SELECT count(*) FROM holes JOIN symbols USING (symbol_id) WHERE symbol = 'BTCUSDT'"),
    [[0]],
  );
});

test("a configuration file has all flags, and its symbols are taken up when it changes; a wrong one changes nothing", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  const config = join(folder, "collector.json");
  const put = (symbols: unknown, more = {}): void =>
    writeFileSync(config, JSON.stringify({ venue: "sim", seed: 3, db, symbols, ...more }));
  put(["BTCUSDT"]);
  const collector = startCollectorProcess(t, ["--config", config]);
  await collector.until(storedAtLeast("BTCUSDT", 1));
  put(["BTCUSDT", "B*USDT"]);
  const told = await collector.until(({ event }) => event === "symbols");
  assert.deepEqual([told.added, told.removed], [["BNBUSDT", "BCHUSDT"], []]);
  await collector.until(storedAtLeast("BCHUSDT", 1));
  put(["btcusdt"]);
  const refused = await collector.until(({ event }) => event === "config");
  assert.match(
    String(refused.message),
    /^symbols: needs symbols .*got "btcusdt"\. .* All stays as it was\.$/,
  );
  put(["BTCUSDT", "B*USDT"], { keep: "30d" });
  const later = await collector.until(({ event, level }) => event === "config" && level === "warn");
  assert.match(String(later.message), /keep count from the next start on$/);
  const status = (await askCollector(db, { do: "status" }))!.result as { symbols: object };
  assert.deepEqual(Object.keys(status.symbols), ["BTCUSDT", "BNBUSDT", "BCHUSDT"]);
  await stop(collector);
  assertWhole(db, ["BTCUSDT", "BNBUSDT", "BCHUSDT"]);
});

test("of a pattern the symbols with the most trades in a day are taken; --quiet prints neither news nor status", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const flags = ["--venue", "sim", "--symbols", "LTCUSDT,*USDT", "--most-traded", "3", "--db", db, "--quiet"];
  const collector = startCollectorProcess(t, flags);
  let status: { result: unknown } | undefined;
  for (let i = 0; i < 200 && status === undefined; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    status = await askCollector(db, { do: "status" });
  }
  const { symbols } = status!.result as { symbols: object };
  // the third one is another one each day
  assert.deepEqual(Object.keys(symbols).slice(0, 3), ["LTCUSDT", "BTCUSDT", "ETHUSDT"]);
  await stop(collector);
  assert.deepEqual(collector.lines, []);
  const store = openStore(db);
  t.after(() => store.close());
  assert.equal(store.series().length, 4);
});

/** What a socket answers to raw bytes; "" where it is closed without a word. */
function raw(place: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(place, () => socket.write(text));
    socket.on("data", (data) => {
      said += data;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said));
  });
}

test("the socket takes one line of JSON by a known name, and nothing else ends or holds it", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const close = await openControl(db, { status: async () => ({ fine: true }) }, () => {});
  t.after(close);
  const place = controlPlace(db)!;
  const last = async (text: string): Promise<AnswerLine> =>
    JSON.parse((await raw(place, text)).trimEnd().split("\n").at(-1)!) as AnswerLine;
  assert.deepEqual(await last('{"do":"status"}\n'), { result: { fine: true } });
  for (const text of ["\n", "x\n", "null\n", "[]\n", '{"do":"constructor"}\n', '{"do":7}\n']) {
    const line = await last(text);
    assert.ok("refused" in line && line.refused.code === "bad-request", text);
  }
  assert.equal(await raw(place, "x".repeat(3 << 20)), "");
  assert.deepEqual((await askCollector(db, { do: "status" }))!.result, { fine: true });
});

// row 121
test("whoever asks and is gone before the answer ends nothing, be it while it is asked, told how far it is, or answered", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const slow = async (_: unknown, progress: (facts: unknown) => void): Promise<unknown> => {
    for (let i = 0; i < 20; i++) {
      progress({ i, text: "x".repeat(100_000) });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return "done";
  };
  const close = await openControl(db, { slow }, () => {});
  t.after(close);
  const gone = (afterMs: number, text: string): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(controlPlace(db)!, () => {
        socket.write(text);
        setTimeout(() => {
          socket.destroy();
          resolve();
        }, afterMs);
      });
      socket.on("error", () => {});
    });
  for (const afterMs of [0, 1, 10, 40, 90]) {
    for (const text of ['{"do":"slow"}\n', '{"do":"slow"}', '{"do":7}\n']) await gone(afterMs, text);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal((await askCollector(db, { do: "slow" }))!.result, "done");
});

test("a socket that a killed collector left is replaced; where there can be none, that is said", async (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  writeFileSync(controlPlace(db)!, "");
  const close = await openControl(db, { status: async () => 1 }, () => assert.fail());
  assert.equal((await askCollector(db, { do: "status" }))!.result, 1);
  await close();
  assert.equal(await askCollector(db, { do: "status" }), undefined);
  const told: string[] = [];
  const long = join(folder, "d".repeat(120), "x.db");
  const end = await openControl(long, {}, ({ event }) => told.push(event));
  await end();
  assert.deepEqual(told, ["no-control"]);
});

// row 118
test("a socket that was deleted is made anew, which is said; where there is no folder for it, once there is one", async (t) => {
  const folder = join(tempFolder(t), "data");
  mkdirSync(folder);
  const db = join(folder, "x.db");
  const clock = virtualClock();
  const told: string[] = [];
  const log = ({ event, message }: LogEntry): void => void told.push(`${event}: ${message}`);
  const close = await openControl(db, { status: async () => 1 }, log, clock);
  t.after(close);
  const answers = async (): Promise<boolean> => (await askCollector(db, { do: "status" })) !== undefined;
  const look = async (): Promise<void> => {
    clock.advance(5000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  rmSync(controlPlace(db)!);
  assert.equal(await answers(), false);
  await look();
  assert.equal(await answers(), true);
  rmSync(folder, { recursive: true });
  await look();
  await look();
  mkdirSync(folder);
  await look();
  assert.equal(await answers(), true);
  const gone = "no-control: requests to this collector (npm run control) can't be taken: ";
  const again = "control: requests to this collector are taken again";
  const deleted = `${gone}its socket was moved or deleted, and a new one is made; it goes on without`;
  assert.deepEqual([...told.slice(0, 3), told.at(-1)], [deleted, again, deleted, again]);
  assert.match(told[3]!, /the system says "listen (EACCES|ENOENT)/);
  assert.equal(told.length, 5);
});
