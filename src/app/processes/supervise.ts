import type { Clock } from "../../core/time.ts";
import type { Ending } from "./process-end.ts";

/** A program that runs. */
export interface Running {
  readonly ended: Promise<Ending>;
  stop(): Promise<void>;
  kill(): void;
}

export interface Supervision {
  /** Starts the program; `attempt` counts from 0. */
  start(attempt: number): Running;
  /** Whether there is no sense in starting it again. */
  isFinal(ending: Ending): boolean;
  /** Told before each wait. */
  restarting(ending: Ending, waitMs: number): void;
}

export interface Supervised {
  /** The ending that was final; undefined after `stop`. */
  readonly ended: Promise<Ending | undefined>;
  stop(): Promise<void>;
  kill(): void;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** A program that has run this long was well: its next end waits as short as the first. */
const WELL_AFTER_MS = 60_000;

/** Keeps a program running: starts it again when it ends, after 1, 2, 4 … at most 30 seconds. */
export function supervise(supervision: Supervision, clock: Clock): Supervised {
  let running: Running | undefined;
  let wake: (() => void) | undefined;
  let stopped = false;

  const pause = (waitMs: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(waitMs, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });

  const run = async (): Promise<Ending | undefined> => {
    let waitMs = FIRST_WAIT_MS;
    for (let attempt = 0; !stopped; attempt++) {
      const since = clock.monotonicMs();
      running = supervision.start(attempt);
      const ending = await running.ended;
      if (stopped) break;
      if (supervision.isFinal(ending)) return ending;
      if (clock.monotonicMs() - since >= WELL_AFTER_MS) waitMs = FIRST_WAIT_MS;
      supervision.restarting(ending, waitMs);
      await pause(waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
    return undefined;
  };

  return {
    ended: run(),
    stop: async () => {
      stopped = true;
      wake?.();
      await running?.stop();
    },
    kill: () => {
      stopped = true;
      wake?.();
      running?.kill();
    },
  };
}
