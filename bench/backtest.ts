/**
 * Backtests against backtesting.py and vectorbt, in one run: `node bench/backtest.ts`.
 *
 * One backtest: y on 10,000 minutes, long where the z-score of y − 0.8 x over 120 bars is at most −2, out at 0, a fee of
 * 1 bp, with books and round trips. The sweep: 20 windows × 20 entries of it with each one's Sharpe, drawdown and
 * counts, in this thread and in threads; cold: with the start of the threads.
 *
 * With PEERS_PYTHON (an interpreter with backtesting and vectorbt) and PEERS_SCRIPT (a script that writes inputs with
 * `--inputs DIR` and prints a JSON line {job, n, s} for the jobs `backtesting_py` and `sweep_vectorbt`), both sides work
 * on the same numbers, in turn, three rounds, each at its best; without them, on a seeded pair. Only ratios carry over
 * to another machine.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertCausal } from "../src/analytics/backtest/assert-causal.ts";
import { runBacktest } from "../src/analytics/backtest/run-backtest.ts";
import { meanReversion } from "../src/analytics/backtest/strategies/mean-reversion.ts";
import type { MeanReversionSettings } from "../src/analytics/backtest/strategies/reversion-settings.ts";
import { type SweepSettings, sweepGrid } from "../src/analytics/backtest/sweep/sweep-grid.ts";
import type { Market } from "../src/analytics/backtest/types.ts";
import { sweep } from "../src/app/study/sweep/sweep.ts";
import { endSweepThreads } from "../src/app/study/sweep/sweep-threads.ts";
import { random } from "../src/core/random.ts";

const LENGTH = 10_000;
const { PEERS_PYTHON: python, PEERS_SCRIPT: script } = process.env;
const market = marketOf(python && script ? writtenInputs(python, script) : seededPair());
const rule: MeanReversionSettings = {
  hedge: { method: "fixed", beta: 0.8 },
  prices: "raw",
  neutral: "none",
  side: "long",
  window: 120,
  entry: 2,
  size: { by: "equity", share: 0.99 },
};
const grid: SweepSettings = {
  rows: { name: "window", values: Array.from({ length: 20 }, (_, k) => 20 + 10 * k) },
  columns: { name: "entry", values: Array.from({ length: 20 }, (_, k) => 1 + (2 * k) / 19) },
  costs: { feeBps: 1 },
  returns: "bar",
};
const strategy = meanReversion(rule);

interface Job {
  readonly what: string;
  readonly times: number;
  readonly before?: () => Promise<void>;
  readonly run: () => unknown;
  readonly peer?: string;
  /** So many times as fast as the peer. */
  readonly aim?: number;
}

const inThreads = () => sweep(market, strategy, grid);
const jobs: readonly Job[] = [
  {
    what: "one backtest",
    times: 50,
    run: () => runBacktest(market, strategy, { costs: { feeBps: 1 } }),
    peer: "backtesting_py",
    aim: 50,
  },
  { what: "400 combinations, threads", times: 5, run: inThreads, peer: "sweep_vectorbt", aim: 10 },
  { what: "… with their start", times: 1, before: endSweepThreads, run: inThreads, peer: "sweep_vectorbt" },
  {
    what: "… in one thread",
    times: 3,
    run: () => sweepGrid(market, (window, entry) => meanReversion({ ...rule, window, entry }), grid),
    peer: "sweep_vectorbt",
  },
  { what: "assertCausal, 100 cuts", times: 1, run: () => assertCausal(market, () => strategy) },
];

const ours = jobs.map(() => Number.POSITIVE_INFINITY);
const theirs = new Map<string, number>();
for (let round = 0; round < 3; round++) {
  for (const [j, { times, before, run, peer }] of jobs.entries()) {
    for (let k = 0; k < times; k++) {
      await before?.();
      const startMs = performance.now();
      await run();
      ours[j] = Math.min(ours[j]!, performance.now() - startMs);
    }
    if (
      peer === undefined ||
      !python ||
      !script ||
      (round > 0 && jobs.findIndex((job) => job.peer === peer) !== j)
    )
      continue;
    theirs.set(peer, Math.min(theirs.get(peer) ?? Number.POSITIVE_INFINITY, peerTime(python, script, peer)));
  }
}
await endSweepThreads();

const short = (value: number | undefined) => (value === undefined ? "" : Number(value.toPrecision(3)));
console.table(
  jobs.map(({ what, peer, aim }, j) => {
    const there = peer === undefined ? undefined : theirs.get(peer);
    const ratio = there === undefined ? undefined : there / ours[j]!;
    return {
      "10,000 bars": what,
      "ms here": short(ours[j]),
      peer: peer ?? "",
      "ms there": short(there),
      "times as fast": short(ratio),
      aim: aim ?? "",
      met: aim === undefined || ratio === undefined ? "" : ratio >= aim ? "yes" : "no",
    };
  }),
);

function marketOf({ y, x }: { readonly y: Float64Array; readonly x: Float64Array }): Market {
  return {
    length: y.length,
    intervalUs: 60e6,
    startUs: y.map((_, t) => Date.UTC(2024, 0, 1) * 1000 + t * 60e6),
    legs: [
      { symbol: "Y", open: y, close: y },
      { symbol: "X", open: x, close: x },
    ],
  };
}

function seededPair(): { readonly y: Float64Array; readonly x: Float64Array } {
  const { normal } = random(7);
  let [level, s] = [0, 0];
  const x = Float64Array.from({ length: LENGTH }, () => {
    level += 2e-4 * normal();
    return 100 * Math.exp(level);
  });
  const y = x.map((value) => {
    s = 0.98 * s + 0.02 * normal();
    return 5 + 0.8 * value + s;
  });
  return { x, y };
}

function writtenInputs(interpreter: string, file: string): ReturnType<typeof seededPair> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  execFileSync(interpreter, [file, "--inputs", folder]);
  const [x, y] = ["x", "y"].map((name) => {
    const bytes = readFileSync(join(folder, `${name}-${LENGTH}.f64`));
    return new Float64Array(new Uint8Array(bytes).buffer);
  }) as [Float64Array, Float64Array];
  rmSync(folder, { recursive: true });
  return { x, y };
}

/** Milliseconds. */
function peerTime(interpreter: string, file: string, job: string): number {
  const line = execFileSync(interpreter, [file, job], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { s, error } = JSON.parse(line.trim().split("\n").at(-1)!) as { s?: number; error?: string };
  if (error) console.warn(`${job}: ${error}`);
  return s === undefined ? Number.POSITIVE_INFINITY : 1000 * s;
}
