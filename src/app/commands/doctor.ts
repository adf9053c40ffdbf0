import { openStore } from "../../pipeline/open-store.ts";
import { systemClock } from "../clock.ts";
import { findStore } from "../data/open-source.ts";
import { type Diagnosis, exitCodeOf } from "../doctor/diagnosis.ts";
import { diagnose } from "../doctor/doctor.ts";
import { doctorText } from "../doctor/text.ts";
import { runCommand } from "../terminal/command-line.ts";
import { type Command, type Flags, listFlag } from "../terminal/flags.ts";

const COMMAND = {
  usage: "npm run doctor --",
  about:
    "Says how healthy and how complete a database is; reads only, and may run beside a collector.\n" +
    "Ends with 0: healthy; 1: something needs attention; 2: refused; 3: nothing is collected, though it was until\n" +
    "lately; 4: trades of a symbol come and are not stored; 5: the file is damaged.",
  flags: {
    source: { value: "FILE", help: "the database (the one that is being filled, or the newest in data/)" },
    since: {
      value: "TIME",
      help: "begin of the window: 15m, 1h, 1d before the newest trade, or a UTC time",
      default: "1h",
    },
    venue: {
      value: "NAME",
      help: "this venue only (of symbols: the one that has them all and received a trade last)",
    },
    symbols: { value: "A,B", help: "these symbols only" },
    full: { help: "read the whole file: every page, and the ledger against every trade" },
    json: { help: "one JSON object instead of text" },
  },
  renamed: { db: "source" },
} as const satisfies Command<string>;

type Name = keyof (typeof COMMAND)["flags"];

/** Runs the doctor as a program. Exit codes: `exitCodeOf`, and 2 refused. */
export function doctorMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, ({ flags }) => {
    const diagnosis = examine(flags);
    process.stdout.write(`${flags.json === "true" ? doctorJson(diagnosis) : doctorText(diagnosis)}\n`);
    return exitCodeOf(diagnosis);
  });
}

function examine(flags: Flags<Name>): Diagnosis {
  const store = openStore(findStore("source", flags.source));
  try {
    const settings = {
      since: flags.since!,
      full: flags.full === "true",
      ...(flags.venue !== undefined && { venue: flags.venue }),
      ...(flags.symbols !== undefined && { symbols: listFlag(flags.symbols) }),
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
