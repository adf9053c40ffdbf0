import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openStore } from "../../src/pipeline/open-store.ts";
import { runScript } from "../support/command.ts";
import { startDesk } from "../support/desk.ts";
import { projectRoot } from "../support/project.ts";
import { SYMBOLS, write } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, T0, trade } from "../support/trades.ts";

const data = mkdtempSync(join(tmpdir(), "tickbook-engine-"));
after(() => rmSync(data, { recursive: true, force: true }));
let desk = await startDesk({ data });
const port = desk.port;

const put = (db: string, first: number, last: number): void => {
  const trades = Array.from({ length: last - first + 1 }, (_, i) => trade(first + i));
  write(db, (writer) => writer.append(batchOf(trades, SYMBOLS), T0));
};

const held = (name: string): number => {
  const shelf = openStore(desk.url(name));
  try {
    return shelf.trades(shelf.series()[0]!).length;
  } finally {
    shelf.close();
  }
};

async function until(what: () => boolean): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!what()) {
    assert.ok(performance.now() < endMs, "it does not come");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("npm run publish sends what is there, counts it, and says so; doctor, export and report read the server", (t) => {
  const folder = tempFolder(t);
  const db = join(folder, "x.db");
  put(db, 1, 500);
  const to = desk.url("once");
  const { code, lines, error } = runScript("publish", ["--db", db, "--to", to, "--audit"]);
  assert.deepEqual([code, error], [0, ""]);
  const told = lines.filter(({ event }) => event !== "progress");
  assert.deepEqual(
    told.map(({ event, trades, differing }) => [event, trades, differing]),
    [
      ["published", 500, undefined],
      ["audited", undefined, 0],
    ],
  );
  const examined = runScript("doctor", ["--source", to, "--full"]);
  assert.match(examined.out, /· 500 trades, none missing/);
  assert.match(examined.out, /Who publishes here/);
  const [here, there] = [join(folder, "here.csv"), join(folder, "there.csv")];
  assert.equal(runScript("export", ["--source", db, "--symbol", "BTCUSDT", "--out", here]).code, 0);
  assert.equal(runScript("export", ["--source", to, "--symbol", "BTCUSDT", "--out", there]).code, 0);
});

test("publish refuses what it lacks, and a server that is not there, in a line", (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, 1, 5);
  for (const [flags, said] of [
    [["--to", desk.url("x")], /^--db: needs the database to publish; got none\./],
    [["--db", db], /^--to: needs the server to publish to; got none\./],
    [["--db", db, "--to", "desk"], /^--to: needs the address of a ClickHouse server/],
    [["--db", db, "--to", "http://me:pw@desk"], /^--to: needs an address without a user or a password/],
    [
      ["--db", db, "--to", "http://127.0.0.1:9"],
      /needs a server that answers; the network says ECONNREFUSED/,
    ],
    [["--db", db, "--to", desk.url("x"), "--collector", "a b"], /^--collector: needs a name/],
  ] as const) {
    const { code, error } = runScript("publish", flags);
    assert.equal(code, 2);
    assert.match(error, said);
    assert.equal(error.trim().split("\n").length, 1);
  }
});

test("a relay that follows goes on a second behind, waits for a server that is away, and sends the last when it is asked to stop", async (t) => {
  const db = join(tempFolder(t), "x.db");
  put(db, 1, 100);
  const program = join(projectRoot, "scripts", "publish.ts");
  const child = spawn(process.execPath, [program, "--db", db, "--to", desk.url("follow"), "--follow"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  await until(() => said.includes('"event":"publishing"'));
  await until(() => held("follow") === 100);
  put(db, 101, 150);
  await until(() => held("follow") === 150);
  await desk.stop();
  put(db, 151, 170);
  await until(() => said.includes('"event":"waiting"'));
  assert.match(said, /needs a server that answers.*Trying again in \d+ s\./);
  desk = await startDesk({ data, port });
  await until(() => held("follow") === 170);
  put(db, 171, 180);
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
  assert.equal(held("follow"), 180);
});
