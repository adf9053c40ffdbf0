import { readFileSync } from "node:fs";

/**
 * Ends the child process that this one has started last, with all that it has started: as Ctrl-C does in a terminal. Only
 * where the system tells of children (Linux).
 */
export function endNewestChild(signal: NodeJS.Signals): void {
  const newest = childrenOf(process.pid).at(-1);
  if (newest !== undefined) endWithChildren(newest, signal);
}

/** Ends a process with all that it has started; itself first, so that it does not go on where they end. */
export function endWithChildren(pid: number, signal: NodeJS.Signals): void {
  for (const one of [pid, ...descendantsOf(pid)]) end(one, signal);
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [...descendantsOf(child), child]);
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return text === "" ? [] : text.split(" ").map(Number);
  } catch {
    return [];
  }
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended meanwhile
  }
}
