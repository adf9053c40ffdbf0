import { refuse, TickbookError } from "../../core/errors.ts";
import { openHistory } from "../../pipeline/archive/history.ts";
import { systemClock } from "../clock.ts";
import type { Diagnosis } from "../doctor/diagnosis.ts";
import { diagnose } from "../doctor/doctor.ts";
import { doctorText } from "../doctor/text.ts";
import { type Command, type Flags, readFlags } from "../terminal/flags.ts";

const COMMAND = {
  usage: "npm run doctor --",
  about:
    "Says how healthy and how complete a database is; reads only, and may run beside a collector.\n" +
    "Ends with 0: healthy; 1: something needs attention; 2: refused.",
  flags: {
    db: { value: "FILE", help: "the database" },
    since: {
      value: "TIME",
      help: "begin of the window: 15m, 1h, 1d before the newest trade, or a UTC time",
      default: "1h",
    },
    venue: { value: "NAME", help: "this venue only" },
    symbols: { value: "A,B", help: "these symbols only" },
    full: { help: "read the whole file: every page, and the ledger against every trade" },
    json: { help: "one JSON object instead of text" },
  },
} as const satisfies Command<string>;

type Name = keyof (typeof COMMAND)["flags"];

/** Runs the doctor as a program. Exit codes: 0 healthy, 1 something needs attention, 2 refused. */
export function doctorMain(argv: readonly string[]): number {
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  try {
    const flags = readFlags<Name>(COMMAND, argv, print);
    if (flags === undefined) return 0;
    const diagnosis = examine(flags);
    print(flags.json === "true" ? doctorJson(diagnosis) : doctorText(diagnosis));
    return diagnosis.healthy ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TickbookError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function examine(flags: Flags<Name>): Diagnosis {
  if (flags.db === undefined) {
    refuse({
      code: "bad-flag",
      where: "--db",
      problem: "needs a database file; got none",
      hint: "Pass for example --db data/binance.db.",
    });
  }
  const store = openHistory(flags.db);
  try {
    const settings = {
      since: flags.since!,
      full: flags.full === "true",
      ...(flags.venue !== undefined && { venue: flags.venue }),
      ...(flags.symbols !== undefined && { symbols: flags.symbols.split(",").map((name) => name.trim()) }),
    };
    return diagnose(store, settings, systemClock.nowUs());
  } finally {
    store.close();
  }
}

/** Every name is always there: what is not known is null. */
export function doctorJson(diagnosis: Diagnosis): string {
  return JSON.stringify(diagnosis, (_, value) => (value === undefined ? null : value), 2);
}
