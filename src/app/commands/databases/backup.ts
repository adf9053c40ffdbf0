import { basename, dirname, join } from "node:path";
import { refuse } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import { backUp } from "../../../pipeline/store/backup.ts";
import { systemClock } from "../../clock.ts";
import { runCommand } from "../../terminal/command-line.ts";
import type { Command } from "../../terminal/flags.ts";

const COMMAND = {
  usage: "npm run backup --",
  about:
    "Copies a database as it is at one moment, while a collector writes it. The copy is whole, compact and checked; collect\n" +
    "into it, and what came since is fetched. Files of the archive are not in it: copy their folder beside it.",
  flags: {
    db: { value: "FILE", help: "the database" },
    out: { value: "FILE", help: "the copy; backup/<name>-<time>.db beside the database unless given" },
  },
} as const satisfies Command<string>;

/** Runs the backup as a program. Exit codes: 0 done, 2 refused. */
export function backupMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, ({ flags, teller }) => {
    const { db } = flags;
    if (db === undefined) {
      refuse({
        code: "bad-flag",
        where: "--db",
        problem: "needs a database file; got none",
        hint: "Pass for example --db data/binance.db.",
      });
    }
    const nowUs = systemClock.nowUs();
    const stamp = formatUtc(Math.floor(nowUs / 1e6) * 1e6).replace(/[-:]/g, "");
    const out = flags.out ?? join(dirname(db), "backup", `${basename(db, ".db")}-${stamp}.db`);
    const result = backUp(db, out, nowUs);
    const { file, bytes, trades, archivedFiles } = result;
    const archive =
      archivedFiles === 0
        ? ""
        : ` ${archivedFiles} files of the archive are not in it: copy their folder beside it.`;
    teller.say(
      `${file}: ${trades.toLocaleString("en")} trades, ${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB, whole.${archive}`,
      { event: "backed-up", ...result },
    );
    return 0;
  });
}
