import type { ChildProcess } from "node:child_process";

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const windows = process.platform === "win32";

/** Child processes get a group of their own: a Ctrl-C reaches us alone, and we end them in order. */
export const OWN_GROUP: { readonly detached: boolean } = { detached: !windows };

/** The end of a process just started, when all that it wrote has been read. */
export function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once("error", () => resolve({ code: 127, signal: null }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

export function describeEnding({ code, signal }: Ending): string {
  return signal === null ? `exit code ${code}` : signal;
}

/** Ends a process and what it has started, at once. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (windows) child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // gone already
  }
}

/** Asks a process to end by `ask`; ends it and what it has started when it has not after `graceMs`. */
export async function endGently(child: ChildProcess, ask: () => void, graceMs: number): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    ask();
    const timer = setTimeout(() => killGroup(child), graceMs);
    await exited;
    clearTimeout(timer);
  }
  killGroup(child);
}
