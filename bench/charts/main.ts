import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { findChromium, launchChromium } from "../../tests/support/chromium.ts";
import { isQuiet, othersShare } from "../support/machine.ts";
import { runBench } from "../support/program.ts";
import { about, keep, measured, results, root } from "../support/result.ts";
import { append, crosshair, pan } from "./drawn.ts";
import { desk, latency, slider, twelve } from "./lab.ts";
import { type ChartRow, chartsTable, newestCharts, withCharts } from "./result.ts";

/** A job that does not come to its end is named, and leaves the others their figures. */
const JOB_MS = 120_000;

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`it has not ended in ${ms / 1000} s`)), ms).unref();
    }),
  ]);
}

const HELP = `npm run bench -- --charts: how quick charts are, in JupyterLab and headless Chromium on this machine; some four minutes.

  --only TEXT     one of: ${["desk", "latency", "slider", "crosshair", "append", "pan", "twelve"].join(", ")}
  --out FILE      where the result goes (bench/results/charts-DATE.json)
  --documents     measure nothing: write the newest whole and quiet result into docs/speed.md
`;

const JOBS: Readonly<Record<string, (browser: Browser, folder: string) => Promise<ChartRow[]>>> = {
  desk,
  latency,
  slider,
  crosshair,
  append,
  pan,
  twelve,
};

function writeDocuments(): readonly string[] {
  const result = newestCharts(results);
  if (result === undefined)
    throw new Error(
      "a whole run on a quiet machine is needed; bench/results holds none. Run npm run bench -- --charts",
    );
  const file = join(root, "docs", "speed.md");
  writeFileSync(file, withCharts(readFileSync(file, "utf8"), result));
  return [`docs/speed.md: the figures of ${result.at}`];
}

await runBench({
  command: "npm run bench -- --charts",
  help: HELP,
  options: { only: { type: "string", default: "" }, out: { type: "string" } },
  documents: writeDocuments,
  measure: async ({ only, out }, folder) => {
    const jobs = Object.entries(JOBS).filter(([name]) => only === "" || name === only);
    if (jobs.length === 0)
      throw new Error(`--only needs one of ${Object.keys(JOBS).join(", ")}; got ${only}`);
    const chromium = findChromium();
    if (chromium === undefined)
      throw new Error("Chromium is needed; none is installed. Set CHROMIUM to its path");
    const at = new Date().toISOString();
    const othersShares = [await othersShare()];
    const rows: ChartRow[] = [];
    const failed: string[] = [];
    let version = "";
    for (const [name, job] of jobs) {
      // each in a browser of its own
      const browser = await launchChromium(chromium);
      version = browser.version();
      try {
        rows.push(...(await within(JOB_MS, job(browser, folder))));
      } catch (problem) {
        // the others are measured all the same
        failed.push(`${name}: ${(problem as Error).message.split("\n")[0]}`);
      } finally {
        await browser.close();
      }
      othersShares.push(await othersShare());
      process.stderr.write(`${name}\n`);
    }
    const result = { ...measured(at, othersShares, isQuiet(othersShares), { chromium: version }), rows };
    const file = keep(result, "charts", out);
    process.stdout.write(`${chartsTable(rows)}\n\n${about(result)}\n${file}\n`);
    for (const one of failed) process.stdout.write(`failed: ${one}\n`);
    return failed.length > 0 ? 1 : 0;
  },
});
