import childProcess, { type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { endWithChildren } from "../stop/newest-child.ts";

/** As it was when the kernel started: a cell may put another in its place. */
const { setTimeout } = globalThis;

/** A child that a stopped cell has started may take this long to tidy up. */
const tidyMs = 1_000;

/**
 * What a child process would write to the kernel's own terminal (`stdio: "inherit"`) goes to the cell that started it.
 * Of calls that wait for the child's end it comes at that end. Children end when the cell is stopped that started them,
 * as Ctrl-C does in a terminal, but for those that are detached.
 */
export function routeChildOutput(
  waiting: { entered(): void; left(): void },
  onStop: (callback: () => void) => () => void,
): void {
  const spawner = childProcess.ChildProcess.prototype as unknown as {
    spawn(this: ChildProcess, options: { stdio?: unknown; detached?: boolean }): unknown;
  };
  const { spawn } = spawner;
  spawner.spawn = function (options) {
    const routes = routesOf(options?.stdio);
    const stdio = streamsOf(options?.stdio);
    for (const [at] of routes) stdio[at] = "pipe";
    const result = spawn.call(this, routes.length === 0 ? options : { ...options, stdio });
    for (const [at, to] of routes) {
      const from = at === 1 ? this.stdout : this.stderr;
      from?.pipe(to, { end: false });
      // as a child has it that inherits
      Object.assign(this, { [at === 1 ? "stdout" : "stderr"]: null });
      (this.stdio as unknown[])[at] = null;
    }
    if (this.pid !== undefined && options?.detached !== true)
      this.once(
        "exit",
        onStop(() => endChild(this)),
      );
    return result;
  };

  const { spawnSync, execFileSync, execSync } = childProcess;
  Object.assign(childProcess, {
    spawnSync: printing(spawnSync, waiting),
    execFileSync: printing(execFileSync, waiting),
    execSync: printing(execSync, waiting),
  });
  syncBuiltinESMExports();
}

function endChild(child: ChildProcess): void {
  endWithChildren(child.pid!, "SIGINT");
  setTimeout(() => {
    if (child.exitCode === null && child.signalCode === null) endWithChildren(child.pid!, "SIGKILL");
  }, tidyMs).unref();
}

/** A call that waits for the child: what the child prints goes by way of a file, which has room for all of it. */
function printing<F>(original: F, { entered, left }: { entered(): void; left(): void }): F {
  const call = (...given: unknown[]): unknown => {
    entered();
    try {
      return (original as (...given: unknown[]) => unknown)(...given);
    } finally {
      left();
    }
  };
  return ((...given: unknown[]) => {
    const at = given.findIndex((one) => typeof one === "object" && one !== null && !Array.isArray(one));
    const options = given[at] as { stdio?: unknown } | undefined;
    const routes = routesOf(options?.stdio);
    if (routes.length === 0) return call(...given);
    const folder = mkdtempSync(join(tmpdir(), "tickbook-"));
    const files = routes.map(([fd, to]) => ({ fd, to, file: openSync(join(folder, String(fd)), "w+") }));
    try {
      const stdio = streamsOf(options?.stdio);
      for (const { fd, file } of files) stdio[fd] = file;
      return call(...given.with(at, { ...options, stdio }));
    } finally {
      for (const { fd, to, file } of files) {
        closeSync(file);
        to.write(readFileSync(join(folder, String(fd))));
      }
      rmSync(folder, { recursive: true, force: true });
    }
  }) as F;
}

/** Which of a child's streams would go to the terminal, and where they go instead. */
function routesOf(stdio: unknown): [1 | 2, Writable][] {
  return ([1, 2] as const).flatMap((at): [1 | 2, Writable][] => {
    const one = Array.isArray(stdio) ? stdio[at] : stdio;
    if (one === "inherit") return [[at, at === 1 ? process.stdout : process.stderr]];
    if (one === 1 || one === process.stdout) return [[at, process.stdout]];
    if (one === 2 || one === process.stderr) return [[at, process.stderr]];
    return [];
  });
}

function streamsOf(stdio: unknown): unknown[] {
  return Array.isArray(stdio) ? [...stdio] : [stdio, stdio, stdio];
}
