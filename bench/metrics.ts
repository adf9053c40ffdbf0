/**
 * The tear sheet against quantstats, in one run: `node bench/metrics.ts`.
 *
 * Ours: 5,000 daily returns to equity, all figures with their definitions, drawdowns, months, years and rolling series;
 * once alone and once beside two legs. With PEERS_PYTHON (an interpreter with quantstats) and PEERS_SCRIPT (a script that
 * prints a JSON line {job, n, s} for the job `metrics_quantstats`: `reports.metrics(mode="full")` of as many daily returns,
 * without a benchmark), both sides in turn, three rounds, each at its best. Only the ratio carries over to another machine.
 */
import { execFileSync } from "node:child_process";
import type { Backtest } from "../src/analytics/backtest/types.ts";
import { metricRows } from "../src/analytics/performance/metrics-table.ts";
import { runMetrics } from "../src/analytics/performance/run-metrics.ts";
import { random } from "../src/core/random.ts";

const LENGTH = 5000;
const AIM = 30;
const DAY_US = 86_400e6;

/** Seeded daily returns with the mean and deviation of the peer's, and legs that move as much. */
function inputs(): Backtest {
  const { normal } = random(3);
  const walk = (start: number): Float64Array => {
    let value = start;
    return Float64Array.from({ length: LENGTH }, () => {
      value *= 1 + 3e-4 + 0.01 * normal();
      return value;
    });
  };
  const zeros = new Float64Array(LENGTH);
  const leg = (symbol: string) => {
    const close = walk(100);
    return { symbol, close, open: close };
  };
  const startUs = zeros.map((_, t) => Date.UTC(2004, 0, 1) * 1000 + t * DAY_US);
  const backtest: Backtest = {
    market: { length: LENGTH, startUs, intervalUs: DAY_US, legs: [leg("Y"), leg("X")] },
    strategy: { name: "none", settings: {} },
    startCash: 100,
    costs: { feeBps: 0, halfSpreadBps: 0, slippageBps: 0, financingBpsPerYear: 0 },
    orders: [],
    fills: [],
    roundTrips: [],
    equity: walk(100),
    cash: zeros,
    units: [zeros, zeros],
    exposure: zeros,
    turnover: zeros,
    paid: zeros,
    funding: [zeros, zeros],
    borrowed: [zeros, zeros],
    signals: {},
    counts: {},
  };
  return backtest;
}

const run = inputs();
const alone = { ...run, market: { ...run.market, legs: [] } };
const jobs = [
  { what: "all metrics", run: () => metricRows(runMetrics(alone)), aim: AIM },
  { what: "beside two legs", run: () => metricRows(runMetrics(run)), aim: AIM },
];
const { PEERS_PYTHON: python, PEERS_SCRIPT: script } = process.env;
const ours = jobs.map(() => Number.POSITIVE_INFINITY);
let theirs = Number.POSITIVE_INFINITY;
for (let round = 0; round < 3; round++) {
  jobs.forEach(({ run }, j) => {
    for (let k = 0; k < 10; k++) {
      const start = performance.now();
      run();
      ours[j] = Math.min(ours[j]!, performance.now() - start);
    }
  });
  if (python && script) theirs = Math.min(theirs, peerTime(python, script));
}

const short = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(3)) : "");
console.table(
  jobs.map(({ what, aim }, j) => {
    const ratio = theirs / ours[j]!;
    return {
      work: what,
      returns: LENGTH,
      "ms here": short(ours[j]!),
      "ms quantstats": short(theirs),
      "times as fast": short(ratio),
      aim,
      met: Number.isFinite(theirs) ? (ratio >= aim ? "yes" : "no") : "",
    };
  }),
);

function peerTime(interpreter: string, file: string): number {
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const line = execFileSync(interpreter, [file, "metrics_quantstats"], { encoding: "utf8", env });
  const { s, error } = JSON.parse(line) as { s?: number; error?: string };
  if (error) console.warn(error);
  return s === undefined ? Number.POSITIVE_INFINITY : 1000 * s;
}
