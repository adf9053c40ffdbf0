import { TickbookError } from "../../core/errors.ts";
import { systemClock } from "../clock.ts";
import { byFlags, type Command, type Flags, readFlags, readOperands } from "./flags.ts";
import { type ProgressTeller, progressTeller } from "./progress.ts";

/** What a user has typed, and where to tell how the work goes. */
export interface Typed<Name extends string> {
  readonly flags: Flags<Name>;
  readonly operands: readonly string[];
  readonly teller: ProgressTeller;
}

/**
 * Runs a command as a program; gives its exit code. Asked for help, it prints that and does no work. Refusals are one line on
 * stderr, told by the flag that was typed, and exit code 2, or that of `exitCodes` for their code.
 */
export async function runCommand<Name extends string>(
  command: Command<Name>,
  argv: readonly string[],
  work: (typed: Typed<Name>) => number | Promise<number>,
  exitCodes: Readonly<Record<string, number>> = {},
): Promise<number> {
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
    const flags = readFlags(command, argv, (text) => out.write(`${text}\n`));
    if (flags === undefined) return 0;
    const operands = readOperands(command, argv);
    return await byFlags(command, () => work({ flags, operands, teller }));
  } catch (error) {
    const refusal = error instanceof TickbookError ? error : systemRefusal(error);
    if (refusal === undefined) throw error;
    process.stderr.write(`${refusal.message}\n`);
    return exitCodes[refusal.code] ?? 2;
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
