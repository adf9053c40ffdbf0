import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { plainText } from "../../core/errors.ts";
import type { Clock } from "../../core/time.ts";
import { projectRoot } from "../project.ts";
import type { Screen } from "../terminal/screen.ts";
import { describeEnding, endGently, endingOf, killGroup, OWN_GROUP } from "./process-end.ts";
import { type Running, type Supervised, supervise } from "./supervise.ts";

const REFUSED = 2;
/** Longer than it takes to hand on what is under way. */
const GRACE_MS = 5000;

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** A program that runs beside the collector. */
export interface Beside {
  /** In `scripts/`. */
  readonly program: string;
  /** What it is called on the screen, and what is the case where it is refused. */
  readonly title: string;
  readonly refused: string;
  /** What of a line is shown; undefined: nothing. */
  shown(line: string): string | undefined;
}

export const WATCH: Beside = {
  program: "watch",
  title: "Alerts",
  refused: "Alerts are not watched.",
  shown: (line) => line,
};

export const PUBLISH: Beside = {
  program: "publish",
  title: "Publishing",
  refused: "Nothing is published.",
  // off a terminal it prints JSON
  shown: (line) => {
    try {
      return (JSON.parse(line) as { message?: string }).message;
    } catch {
      return line;
    }
  },
};

/** Keeps a program going as a process of its own; what it prints goes to the screen. One that is refused ends, and nothing else does. */
export function keepBeside(
  beside: Beside,
  flags: readonly string[],
  screen: Screen,
  clock: Clock,
): Supervised {
  let lastWords = (): string => "";
  const kept = supervise(
    {
      start: () => {
        const { running, words } = startProcess(beside, flags, screen);
        lastWords = words;
        return running;
      },
      isFinal: ({ code }) => code === REFUSED,
      restarting: (ending, waitMs) => {
        screen.line(
          `${beside.title}: ended with ${describeEnding(ending)}${lastWords() === "" ? "" : ` (${lastWords()})`}; starting again in ${waitMs / 1000} s`,
        );
      },
    },
    clock,
  );
  void kept.ended.then((ending) => {
    if (ending !== undefined) screen.line(`${beside.refused} ${lastWords()}`);
  });
  return kept;
}

function startProcess(
  { program, shown }: Beside,
  flags: readonly string[],
  screen: Screen,
): { running: Running; words: () => string } {
  const file = fileURLToPath(new URL(`../../../scripts/${program}.${extension}`, import.meta.url));
  const child = fork(file, [...flags], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    ...OWN_GROUP,
  });
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const text = shown(line);
    if (text !== undefined) screen.line(text);
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
    running: {
      ended: endingOf(child),
      stop: () => endGently(child, ask, GRACE_MS),
      kill: () => killGroup(child),
    },
    words: () => said.trim().split("\n").map(plainText).join("\n"),
  };
}
