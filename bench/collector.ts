import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";

/**
 * What one collector sustains from the built-in exchange in another process, both on this machine:
 *   node bench/collector.ts            all three
 *   node bench/collector.ts burst      as fast as it takes: trades a second stored, nothing lost
 *   node bench/collector.ts steady     about 5,000 trades a second: receipt to commit
 *   node bench/collector.ts long       memory over an hour's worth of market time
 */
interface Status {
  readonly event: string;
  readonly pending: number;
  readonly commitMs: { readonly p50: number; readonly p99: number };
  readonly symbols: Readonly<
    Record<string, { readonly stored: number; readonly rate: number; readonly missing: number }>
  >;
}

const COLLECTOR = fileURLToPath(new URL("../scripts/collector.ts", import.meta.url));
const SYMBOLS = "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT";

/** Runs a collector for so many seconds; gives its status lines, its peak memory and the database it leaves. */
async function collect(
  seconds: number,
  flags: readonly string[],
): Promise<{ statuses: Status[]; rssMb: number[]; db: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "tickbook-bench-"));
  const db = join(folder, "x.db");
  const child = spawn(
    process.execPath,
    [
      ...[COLLECTOR, "--venue", "sim", "--symbols", SYMBOLS, "--db", db],
      ...["--duration", `${seconds}s`, "--status-every", "1s"],
      ...flags,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const statuses: Status[] = [];
  const rssMb: number[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const entry = JSON.parse(line) as Status;
    if (entry.event !== "status") return;
    statuses.push(entry);
    rssMb.push(residentMb(child.pid!));
  });
  await new Promise((resolve) => child.on("close", resolve));
  return { statuses, rssMb, db, remove: () => rmSync(folder, { recursive: true }) };
}

function residentMb(pid: number): number {
  try {
    const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kb) / 1024);
  } catch {
    return Number.NaN;
  }
}

/** Trades stored, and ids between the first and the last that are not. */
function tally(file: string): { trades: number; lost: number } {
  const db = new Database(file, { readonly: true });
  const rows = db
    .prepare("SELECT count(*) AS n, max(trade_id) - min(trade_id) + 1 AS ids FROM trades GROUP BY symbol_id")
    .all() as { n: number; ids: number }[];
  db.close();
  return {
    trades: rows.reduce((sum, { n }) => sum + n, 0),
    lost: rows.reduce((sum, { n, ids }) => sum + ids - n, 0),
  };
}

const total = ({ symbols }: Status): number =>
  Object.values(symbols).reduce((sum, { stored }) => sum + stored, 0);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const report = (figures: object): void => console.log(JSON.stringify(figures));

async function burst(): Promise<void> {
  const { statuses, rssMb, db, remove } = await collect(20, ["--speed", "max"]);
  const [first, last] = [statuses[2]!, statuses.at(-1)!];
  const { trades, lost } = tally(db);
  const bytes = statSync(db).size / trades;
  report({
    job: "burst",
    tradesPerSecond: Math.round((total(last) - total(first)) / (statuses.length - 3)),
    trades,
    lost,
    peakMb: Math.max(...rssMb),
    bytesPerTrade: Math.round(bytes),
  });
  remove();
}

async function steady(): Promise<void> {
  const { statuses, db, remove } = await collect(20, ["--speed", "100"]);
  const settled = statuses.slice(3);
  const rate = settled.map(({ symbols }) => Object.values(symbols).reduce((sum, one) => sum + one.rate, 0));
  report({
    job: "steady",
    tradesPerSecond: median(rate),
    commitP50Ms: Math.round(median(settled.map(({ commitMs }) => commitMs.p50))),
    commitP99Ms: Math.round(median(settled.map(({ commitMs }) => commitMs.p99))),
    worstP99Ms: Math.round(Math.max(...settled.map(({ commitMs }) => commitMs.p99))),
    lost: tally(db).lost,
  });
  remove();
}

async function long(): Promise<void> {
  // an hour of market time at 60 times its speed
  const { rssMb, db, remove } = await collect(62, ["--speed", "60"]);
  report({
    job: "long",
    marketMinutes: 60,
    trades: tally(db).trades,
    lost: tally(db).lost,
    mbAfter10s: rssMb[9],
    mbAfter30s: rssMb[29],
    mbAtEnd: rssMb.at(-1),
    peakMb: Math.max(...rssMb),
  });
  remove();
}

const JOBS = { burst, steady, long };
const named = process.argv.slice(2) as (keyof typeof JOBS)[];
for (const name of named.length > 0 ? named : (Object.keys(JOBS) as (keyof typeof JOBS)[]))
  await JOBS[name]();
