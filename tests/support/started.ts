import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "./project.ts";

/** A running `npm start`, without npm. */
export interface Started {
  readonly pid: number;
  /** What it has printed so far. */
  output(): string;
  /** Resolves with the match as soon as it was printed, after the first `from` characters; rejects when it ends before. */
  printed(what: RegExp, from?: number): Promise<RegExpExecArray>;
  /** Closes what it prints to, as the end of a `tee` or a terminal does. */
  stopReading(): void;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

/** Starts `npm start` as npm would: by the entry that sets up and then runs the program as its child. */
export function start(
  t: Pick<TestContext, "after">,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Started {
  const child = spawn(process.execPath, [join(projectRoot, "scripts", "run.mjs"), "start", ...flags], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let over = false;
  const look = new Set<() => void>();
  const hear = (text: string): void => {
    output += text;
    for (const each of look) each();
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on("close", (code) => {
      over = true;
      for (const each of look) each();
      resolve({ code, output });
    });
  });
  t.after(async () => {
    if (!over) child.kill("SIGKILL");
    await ended;
  });
  return {
    pid: child.pid!,
    output: () => output,
    printed: (what, from = 0) =>
      new Promise((resolve, reject) => {
        const each = (): void => {
          const match = what.exec(output.slice(from));
          if (match !== null) resolve(match);
          else if (over) reject(new Error(`it ended without printing ${what}:\n${output}`));
          else return;
          look.delete(each);
        };
        look.add(each);
        each();
      }),
    stopReading: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    kill: (signal) => child.kill(signal),
    ended,
  };
}

export interface ProcessRow {
  readonly pid: number;
  readonly args: string;
}

/** All processes that a process has started, and those that these have started, in the order of their making. */
export function descendants(pid: number): ProcessRow[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .flatMap((row) => {
      const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row);
      return match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), args: match[3]! }];
    });
  const below = (parent: number): ProcessRow[] =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)]);
  return below(pid);
}

/** Waits until none of these processes is left, and returns those that are after `withinMs`. */
export async function stillAlive(processes: readonly ProcessRow[], withinMs: number): Promise<ProcessRow[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const alive = processes.filter(({ pid }) => isAlive(pid));
    if (alive.length === 0 || performance.now() > until) return alive;
    await sleep(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
