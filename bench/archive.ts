/**
 * A day of 5,000,000 trades: from SQLite to Parquet, and back as columns: `node bench/archive.ts`.
 *
 * Beside it, in the same run, what a user would do instead: read the same trades from SQLite, and with PEERS_PYTHON (an
 * interpreter with polars and numpy) read the same files there. Aims: less than a second to read a day back, 20 bytes a trade or less.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archive } from "../src/pipeline/archive/archive.ts";
import { openHistory } from "../src/pipeline/archive/history.ts";
import { openReader } from "../src/pipeline/store/read/reader.ts";
import { busyDay } from "./busy-day.ts";

const TRADES = 5_000_000;

function seconds<T>(work: () => T): [T, number] {
  const start = performance.now();
  return [work(), (performance.now() - start) / 1000];
}

const say = (what: string, s: number, more = ""): void =>
  console.log(`${what.padEnd(44)} ${s.toFixed(2).padStart(7)} s  ${more}`);
const rate = (s: number): string => `${(TRADES / s / 1e6).toFixed(1)} million trades a second`;

/** Seconds to read the day back, the best of three; in a process of its own, as a notebook is. */
function readBack(db: string): number {
  const times = [1, 2, 3].map(() => {
    const history = openHistory(db);
    const [trades, s] = seconds(() => history.trades(history.series()[0]!, { limit: TRADES }));
    history.close();
    if (trades.length !== TRADES) throw new Error(`${trades.length} trades came back`);
    return s;
  });
  return Math.min(...times);
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "tickbook-bench-"));
  try {
    const db = join(folder, "bench.db");
    busyDay(db, TRADES);
    const reader = openReader(db);
    const [, fromSqlite] = seconds(() => reader.trades(reader.series()[0]!, { limit: TRADES }));
    reader.close();
    say("SQLite → columns", fromSqlite, rate(fromSqlite));
    const [result, toParquet] = seconds(() => archive({ db, nowUs: 1 }));
    say("SQLite → Parquet, compared, released", toParquet, rate(toParquet));
    const bytes = result.archivedBytes / TRADES;
    const before = (result.usedBytesBefore - result.usedBytesAfter) / TRADES;
    console.log(`bytes a trade: ${bytes.toFixed(1)} in Parquet, ${before.toFixed(1)} in SQLite`);
    const best = Number(
      execFileSync(process.execPath, [import.meta.filename, "--read", db], { encoding: "utf8" }),
    );
    say("Parquet → columns, best of 3", best, rate(best));
    const python = process.env.PEERS_PYTHON;
    if (python !== undefined) {
      const code = `
import sys, time, polars as pl
def read():
    start = time.perf_counter()
    f = pl.read_parquet(sys.argv[1], columns=["trade_id", "trade_time_us", "price_e8", "qty_e8", "is_buyer_maker"])
    f = f.with_columns(pl.col("price_e8") / 1e8, pl.col("qty_e8") / 1e8)
    [f[name].to_numpy() for name in f.columns]
    return time.perf_counter() - start
print(min(read() for _ in range(3)))`;
      const peer = Number(
        execFileSync(python, ["-c", code, join(folder, "archive/**/*.parquet")], { encoding: "utf8" }),
      );
      say("the same in Python Polars, best of 3", peer, rate(peer));
    }
    const isGood = best < 1 && bytes <= 20;
    console.log(isGood ? "Both aims are met." : "AIM MISSED: less than 1 s, 20 bytes or less.");
    process.exitCode = isGood ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === "--read") console.log(readBack(process.argv[3]!));
else main();
