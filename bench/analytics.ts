/**
 * The statistics against what a Python user would call, in one run: `node bench/analytics.ts`.
 *
 * With PEERS_PYTHON (an interpreter with numpy, pandas, polars, statsmodels and numba) and PEERS_SCRIPT (a script that
 * writes inputs with `--inputs DIR` and prints a JSON line {job, n, s} for each job it is given), both sides work on the
 * same numbers, job by job and in two rounds, each side at its best of both; without them, on a seeded pair, and only
 * this side's times are shown. Peers run with one BLAS thread, which is faster for them at these sizes.
 * Only the ratios carry over to another machine.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kalmanLine, kalmanLineBeta } from "../src/analytics/regression/kalman/kalman-line.ts";
import { ols } from "../src/analytics/regression/ols.ts";
import { rollingOls } from "../src/analytics/regression/rolling-ols.ts";
import { rollingZScore } from "../src/analytics/rolling/rolling.ts";
import { rollingCorrelation } from "../src/analytics/rolling/rolling-correlation.ts";
import { adf } from "../src/analytics/unit-root/adf.ts";
import { engleGranger } from "../src/analytics/unit-root/engle-granger.ts";
import { random } from "../src/core/random.ts";

interface Pair {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** y − 0.8 x: the peers' spread. */
  readonly s: Float64Array;
}

interface Job {
  readonly what: string;
  readonly n: number;
  readonly run: (pair: Pair) => unknown;
  readonly peer: string;
  /** Our time must not pass the peer's times this. */
  readonly atMost?: number;
}

const z = ({ s }: Pair) => rollingZScore(s, { window: 120 });
const correlation = ({ x, y }: Pair) => rollingCorrelation(x, y, { window: 120 });
const model = {
  stateNoise: 1e-5,
  noise: 1e-3,
  start: { alpha: 0, beta: 0, alphaVariance: 1, betaVariance: 1 },
};
const million = 1_000_000;
const JOBS: readonly Job[] = [
  { what: "ADF, AIC", n: 2000, run: ({ s }) => adf(s), peer: "adf", atMost: 1 / 10 },
  { what: "Engle-Granger", n: 2000, run: ({ x, y }) => engleGranger(y, x), peer: "coint", atMost: 1 / 10 },
  { what: "OLS with errors", n: 100_000, run: ({ x, y }) => ols(y, x), peer: "ols" },
  {
    what: "rolling OLS with errors, 120",
    n: 100_000,
    run: ({ x, y }) => rollingOls(y, x, { window: 120 }),
    peer: "rolling_ols",
    atMost: 1 / 100,
  },
  { what: "rolling z-score, 120", n: million, run: z, peer: "rolling_z_polars", atMost: 1 },
  { what: "", n: million, run: z, peer: "rolling_z_pandas" },
  {
    what: "rolling correlation, 120",
    n: million,
    run: correlation,
    peer: "rolling_corr_pandas",
    atMost: 1 / 2,
  },
  { what: "", n: million, run: correlation, peer: "rolling_corr_polars" },
  {
    what: "Kalman, two states, β only",
    n: million,
    run: ({ x, y }) => kalmanLineBeta(y, x, model),
    peer: "kalman_numba",
    atMost: 1.5,
  },
  {
    what: "Kalman, all columns and likelihood",
    n: million,
    run: ({ x, y }) => kalmanLine(y, x, model),
    peer: "kalman_numba",
  },
];

const { PEERS_PYTHON: python, PEERS_SCRIPT: script } = process.env;
const inputs = python && script ? writtenInputs(python, script) : seededPair;
const pairs = new Map(
  [...new Set(JOBS.map(({ n }) => n))].map((n) => {
    const { x, y } = inputs(n);
    return [n, { x, y, s: y.map((value, t) => value - 0.8 * x[t]!) }];
  }),
);
const best = JOBS.map(() => ({ ours: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY }));
for (let round = 0; round < 2; round++) {
  JOBS.forEach(({ n, run, peer }, j) => {
    best[j]!.ours = Math.min(
      best[j]!.ours,
      bestOf(5, () => run(pairs.get(n)!)),
    );
    if (python && script) best[j]!.theirs = Math.min(best[j]!.theirs, peerTime(python, script, peer));
  });
}

const short = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(3)) : "");
console.table(
  JOBS.map(({ what, n, peer, atMost }, j) => {
    const { ours, theirs } = best[j]!;
    return {
      work: what,
      n,
      "ms here": short(ours),
      peer,
      "ms there": short(theirs),
      "times as fast": short(theirs / ours),
      aim: atMost === undefined ? "" : short(1 / atMost),
      met: atMost === undefined || !Number.isFinite(theirs) ? "" : ours <= theirs * atMost ? "yes" : "no",
    };
  }),
);

function bestOf(count: number, run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let k = 0; k < count; k++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function seededPair(n: number): Pick<Pair, "x" | "y"> {
  const source = random(7);
  let [level, s] = [0, 0];
  const x = Float64Array.from({ length: n }, () => {
    level += 2e-4 * source.normal();
    return 100 * Math.exp(level);
  });
  const y = x.map((value) => {
    s = 0.98 * s + 0.02 * source.normal();
    return 5 + 0.8 * value + s;
  });
  return { x, y };
}

function writtenInputs(interpreter: string, file: string): (n: number) => Pick<Pair, "x" | "y"> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  execFileSync(interpreter, [file, "--inputs", folder]);
  process.on("exit", () => rmSync(folder, { recursive: true }));
  const read = (name: string, n: number): Float64Array => {
    const bytes = readFileSync(join(folder, `${name}-${n}.f64`));
    return new Float64Array(new Uint8Array(bytes).buffer);
  };
  return (n) => ({ x: read("x", n), y: read("y", n) });
}

function peerTime(interpreter: string, file: string, job: string): number {
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const line = execFileSync(interpreter, [file, job], { encoding: "utf8", env });
  const { s, error } = JSON.parse(line) as { s?: number; error?: string };
  if (error) console.warn(`${job}: ${error}`);
  return s === undefined ? Number.POSITIVE_INFINITY : 1000 * s;
}
