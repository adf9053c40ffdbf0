import type { Clock } from "../../core/time.ts";
import type { LogEntry } from "../terminal/log.ts";
import type { Screen } from "../terminal/screen.ts";
import { type StatusFacts, statusText } from "../terminal/status-text.ts";
import type { ChildProgram } from "./child-program.ts";
import { startCollectorProcess } from "./collector-process.ts";
import { holeLines } from "./hole-lines.ts";
import { describeEnding } from "./process-end.ts";
import { supervise } from "./supervise.ts";

const REFUSED = 2;
const UNREACHABLE = 3;

/** Why the collector will not be started again. */
export interface CollectorEnd {
  readonly unreachable: boolean;
  /** Its own sentence. */
  readonly reason: string;
}

/** A collector that is started again when it dies. */
export interface KeptCollector {
  /** Its exchange has answered; or it has ended before, for good. */
  readonly first: Promise<"started" | CollectorEnd>;
  /** Ended for good, though nobody stopped it. */
  readonly ended: Promise<CollectorEnd>;
  stop(): Promise<void>;
  kill(): void;
}

/** Starts the collector and keeps it running; what it has to say goes to the screen. */
export function keepCollector(flags: readonly string[], screen: Screen, clock: Clock): KeptCollector {
  let current: ChildProgram | undefined;
  const lastWords = (): string => current?.lastWords().split("\n").at(-1) ?? "";
  let hasStarted = false;
  let onStarted: (news: "started") => void;
  const started = new Promise<"started">((resolve) => {
    onStarted = resolve;
  });
  const line = (message: string): void => screen.line(`Collector: ${message}`);
  const holes = holeLines(line, clock);
  const hear = (entry: LogEntry): void => {
    if (entry.event === "started") {
      hasStarted = true;
      onStarted("started");
    }
    if (entry.event === "status") screen.status(statusText(entry as unknown as StatusFacts));
    else if (!holes.hear(entry) && entry.message !== undefined) line(entry.message);
  };
  const kept = supervise(
    {
      start: () => {
        current = startCollectorProcess(
          [...flags, "--status-every", "1s", ...(hasStarted ? [] : ["--fail-if-unreachable"])],
          hear,
        );
        return current;
      },
      // what has worked once may work again: a refusal ends it at the first start only
      isFinal: ({ code }) => !hasStarted && (code === REFUSED || code === UNREACHABLE),
      restarting: (ending, waitMs) => {
        const words = lastWords();
        screen.line(
          `Collector: ended with ${describeEnding(ending)}${words === "" ? "" : ` (${words})`}; starting it again in ${waitMs / 1000} s`,
        );
      },
    },
    clock,
  );
  const ended = new Promise<CollectorEnd>((resolve) => {
    void kept.ended.then((ending) => {
      holes.close();
      if (ending === undefined) return;
      resolve({ unreachable: ending.code === UNREACHABLE, reason: lastWords() });
    });
  });
  return { first: Promise.race([started, ended]), ended, stop: kept.stop, kill: kept.kill };
}
