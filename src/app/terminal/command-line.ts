import { TickbookError } from "../../core/errors.ts";
import { systemClock } from "../clock.ts";
import { type ProgressTeller, progressTeller } from "./progress.ts";

/** Runs a command as a program: refusals are one line on stderr and exit code 2. */
export async function runCommand(work: (teller: ProgressTeller) => Promise<number>): Promise<number> {
  const out = process.stdout;
  const teller = progressTeller({
    isTerminal: out.isTTY === true,
    columns: out.columns ?? 80,
    write: (text) => {
      out.write(text);
    },
    monotonicMs: systemClock.monotonicMs,
  });
  try {
    return await work(teller);
  } catch (error) {
    const refusal = error instanceof TickbookError ? error : systemRefusal(error);
    if (refusal === undefined) throw error;
    process.stderr.write(`${refusal.message}\n`);
    return 2;
  } finally {
    teller.end();
  }
}

/** What the disk or SQLite refuses is no defect of ours. */
function systemRefusal(error: unknown): TickbookError | undefined {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (!/^(SQLITE_|ENOSPC|EDQUOT|EIO|EROFS|EACCES|EPERM|EMFILE)/.test(code)) return undefined;
  return new TickbookError({
    code: "system-error",
    where: "disk",
    problem: `needs room and the right to write; the system says ${message.split("\n")[0]} (${code})`,
    hint: "Mend that and run the command again: it goes on where it was.",
    facts: { code },
  });
}
