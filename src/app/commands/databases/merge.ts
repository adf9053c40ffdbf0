import { refuse } from "../../../core/errors.ts";
import { type MergeResult, mergeInto } from "../../../pipeline/merge/merge.ts";
import { systemClock } from "../../clock.ts";
import { runCommand } from "../../terminal/command-line.ts";
import { type Command, requireFile } from "../../terminal/flags.ts";

const COMMAND = {
  usage: "npm run merge --",
  operands: "FILE …",
  about:
    "Makes one tape of the databases of several collectors: what one missed and another has is filled, what all missed stays a\n" +
    "hole, what they tell in two ways is listed. Again and again: only what is new is read. Their collectors may run meanwhile.\n" +
    "Ends with 0: merged; 1: there were conflicts, which are listed; 2: refused.",
  flags: {
    into: { value: "FILE", help: "the database that holds the tape; made where there is none" },
  },
} as const satisfies Command<string>;

/** Runs the merging as a program. Exit codes: 0 merged, 1 with conflicts, 2 refused. */
export function mergeMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, ({ flags, operands: sources, teller }) => {
    if (flags.into === undefined || sources.length === 0)
      refuse({
        code: "bad-flag",
        where: "--into",
        problem: "needs the database to merge into, and those to be merged; got not both",
        hint: "Pass for example --into desk.db a.db b.db.",
      });
    for (const source of sources) requireFile("npm run merge --", source);
    const result = mergeInto({
      into: flags.into,
      sources,
      nowUs: systemClock.nowUs(),
      onProgress: ({ file, symbol, done, total }) =>
        teller.progress({ of: `${file} ${symbol}`, phase: "merging", done, total }),
    });
    teller.say(resultText(result), { event: "merged", ...result });
    return result.from.some(({ conflicts }) => conflicts > 0) ? 1 : 0;
  });
}

function resultText({ from, missing, backup }: MergeResult): string {
  const count = (value: number): string => value.toLocaleString("en");
  const lines = from.map(
    ({ file, stored, known, conflicts }) =>
      `${file}: ${count(stored)} trades stored, ${count(known)} known${conflicts === 0 ? "" : `, ${count(conflicts)} in conflict (listed in the table conflicts)`}.`,
  );
  lines.push(
    missing.holes === 0
      ? "None is missing."
      : `Missed by all: ${count(missing.ids)} trades in ${count(missing.holes)} holes.`,
  );
  if (backup !== undefined)
    lines.push(`The database was brought up to date; a copy of the older one is ${backup}.`);
  return lines.join("\n");
}
