/**
 * Files in: `node bench/files.ts`.
 *
 * 2,000,000 trades from a zip into the store, beside bare inserts of the same rows in the same run, and a file of 500,000 bars
 * into memory. Aims: not three times the bare inserts, 300 MB at most; less than a second.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { readFile } from "../src/pipeline/files/read-file.ts";
import { importFile } from "../src/pipeline/import/import-file.ts";
import { zipOf } from "../tests/support/zip.ts";

const TRADES = 2_000_000;
const BARS = 500_000;
const DAY_MS = Date.UTC(2024, 0, 1);
const NOW_US = Date.UTC(2026, 0, 1) * 1000;

const line = (i: number): string =>
  `${6_000_000_000 + i},${(60_000 + (i % 997) * 0.01).toFixed(8)},0.00${100 + (i % 800)}000,62.${10_000_000 + i},${DAY_MS + i * 40},${i % 3 === 0 ? "True" : "False"},True`;

let cpu = process.cpuUsage();
/** Seconds of the clock, and of the processor since the last line: on a busy machine they differ. */
const say = (what: string, ms: number, more = ""): void => {
  const { user, system } = process.cpuUsage(cpu);
  const processor = ((user + system) / 1e6).toFixed(2);
  console.log(
    `${what.padEnd(48)} ${(ms / 1000).toFixed(2).padStart(7)} s, ${processor} s of processor${more}`,
  );
  cpu = process.cpuUsage();
};

/** What SQLite itself takes for the same rows, one statement a row. */
function bareInserts(path: string): number {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.exec(
    "CREATE TABLE t (s INTEGER, id INTEGER, p INTEGER, q INTEGER, at INTEGER, e INTEGER, r INTEGER, m INTEGER, o INTEGER, d INTEGER, PRIMARY KEY (s, id)) WITHOUT ROWID",
  );
  const insert = db.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const start = performance.now();
  for (let from = 0; from < TRADES; from += 20_000) {
    db.transaction(() => {
      for (let i = from; i < from + 20_000; i++)
        insert.run(1, i, 6_000_000_000_000n, 1_000_000n, NOW_US + i, null, NOW_US, i & 1, 2, 0);
    })();
  }
  db.close();
  return performance.now() - start;
}

/** MB that this process has had at most; `maxRSS` begins at what its parent had. */
function mostMemory(): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Math.round((Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6);
}

/** In a process of its own, whose memory is that of the import alone. */
async function imported(folder: string, name: string): Promise<void> {
  const start = performance.now();
  const { stored } = await importFile(join(folder, name), {
    db: join(folder, "x.db"),
    needsChecksum: false,
    nowUs: NOW_US,
  });
  const { user, system } = process.cpuUsage();
  const memory = mostMemory();
  const took = performance.now() - start;
  console.log(JSON.stringify({ stored, took, processor: (user + system) / 1e6, memory }));
}

if (process.argv[2] === "import") {
  await imported(process.argv[3]!, process.argv[4]!);
  process.exit();
}

const folder = mkdtempSync(join(tmpdir(), "tickbook-files-"));
try {
  const bare = bareInserts(join(folder, "bare.db"));
  say("bare inserts of 2,000,000 rows", bare);
  const name = "BTCUSDT-trades-2024-01-01";
  writeFileSync(
    join(folder, `${name}.zip`),
    zipOf({
      name: `${name}.csv`,
      content: `${Array.from({ length: TRADES }, (_, i) => line(i)).join("\n")}\n`,
    }),
  );
  const child = execFileSync(process.execPath, [import.meta.filename, "import", folder, `${name}.zip`]);
  const { stored, took, processor, memory } = JSON.parse(child.toString()) as Record<string, number>;
  say(
    "the same from a zip into the store, checked",
    took!,
    `  (${processor!.toFixed(2)} there)  ${(took! / bare).toFixed(2)} times the bare inserts; ${stored} trades, ${memory} MB at most`,
  );
  const bars = Array.from({ length: BARS }, (_, i) => {
    const price = (100 + (i % 997) * 0.01).toFixed(2);
    return `${new Date(DAY_MS + i * 60_000).toISOString()},${price},${price},${price},${price},1.5`;
  });
  writeFileSync(join(folder, "bars.csv"), `time,open,high,low,close,volume\n${bars.join("\n")}\n`);
  cpu = process.cpuUsage();
  const begin = performance.now();
  readFile(join(folder, "bars.csv"), {}, { voice: "flags", nowUs: NOW_US });
  say("500,000 bars from CSV into memory", performance.now() - begin);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
