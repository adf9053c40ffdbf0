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
const program = fileURLToPath(new URL(`../../../scripts/watch.${extension}`, import.meta.url));

/** Keeps `npm run watch` going as a process of its own; what it prints goes to the screen. One that is refused ends, and nothing else does. */
export function keepWatch(flags: readonly string[], screen: Screen, clock: Clock): Supervised {
  let lastWords = (): string => "";
  const kept = supervise(
    {
      start: () => {
        const { running, words } = startWatchProcess(flags, screen);
        lastWords = words;
        return running;
      },
      isFinal: ({ code }) => code === REFUSED,
      restarting: (ending, waitMs) => {
        screen.line(
          `Alerts: ended with ${describeEnding(ending)}${lastWords() === "" ? "" : ` (${lastWords()})`}; starting again in ${waitMs / 1000} s`,
        );
      },
    },
    clock,
  );
  void kept.ended.then((ending) => {
    if (ending !== undefined) screen.line(`Alerts are not watched. ${lastWords()}`);
  });
  return kept;
}

function startWatchProcess(
  flags: readonly string[],
  screen: Screen,
): { running: Running; words: () => string } {
  const child = fork(program, [...flags], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    ...OWN_GROUP,
  });
  createInterface({ input: child.stdout! }).on("line", (line) => screen.line(line));
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
