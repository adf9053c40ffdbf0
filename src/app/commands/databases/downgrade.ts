import { refuse } from "../../../core/errors.ts";
import { downgrade, OLDEST_BACK } from "../../../pipeline/store/file/downgrade.ts";
import { runCommand } from "../../terminal/command-line.ts";
import { type Command, numberFlag } from "../../terminal/flags.ts";

const COMMAND = {
  usage: "npm run downgrade --",
  about:
    "The way back to an older version of Tickbook: copies a database, all that has come since its upgrade included, into the\n" +
    "older schema. The database itself stays as it is; collect into the copy with the older program.",
  flags: {
    db: { value: "FILE", help: "the database" },
    to: { value: "N", help: "the schema's version (3: of release 0.1)", default: String(OLDEST_BACK) },
    out: { value: "FILE", help: "the copy; <name>-v<N>.db beside the database unless given" },
  },
} as const satisfies Command<string>;

/** Runs the way back as a program. Exit codes: 0 done, 2 refused. */
export function downgradeMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, ({ flags, teller }) => {
    const { db } = flags;
    if (db === undefined)
      refuse({
        code: "bad-flag",
        where: "--db",
        problem: "needs a database file; got none",
        hint: "Pass for example --db data/binance.db.",
      });
    const to = numberFlag("to", flags.to!, 1, 1000);
    const result = downgrade(db, flags.out ?? `${db.replace(/\.db$/, "")}-v${to}.db`, to);
    const { file, from, trades } = result;
    teller.say(`${file}: ${trades.toLocaleString("en")} trades, from schema version ${from} to ${to}.`, {
      event: "downgraded",
      ...result,
    });
    return 0;
  });
}
