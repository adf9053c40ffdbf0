import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { quote, refuse, TickbookError } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import { digest } from "../../pipeline/files/tables/content.ts";
import { openFile } from "../../pipeline/files/tables/open-file.ts";
import {
  type ImportKind,
  type ImportProgress,
  type ImportResult,
  importFile,
} from "../../pipeline/import/import-file.ts";
import { readPublished } from "../../pipeline/store/file/published.ts";
import { undoImport } from "../../pipeline/store/write/undo-import.ts";
import { systemClock } from "../clock.ts";
import { askCollector } from "../collector/control/client.ts";
import { runCommand } from "../terminal/command-line.ts";
import type { Command, Flags } from "../terminal/flags.ts";
import type { ProgressTeller } from "../terminal/progress.ts";
import { fileOptions, READ_FLAGS } from "../terminal/read-flags.ts";

const { sessions: _sessions, ...IMPORT_FLAGS } = READ_FLAGS;

const COMMAND = {
  usage: "npm run import --",
  operands: "FILE …",
  about:
    "Takes trades and bars from files: CSV of any vendor, zipped or not, JSON, Parquet, Feather, SQLite; Binance's public zips\n" +
    "(trades, aggTrades, klines) with their .CHECKSUM. A file is checked as a whole first; a defect imports nothing of it, and\n" +
    "what could be read in two ways is asked.\n" +
    "Ends with 0: all imported; 1: there were conflicts, which are listed; 2: refused.",
  flags: {
    db: { value: "FILE", help: "the database; made where there is none" },
    symbol: { value: "S", help: "the symbol, where neither the file's name nor a column gives it" },
    kind: {
      value: "K",
      help: "trades, aggTrades, klines, or csv (its header says), where the name does not say",
    },
    interval: { value: "1m", help: "of bars, which must agree; or to make of trades without ids" },
    venue: {
      value: "NAME",
      help: "the series that rows join, an exchange's too; Binance's own files join their market",
    },
    "venue-name": {
      value: "NAME",
      help: "what you call the origin of other files: a venue of the kind file",
    },
    undo: { value: "FILE", help: "take the import of this file back: what it brought goes, nothing else" },
    "no-checksum": { help: "take one of Binance's zips without its .CHECKSUM" },
    ...IMPORT_FLAGS,
  },
} as const satisfies Command<string>;

type Name = keyof (typeof COMMAND)["flags"];

const KINDS: readonly ImportKind[] = ["trades", "aggTrades", "klines", "csv"];

/** Runs the import as a program. Exit codes: 0 imported, 1 with conflicts, 2 refused. */
export function importMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, ({ flags, operands, teller }) => importFiles(operands, flags, teller));
}

/** Imports one file after the other; one that is refused is told, and does not keep the others out. */
async function importFiles(
  files: readonly string[],
  flags: Flags<Name>,
  teller: ProgressTeller,
): Promise<number> {
  const { db, symbol, kind, interval } = flags;
  const name = flags["venue-name"];
  const venue = flags.venue ?? name;
  if (db === undefined) needs("--db", "a database file", "Pass for example --db data/binance.db.");
  if (flags.undo !== undefined) {
    if (files.length > 0) needs("--undo", "one file, and none to import", "Import in another run.", files[0]);
    return undoFile(db, flags.undo, teller);
  }
  if (files.length === 0)
    needs(COMMAND.usage, "files to import", "Pass for example BTCUSDT-trades-2024-08-08.zip.");
  if (kind !== undefined && !KINDS.includes(kind as ImportKind))
    needs("--kind", KINDS.join(", "), "See --help.", kind);
  const flag = flags.venue === undefined ? "--venue-name" : "--venue";
  if (flags.venue !== undefined && name !== undefined)
    needs(flag, "one name of a venue", "Leave --venue-name out.", `${flags.venue} and ${name}`);
  if (venue !== undefined && !/^[a-z0-9][a-z0-9-]{0,63}$/.test(venue))
    needs(flag, "lower case letters, digits and -", `Pass for example ${flag} my-broker.`, venue);
  let worst = 0;
  for (const file of files) {
    try {
      const settings = {
        ...(flags.venue !== undefined && { venue: flags.venue }),
        ...(name !== undefined && { venueName: name }),
        ...(symbol !== undefined && { symbol }),
        ...(kind !== undefined && { kind: kind as ImportKind }),
        ...(interval !== undefined && { interval }),
        ...fileOptions(flags),
        needsChecksum: flags["no-checksum"] !== "true",
      };
      const onProgress = ({ file: of, phase, done, total }: ImportProgress): void =>
        teller.progress({ of, phase: phase === "check" ? "checking" : "storing", done, total });
      // a collector that has the database open writes it itself
      const asked = { do: "import", file: resolve(file), settings };
      const answer = await askCollector(db, asked, (facts) => onProgress(facts as ImportProgress));
      const result =
        answer === undefined
          ? await importFile(file, { db, ...settings, nowUs: systemClock.nowUs(), onProgress })
          : (answer.result as ImportResult);
      teller.say(resultText(result), { event: "imported", ...result });
      if (result.conflicts > 0) worst = Math.max(worst, 1);
    } catch (error) {
      if (!(error instanceof TickbookError) || files.length === 1 || error.code === "database-in-use")
        throw error;
      teller.say(error.message, { event: "refused", code: error.code, message: error.message });
      worst = 2;
    }
  }
  return worst;
}

