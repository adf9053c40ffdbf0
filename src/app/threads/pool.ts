import { Worker } from "node:worker_threads";
import { type Job, REHEARSE, type Share } from "./job.ts";

/** Threads that work on one job at a time. */
export interface Threads {
  /** What each of them contributed. Jobs that come while one runs wait for it. */
  run(job: Job): Promise<Share[]>;
}

/** Threads that nobody has needed for so long are ended. */
const IDLE_MS = 60_000;
/** The heap of new objects: a job makes few that live. */
const LIMITS = { maxYoungGenerationSizeMb: 16 };

const idle: Worker[] = [];
let last: Promise<unknown> = Promise.resolve();
let ending: NodeJS.Timeout | undefined;

/** So many threads, those that wait first, and kept for the next job. */
export function sharePool(threads: number): Threads {
  const now = async (job: Job): Promise<Share[]> => {
    clearTimeout(ending);
    const workers = Array.from({ length: threads }, () => idle.pop() ?? begin());
    try {
      return await Promise.all(workers.map((worker) => share(worker, job)));
    } finally {
      endWhenIdle();
    }
  };
  return {
    run(job) {
      const result = last.then(() => now(job));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** Begins threads ahead of the job that will need them, up to so many; they keep no program alive. */
export function warmThreads(threads: number): void {
  while (idle.length < threads) {
    const worker = begin(REHEARSE);
    worker.unref();
    idle.push(worker);
  }
  endWhenIdle();
}

/** Ends the threads that wait for a next job. */
export async function endThreads(): Promise<void> {
  await last;
  clearTimeout(ending);
  await Promise.all(idle.splice(0).map((worker) => worker.terminate()));
}

function endWhenIdle(): void {
  clearTimeout(ending);
  ending = setTimeout(() => void endThreads(), IDLE_MS);
  ending.unref();
}

function begin(workerData?: typeof REHEARSE): Worker {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./thread.${extension}`, import.meta.url), {
    workerData,
    resourceLimits: LIMITS,
  });
  // one that fails while it waits is no longer to be had
  const gone = (): void => {
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
  };
  worker.on("error", gone);
  worker.on("exit", gone);
  return worker;
}

function share(worker: Worker, job: Job): Promise<Share> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      worker.off("message", done);
      worker.off("error", failed);
      worker.off("exit", ended);
      // a program waits for a job, and not for idle threads
      worker.unref();
    };
    const done = (result: Share): void => {
      end();
      idle.push(worker);
      resolve(result);
    };
    const failed = (error: unknown): void => {
      end();
      reject(error);
    };
    const ended = (code: number): void => failed(new Error(`a thread of the pool ended with code ${code}`));
    worker.on("message", done);
    worker.on("error", failed);
    worker.on("exit", ended);
    try {
      worker.postMessage(job);
      worker.ref();
    } catch (error) {
      idle.push(worker);
      failed(error);
    }
  });
}
