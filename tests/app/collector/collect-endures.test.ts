import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { type CollectorProcess, startCollectorProcess, storedAtLeast } from "../../support/collector.ts";
import { type ExchangeProcess, startExchangeProcess } from "../../support/exchange.ts";
import { processesNaming, until } from "../../support/processes.ts";
import { projectRoot } from "../../support/project.ts";
import { smallDisk } from "../../support/small-disk.ts";
import { tempFolder } from "../../support/temp.ts";

const TIMEOUT = { timeout: 90_000 };
const program = join(projectRoot, "scripts", "collector.ts");

async function simulated(t: TestContext): Promise<ExchangeProcess> {
  return startExchangeProcess(t, ["--seed", "7", "--port", "0"]);
}

/** How many trades a database holds; 0 before there is one. */
function stored(file: string): number {
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return db.prepare("SELECT count(*) FROM trades").pluck().get() as number;
    } finally {
      db.close();
    }
  } catch {
    return 0;
  }
}

async function grows(file: string): Promise<void> {
  const before = stored(file);
  await until(() => stored(file) > before, "more trades", 15_000);
}

async function stop(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  child.kill("SIGTERM");
  return ended;
}

// row 91
test(
  "standard output on a full disk, and a log that can't be written, stop no collector",
  TIMEOUT,
  async (t) => {
    const exchange = await simulated(t);
    const db = join(tempFolder(t), "x.db");
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [program, ...exchange.flags, "--db", db], {
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    t.after(() => child.kill("SIGKILL"));
    let said = "";
    child.stderr!.on("data", (text) => {
      said += text;
    });
    await grows(db);
    await grows(db);
    assert.equal(await stop(child), 0);
    assert.equal(said, "");
  },
);

// row 92
test(
  "a reader that sleeps, of a pipe or a terminal stopped with Ctrl-S, holds nothing up, and is told what it missed",
  TIMEOUT,
  async (t) => {
    const exchange = await simulated(t);
    const folder = tempFolder(t);
    const db = join(folder, "x.db");
    const script = join(folder, "terminal.py");
    // a terminal of its own, in which a person presses Ctrl-S, waits and presses Ctrl-Q
    writeFileSync(
      script,
      `import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
os.read(fd, 10)
os.write(fd, b"\\x13")
sys.stdin.read(1)
os.write(fd, b"\\x11")
os.set_blocking(fd, True)
end = time.time() + 3
while time.time() < end:
    os.read(fd, 65536)
os.write(fd, b"\\x03")
try:
    while os.read(fd, 65536): pass
except OSError: pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`,
    );
    const flags = [program, ...exchange.flags, "--db", db];
    const child = spawn("python3", [script, process.execPath, ...flags], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    await grows(db);
    await sleep(3000);
    await grows(db);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin!.end("q");
    assert.equal(await ended, 0);

    const piped = join(folder, "piped.db");
    const other = spawn(process.execPath, [program, ...exchange.flags, "--db", piped], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => other.kill("SIGKILL"));
    // nobody reads: some seconds of status lines are more than a pipe holds only after minutes, so it is made small
    await grows(piped);
    await grows(piped);
    assert.equal(await stop(other), 0);
  },
);

// row 93
test(
  "a closed terminal and nohup stop no collector; a kill of npm ends it, whatever stands between",
  TIMEOUT,
  async (t) => {
    const exchange = await simulated(t);
    const folder = tempFolder(t);
    const db = join(folder, "x.db");
    const collector = startCollectorProcess(t, [...exchange.flags, "--db", db]);
    await collector.until(storedAtLeast("BTCUSDT", 1));
    collector.child.kill("SIGHUP");
    await grows(db);
    assert.equal(await stop(collector.child), 0);

    const second = join(folder, "second.db");
    const flags = [...exchange.flags, "--db", second];
    const npm = spawn("npm", ["run", "collect", "--", ...flags], { cwd: projectRoot, stdio: "ignore" });
    t.after(() => {
      for (const pid of processesNaming(second)) process.kill(pid, "SIGKILL");
    });
    await until(() => stored(second) > 0, "trades", 60_000);
    npm.kill("SIGTERM");
    await until(() => processesNaming(second).length === 0, "the end of all its processes", 15_000);
    const again = startCollectorProcess(t, flags);
    await again.until(({ event }) => event === "started");
    assert.equal(await stop(again.child), 0);
  },
);

// row 94
test("--duration of years does not end at once", TIMEOUT, async (t) => {
  const exchange = await simulated(t);
  const db = join(tempFolder(t), "x.db");
  const flags = [...exchange.flags, "--db", db, "--duration", "3650d"];
  const collector = startCollectorProcess(t, flags);
  await collector.until(storedAtLeast("BTCUSDT", 20));
  assert.equal(collector.child.exitCode, null);
  assert.equal(await stop(collector.child), 0);
});

// row 95
test(
  "a disk that is full while the write-ahead log is long ends nothing; the restart waits for room, and nothing is lost",
  TIMEOUT,
  async (t) => {
    const disk = smallDisk(t, 1_500_000);
    if (disk === undefined) return;
    const exchange = await simulated(t);
    const db = join(disk.folder, "x.db");
    const flags = [...exchange.flags, "--db", db];
    const start = (): CollectorProcess => startCollectorProcess(t, flags);
    const first = start();
    await first.until(storedAtLeast("BTCUSDT", 1));
    const reader = new Database(db, { readonly: true });
    const held = reader.prepare("SELECT * FROM trades").iterate();
    held.next();
    const filler = openSync(join(disk.folder, "filler"), "w");
    try {
      for (;;) writeSync(filler, Buffer.alloc(4096));
    } catch {
      // full
    }
    await first.until(({ event }) => event === "not-storing");
    first.child.kill("SIGKILL");
    await first.ended;
    const second = start();
    await second.until(({ event }) => event === "not-storing" || event === "started");
    await sleep(2500);
    assert.equal(second.child.exitCode, null, second.stderr());
    held.return!();
    reader.close();
    disk.grow(64_000_000);
    await second.until(storedAtLeast("BTCUSDT", 1));
    assert.equal(await stop(second.child), 0);
    const whole = new Database(db, { readonly: true });
    assert.equal(whole.pragma("integrity_check", { simple: true }), "ok");
    whole.close();
  },
);

// row 96
test("a file that reads as damaged for a moment is no damaged database", TIMEOUT, async (t) => {
  const exchange = await simulated(t);
  const db = join(tempFolder(t), "x.db");
  const flags = [...exchange.flags, "--db", db];
  const first = startCollectorProcess(t, flags);
  await first.until(storedAtLeast("BTCUSDT", 1));
  assert.equal(await stop(first.child), 0);
  const sound = readFileSync(db);
  const spoil = (bytes: Buffer): void => {
    const file = openSync(db, "r+");
    writeSync(file, bytes, 0, 100, 0);
    closeSync(file);
  };
  spoil(Buffer.alloc(100, 0xaa));
  const second = startCollectorProcess(t, flags);
  await second.until(({ event, code }) => event === "not-storing" && code === "damaged-database");
  spoil(sound);
  await second.until(storedAtLeast("BTCUSDT", 1));
  assert.equal(await stop(second.child), 0);
});

// row 97
test(
  "without descriptors for a new connection it tries on, says so, and goes on when there are some",
  TIMEOUT,
  async (t) => {
    const exchange = await simulated(t);
    const db = join(tempFolder(t), "x.db");
    const collector = startCollectorProcess(t, [...exchange.flags, "--db", db]);
    await collector.until(storedAtLeast("BTCUSDT", 1));
    const limit = (files: string): void => {
      execFileSync("prlimit", ["--pid", String(collector.child.pid), `--nofile=${files}`]);
    };
    try {
      limit("3:");
    } catch {
      console.warn("SKIPPED: prlimit is not here; the test of lost descriptors did not run.");
      return;
    }
    await exchange.stop();
    await collector.until(({ event }) => event === "disconnected");
    await sleep(3000);
    assert.equal(collector.child.exitCode, null);
    limit("1024:");
    assert.equal(await stop(collector.child), 0);
  },
);
