import { projectRoot } from "../project.ts";
import type { LogEntry } from "../terminal/log.ts";
import { type ChildProgram, startProgram } from "./child-program.ts";

/** Longer than the five seconds in which the collector commits what it has received. */
const GRACE_MS = 8000;

/** Starts the collector as a process of its own, which drains and ends when we end; `hear` gets its log. */
export function startCollectorProcess(
  flags: readonly string[],
  hear: (entry: LogEntry) => void,
): ChildProgram {
  return startProgram("collector", flags, { cwd: projectRoot, graceMs: GRACE_MS }, (line) => {
    const entry = parseEntry(line);
    if (entry !== undefined) hear(entry);
  });
}

function parseEntry(line: string): LogEntry | undefined {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}