/** Takes an import back; the file is known by its content, or by its name where it is gone. */
async function undoFile(db: string, path: string, teller: ProgressTeller): Promise<number> {
  const what = { file: basename(path), sha256: existsSync(path) ? digestOf(path) : undefined };
  const answer = await askCollector(db, { do: "undo-import", ...what });
  const all =
    answer === undefined
      ? undoImport(db, what, systemClock.nowUs())
      : (answer.result as ReturnType<typeof undoImport>);
  for (const undone of all) {
    const { file, venue, symbol, kind, removed } = undone;
    const text = `${file}: taken back: ${removed.toLocaleString("en")} ${WORDS[kind]} of ${symbol} (${venue}) removed.`;
    teller.say(`${text}${elsewhere(db, kind)}`, { event: "undone", ...undone });
  }
  return 0;
}

/** What becomes of them where the database is published. */
function elsewhere(db: string, kind: keyof typeof WORDS): string {
  const to = readPublished(db)?.to;
  if (to === undefined) return "";
  return kind === "bars"
    ? ` They stay at ${to}, where other collectors may have brought the same ones: its operator deletes them from the table bars.`
    : ` The next npm run publish takes them away at ${to}, too.`;
}

function digestOf(path: string): string {
  const file = openFile(path);
  try {
    return digest(file);
  } finally {
    file.close();
  }
}

function needs(where: string, what: string, hint: string, got?: string): never {
  return refuse({
    code: "bad-flag",
    where,
    problem: `needs ${what}; got ${got === undefined ? "none" : quote(got, 60)}`,
    hint,
  });
}

const WORDS = { trades: "trades", aggTrades: "merged trades", bars: "bars" } as const;

/** What became of a file, in a line or a few. */
export function resultText(result: ImportResult): string {
  const { file, symbol, venue, kind, outcome, rows, stored, known, conflicts, issuedBeforeUs, backup } =
    result;
  const count = (value: number): string => value.toLocaleString("en");
  const length = result.intervalUs === undefined ? "" : ` of ${formatDuration(result.intervalUs)}`;
  const what = `${count(rows)} ${WORDS[kind]}${length} of ${quote(symbol, 60).slice(1, -1)} (${venue})`;
  if (outcome === "known") return `${file}: ${what}: imported before, nothing to do.`;
  const parts = [`${count(stored)} stored`, `${count(known)} known`];
  if (conflicts > 0) parts.push(`${count(conflicts)} in conflict`);
  const lines = [
    `${file}: ${what}: ${parts.join(", ")}${outcome === "resumed" ? " (an earlier import was ended)" : ""}.`,
  ];
  for (const told of result.told) lines.push(`  ${told}`);
  if (issuedBeforeUs !== undefined)
    lines.push(`  A file of this name with another content was imported on ${formatUtc(issuedBeforeUs)}.`);
  if (conflicts > 0) {
    const table = kind === "bars" ? "bar_conflicts" : "conflicts";
    lines.push(`  What was held stays; the other contents are listed in the table ${table}.`);
  }
  if (backup !== undefined)
    lines.push(`  The database was brought up to date; a copy of the older one is ${backup}.`);
  return lines.join("\n");
}
