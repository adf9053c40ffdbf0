import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../project.ts";
import type { LogEntry } from "../terminal/log.ts";
import { endGently, endingOf, killGroup, OWN_GROUP } from "./process-end.ts";
import type { Running } from "./supervise.ts";

export interface CollectorProcess extends Running {
  readonly pid: number | undefined;
  /** What it last wrote about its end. */
  lastWords(): string;
}

/** Longer than the five seconds in which the collector commits what it has received. */
const GRACE_MS = 8000;

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const program = fileURLToPath(new URL(`../../../scripts/collector.${extension}`, import.meta.url));

/** Starts the collector as a process of its own, which drains and ends when we end; `hear` gets its log. */
export function startCollectorProcess(
  flags: readonly string[],
  hear: (entry: LogEntry) => void,
): CollectorProcess {
  const child = fork(program, [...flags], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    ...OWN_GROUP,
  });
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const entry = parseEntry(line);
    if (entry !== undefined) hear(entry);
  });
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const ask = (): void => {
    if (process.platform === "win32") child.disconnect();
    else child.kill("SIGTERM");
  };
  return {
    pid: child.pid,
    ended: endingOf(child),
    lastWords: () => said.trim().split("\n").at(-1) ?? "",
    stop: () => endGently(child, ask, GRACE_MS),
    kill: () => killGroup(child),
  };
}

function parseEntry(line: string): LogEntry | undefined {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}
