import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { projectRoot } from "./project.ts";

export type Line = { readonly event: string } & Readonly<Record<string, unknown>>;

/** A collector as a child process, run from the sources. */
export interface CollectorProcess {
  readonly child: ChildProcess;
  /** Every line of JSON it has printed. */
  readonly lines: readonly Line[];
  stderr(): string;
  /** Resolves with the first line, printed or to come, that fits; rejects when the process ends before. */
  until(fits: (line: Line) => boolean): Promise<Line>;
  readonly ended: Promise<number | null>;
}

/** Its status each second, by which tests wait. */
const STATUS = ["--status-every", "1s"];

export function startCollectorProcess(
  t: Pick<TestContext, "after">,
  flags: readonly string[],
): CollectorProcess {
  const status = flags.includes("--status-every") ? [] : STATUS;
  const program = join(projectRoot, "scripts", "collector.ts");
  return startProgram(t, process.execPath, [program, ...status, ...flags]);
}

/** The same, run as somebody else would. */
export function startProgram(
  t: Pick<TestContext, "after">,
  program: string,
  args: readonly string[],
): CollectorProcess {
  const child = spawn(program, args, {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines: Line[] = [];
  const waiting = new Set<{
    fits: (line: Line) => boolean;
    resolve: (line: Line) => void;
    reject: (error: Error) => void;
  }>();
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    for (const wait of waiting) {
      if (!wait.fits(line)) continue;
      waiting.delete(wait);
      wait.resolve(line);
    }
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", (code) => {
      for (const { reject } of waiting) reject(new Error(`the collector ended with ${code}: ${stderr}`));
      resolve(code);
    });
  });
  return {
    child,
    lines,
    stderr: () => stderr,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const line = lines.find(fits);
        if (line !== undefined) resolve(line);
        else waiting.add({ fits, resolve, reject });
      }),
    ended,
  };
}

/** Fits a status line by which so many trades of a symbol are committed. */
export function storedAtLeast(symbol: string, count: number): (line: Line) => boolean {
  return ({ event, symbols }) =>
    event === "status" && ((symbols as Record<string, { stored: number }>)[symbol]?.stored ?? 0) >= count;
}
