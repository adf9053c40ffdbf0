import { AsyncLocalStorage } from "node:async_hooks";
import { reasonOf, TickbookError } from "../../core/errors.ts";
import { kernelApi } from "../page/kernel-api.ts";
import { createFollower, type Followed } from "./tracking.ts";

/** Work that is done again when a control moves: one run under way, one waiting with the newest values, never a queue. */
export interface Reaction {
  /**
   * Runs the work, when what has arrived with the present message is known or, if told, at once; resolves when a run
   * that began after the call has ended. Never rejects.
   */
  run(atOnce?: boolean): Promise<void>;
  follow(source: Followed): void;
  stop(): void;
}

export interface ReactionOptions {
  /** Follows whatever the work reads, too. */
  readonly tracks: boolean;
  /** After every run: its result, or why it failed. */
  readonly ended?: (outcome: Outcome) => void;
  readonly stopped?: () => void;
}

type Outcome = { readonly result: unknown } | { readonly problem: string };

const limitMs = 30_000;

/**
 * The work runs as part of the cell in which the reaction was made and ends with it: the cell run again stops it.
 * What it throws is shown at the controls that moved.
 */
export function createReaction(work: () => unknown, options: ReactionOptions): Reaction {
  const { tracks, ended = () => {} } = options;
  const inCell = AsyncLocalStorage.snapshot();
  const interruptible = kernelApi()?.interruptible ?? (<T>(run: () => T): T => run());
  const moved = new Set<Followed>();
  const blamed = new Set<Followed>();
  let running = false;
  let stopped = false;
  let next: Deferred | undefined;

  const follower = createFollower((source) => {
    moved.add(source);
    return run();
  });
  const attempt = (): unknown => interruptible(() => (tracks ? follower.run(work) : work()));

  /** A promise where the work is one. */
  function once(): Promise<void> | undefined {
    const causes = [...moved];
    moved.clear();
    const settle = (outcome: Outcome): void => {
      if (stopped) return;
      for (const source of blamed) source.tell(reaction, undefined);
      blamed.clear();
      if ("problem" in outcome) {
        for (const source of causes) {
          source.tell(reaction, outcome.problem);
          blamed.add(source);
        }
      }
      ended(outcome);
    };
    const failed = (error: unknown): void => settle({ problem: reasonOf(error) });
    try {
      const result = inCell(attempt);
      if (isPromise(result))
        return inTime(result)
          .then((value) => settle({ result: value }))
          .catch(failed);
      settle({ result });
    } catch (error) {
      failed(error);
    }
    return undefined;
  }
  async function runAll(atOnce: boolean): Promise<void> {
    running = true;
    for (let wait = !atOnce; next !== undefined && !stopped; wait = true) {
      // what else has arrived by now is taken into account
      if (wait) await new Promise(setImmediate);
      const now: Deferred = next;
      next = undefined;
      const work = stopped ? undefined : once();
      if (work) await work;
      now.resolve();
    }
    running = false;
  }
  function run(atOnce = false): Promise<void> {
    if (stopped) return Promise.resolve();
    next ??= deferred();
    const { promise } = next;
    if (!running) void runAll(atOnce);
    return promise;
  }

  const reaction: Reaction = {
    run,
    follow: follower.follow,
    stop: () => {
      stopped = true;
      follower.stop();
      next?.resolve();
      for (const source of blamed) source.tell(reaction, undefined);
      options.stopped?.();
    },
  };
  kernelApi()?.onCellRerun(reaction.stop);
  return reaction;
}

/** Rejects where the work takes so long that it looks as if it never ended; the newest values are not kept waiting for it. */
async function inTime(work: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), limitMs).unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(): TickbookError {
  return new TickbookError({
    code: "reaction-slow",
    where: "control",
    problem: `what a control calls must end within ${limitMs / 1_000} s; this run did not and is not waited for any longer`,
    hint: "Do long work in a cell, or start it with a button and show its progress.",
    facts: { limitMs },
  });
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function deferred(): Deferred {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
