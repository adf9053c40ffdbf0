import { quote, refuse } from "../../core/errors.ts";
import { parseDuration } from "../../core/time.ts";
import { type ArchiveResult, archive, checkArchive } from "../../pipeline/archive/archive.ts";
import { systemClock } from "../clock.ts";
import { runCommand } from "../terminal/command-line.ts";
import type { Command, Flags } from "../terminal/flags.ts";
import type { ProgressTeller } from "../terminal/progress.ts";

const COMMAND = {
  usage: "npm run archive --",
  about:
    "Moves the trades of days that are over (UTC) from the database into Parquet files, each read back and compared first.\n" +
    "Notebooks, exports and bars see both as one. Stop the collector before, or let it archive itself: npm run collect -- --archive-after 7d.",
  flags: {
    db: { value: "FILE", help: "the database" },
    before: { value: "DATE", help: "days before this one only, for example 2026-01-31" },
    keep: { value: "7d", help: "days older than this only, counted from the newest trade's day" },
    "max-size": {
      value: "10GB",
      help: "the oldest days only, until the database's content takes no more than this",
    },
    archive: { value: "FOLDER", help: "where the files go; archive/ beside the database unless given" },
    vacuum: { help: "give freed room back to the system: rewrites the database's file" },
    check: { help: "move nothing; read every archived file and compare it with its check sum" },
  },
} as const satisfies Command<string>;

type Name = keyof (typeof COMMAND)["flags"];

/** Runs the archiving as a program. Exit codes: 0 done, 1 a file is damaged or missing (`--check`), 2 refused. */
export function archiveMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, ({ flags, teller }) => run(flags, teller));
}

function run(flags: Flags<Name>, teller: ProgressTeller): number {
  const { db, before, keep, archive: folder } = flags;
  if (db === undefined) bad("--db", "a database file", undefined, "Pass for example --db data/binance.db.");
  if (flags.check === "true") return check(db, teller);
  const result = archive({
    db,
    ...(folder !== undefined && { folder }),
    ...(before !== undefined && { beforeUs: dayOf(before) }),
    ...(keep !== undefined && { keepUs: parseDuration(keep, "--keep") }),
    ...(flags["max-size"] !== undefined && { maxBytes: bytesOf(flags["max-size"]) }),
    vacuum: flags.vacuum === "true",
    nowUs: systemClock.nowUs(),
    onProgress: ({ day, done, total }) => teller.progress({ of: day, phase: "archiving", done, total }),
  });
  const { parts, ...sums } = result;
  teller.say(resultText(result), { event: "archived", files: parts.length, ...sums });
  return 0;
}

function check(db: string, teller: ProgressTeller): number {
  const { files, trades, defects } = checkArchive(db, (progress) =>
    teller.progress({ of: progress.day, phase: "checking", done: progress.done, total: progress.total }),
  );
  for (const defect of defects) teller.say(`${defect.path}: ${defect.what}.`, { event: "defect", ...defect });
  teller.say(
    `${files.toLocaleString("en")} files with ${trades.toLocaleString("en")} trades: ${defects.length === 0 ? "all sound" : `${defects.length} damaged or missing`}.`,
    { event: "checked", files, trades, defects: defects.length },
  );
  return defects.length === 0 ? 0 : 1;
}

function dayOf(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  const isReal = Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
  return isReal ? ms * 1000 : bad("--before", "a day", text, "Pass for example 2026-01-31.");
}

const UNITS: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 };

function bytesOf(text: string): number {
  const [, count, unit] = /^(\d{1,6}(?:\.\d+)?)(MB|GB|TB)$/.exec(text) ?? [];
  return count === undefined
    ? bad("--max-size", "a number with MB, GB or TB", text, "Pass for example 500MB or 10GB.")
    : Number(count) * UNITS[unit!]!;
}

function bad(where: string, what: string, got: string | undefined, hint: string): never {
  return refuse({
    code: "bad-flag",
    where,
    problem: `needs ${what}; got ${got === undefined ? "none" : quote(got, 60)}`,
    hint,
  });
}

/** What was moved, in a line or two. */
export function resultText(result: ArchiveResult): string {
  const { parts, trades, archivedBytes, usedBytesBefore, usedBytesAfter, fileBytes } = result;
  if (parts.length === 0) return "Nothing to archive: no day is over, or none is old enough.";
  const mega = (bytes: number): string =>
    `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;
  const free = fileBytes - usedBytesAfter;
  const days = new Set(parts.map(({ date }) => date));
  return [
    `${trades.toLocaleString("en")} trades of ${days.size} day${days.size === 1 ? "" : "s"} in ${parts.length} file${parts.length === 1 ? "" : "s"}: ${mega(archivedBytes)} instead of ${mega(usedBytesBefore - usedBytesAfter)}.`,
    ...(free > 1e6
      ? [`${mega(free)} inside the database's file are free for new trades; --vacuum gives them back.`]
      : []),
  ].join("\n");
}
