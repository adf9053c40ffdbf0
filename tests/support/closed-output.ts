import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "./project.ts";
import { tempFolder } from "./temp.ts";

/** A command of the project with some work. */
export interface Command {
  /** What is typed after `npm run NAME --`. */
  readonly flags: readonly string[];
  /** Whether the work is done, by what it leaves behind. */
  isDone(): boolean | Promise<boolean>;
  /** It goes on until it is stopped. */
  readonly endless?: true;
}

/** What a shell does with the streams of a program; the file `said` gets what can still be read of it. */
export const STREAMS: Readonly<Record<string, string>> = {
  "stdout is closed at once": '{ run "$@" 2>said; } | head -n 0',
  "stdout is closed after a line, and stderr at once":
    '{ { run "$@" 2>&3; } | head -n 1 >said; } 3>&1 | head -n 0',
  "the disk is full for both": 'run "$@" >/dev/full 2>/dev/full',
};

const RUN = 'run() { "$@" & echo $! >pid; wait $!; echo $? >code; }';

/** Tests of a command whose output nobody reads, in each of the first so many of those ways. */
export function worksUnread(
  name: string,
  prepare: (folder: string) => Command | Promise<Command>,
  ways: number = Object.keys(STREAMS).length,
): void {
  for (const [what, line] of Object.entries(STREAMS).slice(0, ways)) {
    test(`npm run ${name} does its work and tells how it went when ${what}`, async (t) => {
      const folder = tempFolder(t);
      const { flags, isDone, endless } = await prepare(folder);
      const isStopped = async (stop: () => void): Promise<void> => {
        while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 50));
        stop();
      };
      await inShell(folder, line, [name, ...flags], endless && isStopped);
      const code = readFileSync(join(folder, "code"), "utf8").trim();
      const said = existsSync(join(folder, "said")) ? readFileSync(join(folder, "said"), "utf8") : "";
      assert.doesNotMatch(said, /^\s+at |\bError\b|node:internal/m);
      assert.deepEqual([code, endless ?? (await isDone())], ["0", true], said);
    });
  }
}

/** Runs a line of a shell in the folder, `run "$@"` in it being the command, and waits for its end. */
export async function inShell(
  folder: string,
  line: string,
  command: readonly string[],
  meanwhile?: (stop: () => void) => Promise<void>,
): Promise<void> {
  const program = [process.execPath, join(projectRoot, "scripts", "run.mjs"), ...command];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const shell = spawn("sh", ["-c", `${RUN}; ${line}`, "sh", ...program], {
    cwd: folder,
    env,
    stdio: "ignore",
  });
  const ended = once(shell, "exit");
  const stop = (): void => {
    process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), "SIGTERM");
  };
  try {
    await meanwhile?.(stop);
    await ended;
  } finally {
    if (shell.exitCode === null) stop();
  }
}
