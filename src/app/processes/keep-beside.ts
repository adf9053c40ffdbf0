import { plainText } from "../../core/errors.ts";
import type { Clock } from "../../core/time.ts";
import { projectRoot } from "../project.ts";
import type { Screen } from "../terminal/screen.ts";
import { type ChildProgram, startProgram } from "./child-program.ts";
import { describeEnding } from "./process-end.ts";
import { type Supervised, supervise } from "./supervise.ts";

const REFUSED = 2;
/** Longer than it takes to hand on what is under way. */
const GRACE_MS = 5000;

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
  let current: ChildProgram | undefined;
  const lastWords = (): string => (current?.lastWords() ?? "").split("\n").map(plainText).join("\n");
  const kept = supervise(
    {
      start: () => {
        current = startProgram(beside.program, flags, { cwd: projectRoot, graceMs: GRACE_MS }, (line) => {
          const text = beside.shown(line);
          if (text !== undefined) screen.line(text);
        });
        return current;
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
