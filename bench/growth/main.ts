import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { isQuiet, othersShare } from "../support/machine.ts";
import { runBench } from "../support/program.ts";
import { about, keep, measured, results, root } from "../support/result.ts";
import { drawGrowth } from "./chart.ts";
import type { Growth } from "./growth.ts";
import { type GrowthResult, type GrowthRow, growthTable, newestGrowth, withGrowth } from "./result.ts";
import { GROWTH } from "./work.ts";

const HELP = `npm run bench -- --growth: the same work at growing sizes, each in a process of its own; its time and its memory.

  --most N        trades at the most (10000000; 100000000 takes 5 GB of disk and some ten minutes more)
  --only TEXT     the work whose name, or what grows in it, holds the text
  --out FILE      where the result goes (bench/results/growth-DATE.json)
  --documents     measure nothing: write the newest quiet result into docs/speed.md, and docs/growth.svg
`;
const program = fileURLToPath(new URL("./one.ts", import.meta.url));
const run = promisify(execFile);

async function sizeOf(growth: Growth, n: number, folder: string): Promise<{ ms: number; mb: number }> {
  const args = [program, growth.what, growth.unit, String(n), folder];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 1e8, cwd: root });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as { ms: number; mb: number };
}

async function measure(work: readonly Growth[], most: number, folder: string): Promise<GrowthResult> {
  const at = new Date().toISOString();
  const othersShares = [await othersShare()];
  const rows: GrowthRow[] = [];
  for (const growth of work) {
    const { what, unit, grows, amount } = growth;
    const sizes = growth.sizes.filter((n) => unit !== "trades" || n <= most);
    const row = {
      what,
      unit,
      grows,
      sizes,
      amounts: sizes.map(amount),
      ms: [] as number[],
      mb: [] as number[],
    };
    for (const n of sizes) {
      const { ms, mb } = await sizeOf(growth, n, folder);
      row.ms.push(Number(ms.toPrecision(4)));
      row.mb.push(Math.round(mb));
    }
    rows.push(row);
    process.stderr.write(`${unit}: ${what}: ${row.ms.map((ms) => ms.toPrecision(3)).join(", ")} ms\n`);
    // one that was made beside us shows between the pieces of work
    othersShares.push(await othersShare());
  }
  // many looks: one in twenty may fall on a moment of the system's own
  const quiet = isQuiet(
    othersShares.toSorted((a, b) => a - b).slice(0, Math.ceil(0.95 * othersShares.length)),
  );
  return { ...measured(at, othersShares, quiet), rows };
}

async function writeDocuments(): Promise<readonly string[]> {
  const result = newestGrowth(results);
  if (result === undefined)
    throw new Error(
      "a whole run on a quiet machine is needed; bench/results holds none. Run npm run bench -- --growth",
    );
  const file = join(root, "docs", "speed.md");
  writeFileSync(file, withGrowth(readFileSync(file, "utf8"), result));
  writeFileSync(join(root, "docs", "growth.svg"), await drawGrowth(result));
  return [`docs/speed.md and docs/growth.svg: the figures of ${result.at}`];
}

await runBench({
  command: "npm run bench -- --growth",
  help: HELP,
  options: {
    most: { type: "string", default: "10000000" },
    only: { type: "string", default: "" },
    out: { type: "string" },
  },
  documents: writeDocuments,
  measure: async (values, folder) => {
    const most = Number(values.most);
    if (!(most >= 1000)) throw new Error(`--most needs a number of trades from 1000; got ${values.most}`);
    const work = GROWTH.filter(({ what, unit }) => `${unit}: ${what}`.includes(values.only));
    if (work.length === 0) throw new Error(`--only needs a part of a name; no work is called ${values.only}`);
    const result = await measure(work, most, folder);
    const file = keep(result, "growth", values.out);
    process.stdout.write(`${growthTable(result.rows)}\n\n${about(result)}\n${file}\n`);
    return 0;
  },
});
