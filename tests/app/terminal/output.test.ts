import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { type Command, inShell, STREAMS, worksUnread } from "../../support/closed-output.ts";
import { importing, put, rows, tradeLines } from "../../support/import.ts";
import { projectRoot } from "../../support/project.ts";
import { tempFolder } from "../../support/temp.ts";

/** Each with work as small as can be. */
const COMMANDS: Readonly<Record<string, (folder: string) => Command | Promise<Command>>> = {
  import: (folder) => {
    const db = join(folder, "new.db");
    const files = [1, 101].map((first) => tradesFile(folder, first));
    return { flags: ["--db", db, ...files], isDone: () => tradesIn(db) === 200 };
  },
  archive: async (folder) => {
    const isDone = (): boolean => globSync("archive/**/*.parquet", { cwd: folder }).length === 1;
    return { flags: ["--db", await storedTrades(folder), "--before", "2024-08-09"], isDone };
  },
  export: async (folder) => {
    const out = join(folder, "out.csv");
    const flags = ["--source", await storedTrades(folder), "--symbol", "BTCUSDT", "--out", out];
    return { flags, isDone: () => readFileSync(out, "utf8").split("\n").length === 202 };
  },
  backup: async (folder) => {
    const out = join(folder, "copy.db");
    return { flags: ["--db", await storedTrades(folder), "--out", out], isDone: () => tradesIn(out) === 200 };
  },
  report: (folder) => {
    const out = join(folder, "report.html");
    const flags = ["--source", "sim:7", "--bars", "700", "--out", out];
    return { flags, isDone: () => readFileSync(out, "utf8").trimEnd().endsWith("</html>") };
  },
  doctor: async (folder) => ({ flags: ["--source", await storedTrades(folder)], isDone: () => true }),
  "test-rules": () => ({ flags: [join(projectRoot, "rules", "default.test.json")], isDone: () => true }),
  collect: (folder) => {
    const db = join(folder, "sim.db");
    return { flags: ["--venue", "sim", "--db", db], isDone: () => tradesIn(db) > 0, endless: true };
  },
  watch: async (folder) => {
    const isDone = (): boolean => existsSync(join(folder, "alerts.db"));
    return { flags: ["--source", await storedTrades(folder)], isDone, endless: true };
  },
  exchange: async () => {
    const port = await freePort();
    const isDone = async (): Promise<boolean> => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v3/ping`).catch(() => undefined);
      return answer?.ok === true;
    };
    return { flags: ["--port", String(port)], isDone, endless: true };
  },
  merge: async (folder) => {
    const into = join(folder, "desk.db");
    return { flags: ["--into", into, await storedTrades(folder)], isDone: () => tradesIn(into) === 200 };
  },
  downgrade: async (folder) => {
    const out = join(folder, "old.db");
    return { flags: ["--db", await storedTrades(folder), "--out", out], isDone: () => tradesIn(out) === 200 };
  },
  serve: () => ({ flags: ["--help"], isDone: () => true }),
  publish: () => ({ flags: ["--help"], isDone: () => true }),
  bench: () => ({ flags: ["--help"], isDone: () => true }),
  probe: () => ({ flags: ["--help"], isDone: () => true }),
  control: () => ({ flags: ["--help"], isDone: () => true }),
  test: () => ({ flags: ["tests/core/errors.test.ts"], isDone: () => true }),
  "test:long": () => ({ flags: ["tests/core/errors.test.ts"], isDone: () => true }),
  build: () => ({ flags: [], isDone: () => existsSync(join(projectRoot, "dist", "src", "index.js")) }),
};

/** The longer ones have nothing of their own in the later streams. */
const FEWER: Readonly<Record<string, number>> = {
  "test:long": 1,
  control: 1,
  bench: 1,
  probe: 1,
  publish: 1,
  serve: 1,
  exchange: 2,
  watch: 2,
};

for (const [name, prepare] of Object.entries(COMMANDS)) worksUnread(name, prepare, FEWER[name]);

/** `start` has a test beside JupyterLab's, the compilers' tests/long/output.test.ts; the others ask the registry of npm, or git. */
const ELSEWHERE = ["start", "check", "format", "add", "remove", "update", "setup", "test:desk"];

test("every command of package.json is among these, or has its test elsewhere", () => {
  const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  assert.deepEqual([...ELSEWHERE, ...Object.keys(COMMANDS)].sort(), Object.keys(scripts).sort());
});

test("what is refused is said with its exit code also when stdout is closed, and a full disk is told on stderr", async (t) => {
  const folder = tempFolder(t);
  await inShell(folder, STREAMS["stdout is closed at once"]!, ["doctor", "--source", join(folder, "no.db")]);
  assert.equal(readFileSync(join(folder, "code"), "utf8").trim(), "2");
  assert.match(readFileSync(join(folder, "said"), "utf8"), /^.*no\.db: .*\n$/);
  await inShell(folder, 'run "$@" >/dev/full 2>said', ["doctor", "--help"]);
  assert.match(
    readFileSync(join(folder, "said"), "utf8"),
    /^output: needs a place that can be written; the system says ENOSPC\. .*\n$/,
  );
});

/** A hundred trades as Binance publishes them. */
function tradesFile(folder: string, first: number): string {
  const day = first === 1 ? 8 : 9;
  const lines = tradeLines(first, 100, Date.UTC(2024, 7, day) * 1000);
  return put(folder, `BTCUSDT-trades-2024-08-0${day}.csv`, lines.join("\n"));
}

async function storedTrades(folder: string): Promise<string> {
  const db = join(folder, "stored.db");
  for (const first of [1, 101]) await importing(tradesFile(folder, first), db);
  return db;
}

function tradesIn(db: string): number {
  try {
    return Number(rows(db, "SELECT count(*) FROM trades"));
  } catch {
    return 0;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
