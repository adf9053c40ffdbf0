import { existsSync, mkdirSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import { systemClock } from "../clock.ts";
import { sourceWords } from "../data/data-source.ts";
import { readDescription } from "../study/config.ts";
import { writeBacktestReport } from "../study/report/files.ts";
import { DEFAULT_RUN, withFlags } from "../study/report/flags.ts";
import { RUN_FLAGS, type RunFlag } from "../study/report/run-flags.ts";
import { describedBy, verifyReport } from "../study/report/verify.ts";
import { type RunDescription, runDescribed } from "../study/run.ts";
import { pairText, ruleHeading, ruleText, yearlySharpe } from "../study/verdict/verdict.ts";
import { runCommand } from "../terminal/command-line.ts";
import type { Command, Flags } from "../terminal/flags.ts";
import type { ProgressTeller } from "../terminal/progress.ts";

type Name = RunFlag | "config" | "out" | "verify";

const COMMAND: Command<Name> = {
  usage: "npm run report --",
  about:
    "Backtests mean reversion of a pair and writes one HTML file, which opens offline, with CSV files of its trades, fills\n" +
    "and equity beside it. With --verify it makes a report's run again and says whether the result is the same.\n" +
    "Ends with 0: written, or identical; 1: not identical; 2: refused. In brackets: what is taken where nothing is said.",
  flags: {
    ...RUN_FLAGS,
    config: { value: "FILE", help: "begin with a run as JSON, or with that of a report; flags change it" },
    out: { value: "FILE", help: "the HTML file to write (reports/Y-X-FROM.html)" },
    verify: { value: "FILE", help: "a report to be made again; --source says where its data lie now" },
  },
};

/** Runs the report as a program. Exit codes: 0 written or identical, 1 not identical, 2 refused. */
export function reportMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, ({ flags, teller }) =>
    flags.verify === undefined ? write(flags, teller) : verify(flags, teller),
  );
}

async function write(flags: Flags<Name>, teller: ProgressTeller): Promise<number> {
  if (flags.out !== undefined && extname(flags.out).toLowerCase() !== ".html")
    bad("--out", "a name that ends in .html", flags.out);
  // a description has its paths from the project's folder on, a command line from where it is typed
  const found = (word: string): string => (existsSync(word) ? resolve(word) : word);
  const source =
    flags.source === undefined ? undefined : [sourceWords(flags.source)].flat().map(found).join(",");
  const run = runDescribed(
    withFlags(baseOf(flags.config), {
      ...flags,
      ...(source !== undefined && { source }),
      ...(flags.funding !== undefined && existsSync(flags.funding) && { funding: resolve(flags.funding) }),
    }),
  );
  const { y, x, from } = run.data.request;
  const name = [y, x, from.replace(/[-:]/g, "")]
    .filter(Boolean)
    .join("-")
    .replace(/[^\w.-]/g, "_");
  const out = flags.out ?? `reports/${name}.html`;
  if (flags.out === undefined) mkdirSync(dirname(out), { recursive: true });
  const written = await writeBacktestReport(run, out, systemClock.nowUs());
  for (const { path, bytes, rows } of written) {
    const many = rows === undefined ? "" : `, ${rows.toLocaleString("en")} rows`;
    teller.say(`${path}: ${(bytes / 1e6).toFixed(2)} MB${many}`, { event: "written", path, bytes, rows });
  }
  const { totalReturn, maxDrawdown, totalCosts, costBps, breakEvenBps, roundTrips } = run.performance;
  if (run.pair !== undefined) {
    const { verdict } = run.pair.verdict ?? { verdict: "too short to say" };
    teller.say(`A pair? ${pairText(run)}`, { event: "pair", verdict, sentence: pairText(run) });
  }
  const anyway = ruleHeading(run).startsWith("Had") ? `${ruleHeading(run)}: ` : "";
  teller.say(`${anyway}${ruleText(run)}`, {
    event: "figures",
    ...{
      totalReturn,
      sharpe: yearlySharpe(run.performance),
      maxDrawdown,
      roundTrips: roundTrips.count,
      totalCosts,
      costBps,
      breakEvenBps,
    },
  });
  return 0;
}

function baseOf(config: string | undefined): RunDescription {
  if (config === undefined) return DEFAULT_RUN;
  return extname(config).toLowerCase() === ".html" ? describedBy(config) : readDescription(config);
}

const MOST_SHOWN = 20;

function verify(flags: Flags<Name>, teller: ProgressTeller): number {
  const others = Object.keys(flags).filter((name) => name !== "verify" && name !== "source");
  if (others.length > 0) bad("--verify", "no other flag than --source", `--${others[0]}`);
  const { isIdentical, sentence, differences } = verifyReport(flags.verify!, flags.source);
  teller.say(sentence, { event: isIdentical ? "identical" : "differs", sentence });
  for (const { what, was, is } of differences.slice(0, MOST_SHOWN)) {
    const text = `  ${quote(what, 80).slice(1, -1)}: was ${quote(was, 80)}, is ${quote(is, 80)}`;
    teller.say(text, { event: "difference", what, was, is });
  }
  if (differences.length > MOST_SHOWN)
    teller.say(`  … and ${differences.length - MOST_SHOWN} more`, {
      event: "more",
      differences: differences.length,
    });
  return isIdentical ? 0 : 1;
}

function bad(where: string, what: string, got: string): never {
  return refuse({
    code: "bad-flag",
    where,
    problem: `needs ${what}; got ${quote(got, 60)}`,
    hint: "See --help.",
  });
}
