import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endGently, endingOf, killGroup, OWN_GROUP } from "./process-end.ts";
import type { Running } from "./supervise.ts";

/** A program of this project that runs as a process of its own. */
export interface ChildProgram extends Running {
  /** The end of what it wrote to stderr: why it ended. */
  lastWords(): string;
}

export interface ChildSettings {
  /** Its folder; by default ours. */
  readonly cwd?: string;
  /** How long it has from being asked to end until it is killed. */
  readonly graceMs: number;
}

const REMEMBERED = 4000;

/** Starts `scripts/<program>`, which ends when we end; `hear` gets each line that it prints. */
export function startProgram(
  program: string,
  flags: readonly string[],
  { cwd, graceMs }: ChildSettings,
  hear: (line: string) => void,
): ChildProgram {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const file = fileURLToPath(new URL(`../../../scripts/${program}.${extension}`, import.meta.url));
  const child = fork(file, [...flags], {
    ...(cwd !== undefined && { cwd }),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    ...OWN_GROUP,
  });
  createInterface({ input: child.stdout! }).on("line", hear);
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-REMEMBERED);
  });
  const ask = (): void => {
    if (process.platform === "win32") child.disconnect();
    else child.kill("SIGTERM");
  };
  return {
    ended: endingOf(child),
    lastWords: () => said.trim(),
    stop: () => endGently(child, ask, graceMs),
    kill: () => killGroup(child),
  };
}
