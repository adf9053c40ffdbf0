import { availableParallelism } from "node:os";
import { quote, refuse } from "../../core/errors.ts";
import type { Progress } from "../terminal/progress.ts";
import { BEGUN, CALLED_OFF, COUNTERS, DONE, type Job, type Share, type Works } from "./job.ts";
import { sharePool, warmThreads } from "./pool.ts";
import { failedShare, foundBy } from "./share.ts";
import { workOn } from "./work-on.ts";

export interface ThreadOptions {
  /** As many as the machine has processors, 8 at most, unless told. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Told ten times a second, and at the end. */
  readonly progress?: (progress: Progress) => void;
}

export const THREAD_OPTIONS: readonly (keyof ThreadOptions)[] = ["threads", "signal", "progress"];

/** What is told of a job while it runs. */
export type Told = Pick<Progress, "of" | "phase">;

const usualThreads = (): number => Math.min(8, availableParallelism());

/** Begins the threads of a process ahead of their first job; they end when nobody has needed them for a minute. */
export function warmUp(): void {
  warmThreads(usualThreads());
}

export function requireThreads(where: string, threads: number = usualThreads()): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads;
  return refuse({
    code: "bad-setting",
    where,
    problem: `threads must be a whole number from 1 to 64; got ${quote(threads)}`,
    hint: "Leave it out for as many as the machine has processors.",
  });
}

/** Room that threads look into without copying it. */
export function shared(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

/** A column in shared memory: itself where it lies there, else a copy. */
export function sharedColumn(values: Float64Array): Float64Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const column = shared(values.length);
  column.set(values);
  return column;
}

/**
 * Does the units of a job in threads that stay for the next one and keep no program alive. What they found comes in no order.
 * Rejects with the reason of `signal` when that is aborted.
 */
export async function runShared<Name extends keyof Works>(
  given: Omit<Job<Name>, "counters">,
  told: Told,
  options: ThreadOptions,
): Promise<Works[Name]["found"][]> {
  const { threads = usualThreads(), signal, progress } = options;
  signal?.throwIfAborted();
  const counters = new Int32Array(new SharedArrayBuffer(COUNTERS * Int32Array.BYTES_PER_ELEMENT));
  const job: Job<Name> = { ...given, counters };
  const tell = (): void => progress?.({ ...told, done: counters[DONE]!, total: job.units });
  const callOff = (): void => void Atomics.store(counters, CALLED_OFF, 1);
  signal?.addEventListener("abort", callOff);
  // what a caller's own function throws is the job's end, and not the program's
  let thrown: { readonly error: unknown } | undefined;
  const tellOften = (): void => {
    try {
      tell();
    } catch (error) {
      thrown ??= { error };
      callOff();
    }
  };
  const timer = progress && setInterval(tellOften, TELL_MS);
  try {
    const inThreads = sharePool(Math.max(1, Math.min(threads, job.units))).run(job);
    const own = threads > 1 ? helpMeanwhile(job, signal) : undefined;
    const shares = await untilAborted(inThreads, signal);
    if (own !== undefined) shares.push(await own);
    signal?.throwIfAborted();
    if (thrown !== undefined) throw thrown.error;
    tell();
    return foundBy(shares) as Works[Name]["found"][];
  } finally {
    callOff();
    clearInterval(timer);
    signal?.removeEventListener("abort", callOff);
  }
}

/** Whoever calls a job off does not wait for the one before it. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let end = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason as Error);
  });
  signal.addEventListener("abort", end);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

const TELL_MS = 100;
/** What the caller's thread does at a time between looking at what else there is. */
const SLICE_MS = 8;

/** Until the first thread has begun, which may have to be started, this one works, a slice at a time. */
async function helpMeanwhile(job: Job, signal: AbortSignal | undefined): Promise<Share> {
  const isNeeded = (): boolean => Atomics.load(job.counters, BEGUN) === 0 && signal?.aborted !== true;
  await new Promise(setImmediate);
  if (!isNeeded()) return { found: [] };
  try {
    const { found, step } = workOn(job);
    for (;;) {
      for (const untilMs = performance.now() + SLICE_MS; performance.now() < untilMs; )
        if (!step()) return { found };
      await new Promise(setImmediate);
      if (!isNeeded()) return { found };
    }
  } catch (error) {
    return failedShare(job, error);
  }
}
