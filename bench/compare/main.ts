import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isQuiet, othersShare } from "../support/machine.ts";
import { runBench } from "../support/program.ts";
import { keep, measured, results, root } from "../support/result.ts";
import { inputsIn } from "./inputs.ts";
import { type Peers, startPeers } from "./python.ts";
import {
  aboutPeers,
  figuresOf,
  median,
  newestQuiet,
  type Result,
  type Row,
  table,
  withFigures,
} from "./result.ts";
import { endWork, WORK, type Work } from "./work.ts";

const HELP = `npm run bench: what this project does beside what a Python user would call, in turn, on the same inputs.

  --rounds N      how often each side has its turn (7)
  --only TEXT     the work whose name holds the text
  --small         a hundredth of the inputs: to try it out, not to measure
  --out FILE      where the result goes (bench/results/DATE.json)
  --growth        instead: the same work at growing sizes (npm run bench -- --growth --help)
  --charts        instead: how quick charts are in the browser (npm run bench -- --charts --help)
  --documents     measure nothing: write the figures of the newest quiet run into README.md and docs/speed.md

The first run makes a Python environment with the peers, pinned, in .tickbook/peers.
`;
const ROUND_MS = 200;

/** So many runs in a row that bring no faster one: it is warm. */
const STEADY_RUNS = 3;
const WARM_MS = 2000;

/** Runs until it is warm: other work has run since, where a peer's process has stayed as it was. */
async function warmUp(run: () => unknown): Promise<void> {
  const fromMs = performance.now();
  const passedMs = (): number => performance.now() - fromMs;
  for (let steady = 0, leastMs = Infinity; steady < STEADY_RUNS || passedMs() < ROUND_MS; ) {
    if (passedMs() > WARM_MS) return;
    const beginMs = performance.now();
    await run();
    const takenMs = performance.now() - beginMs;
    steady = takenMs < 0.95 * leastMs ? 0 : steady + 1;
    leastMs = Math.min(leastMs, takenMs);
  }
}

/** The median of as many warm runs as fit into a fifth of a second, as on the peers' side. */
async function timeHere({ before, once }: Work, run: () => unknown): Promise<number> {
  const taken: number[] = [];
  if (!once) await warmUp(run);
  const endMs = performance.now() + ROUND_MS;
  do {
    await before?.();
    const beginMs = performance.now();
    await run();
    taken.push(performance.now() - beginMs);
  } while (!once && performance.now() < endMs);
  return median(taken);
}

interface Measuring {
  readonly work: readonly Work[];
  readonly rounds: number;
  /** A size of the inputs is divided by it. */
  readonly divisor: number;
  readonly peers: Peers;
  readonly folder: string;
}

async function measure({ work, rounds, divisor, peers, folder }: Measuring): Promise<Result> {
  const inputs = inputsIn(folder);
  const at = new Date().toISOString();
  const sized = work.map((one) => {
    const n = Math.max(500, Math.round(one.n / divisor));
    const row = { what: one.what, n, peer: one.peer, first: one.first === true, hereMs: [] as number[] };
    return { one, run: one.prepare(inputs, n), row, thereMs: [] as number[], errors: [] as string[] };
  });
  // what is compiled at its first run is compiled, here as there
  for (const { one, run, row } of sized) {
    await run();
    await peers.time(one.job, folder, row.n);
  }
  const othersShares = [await othersShare()];
  for (let round = 1; round <= rounds; round++) {
    for (const { one, run, row, thereMs, errors } of sized) {
      row.hereMs.push(await timeHere(one, run));
      const there = await peers.time(one.job, folder, row.n);
      if (typeof there === "number") thereMs.push(1000 * there);
      else errors.push(there);
    }
    othersShares.push(await othersShare());
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
  await endWork();
  const rows: Row[] = sized.map(({ row, thereMs, errors }) => ({
    ...row,
    thereMs,
    ...(errors[0] !== undefined && { error: errors[0] }),
  }));
  const quiet = isQuiet(othersShares) && divisor === 1;
  return { ...measured(at, othersShares, quiet, peers.versions), rounds, rows };
}

function writeDocuments(): readonly string[] {
  const result = newestQuiet(results);
  if (result === undefined)
    throw new Error("a run on a quiet machine is needed; bench/results holds none. Run npm run bench");
  return Object.entries(figuresOf(result)).map(([name, figures]) => {
    const file = join(root, name);
    writeFileSync(file, withFigures(readFileSync(file, "utf8"), figures));
    return `${name}: the figures of ${result.at}`;
  });
}

await runBench({
  command: "npm run bench",
  help: HELP,
  options: {
    rounds: { type: "string", default: "7" },
    only: { type: "string", default: "" },
    small: { type: "boolean", default: false },
    out: { type: "string" },
  },
  documents: writeDocuments,
  measure: async (values, folder) => {
    const rounds = Number(values.rounds);
    const work = WORK.filter(({ what }) => what.includes(values.only));
    if (!Number.isInteger(rounds) || rounds < 1)
      throw new Error(`--rounds needs a whole number from 1; got ${values.rounds}`);
    if (work.length === 0) throw new Error(`--only needs a part of a name; no work is called ${values.only}`);
    const peers = await startPeers(process.env.TICKBOOK_PEERS ?? "python3");
    try {
      const result = await measure({ work, rounds, divisor: values.small ? 100 : 1, peers, folder });
      const file = keep(result, "", values.out);
      process.stdout.write(`${table(result.rows)}\n\n${aboutPeers(result)}\n${file}\n`);
      for (const { what, peer, error } of result.rows)
        if (error) process.stdout.write(`${what}: ${peer} failed: ${error}\n`);
      return result.rows.some(({ error }) => error !== undefined) ? 1 : 0;
    } finally {
      peers.end();
    }
  },
});
