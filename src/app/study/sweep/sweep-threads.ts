import { Worker } from "node:worker_threads";
import type { SweepJob, SweepShare } from "./sweep-job.ts";

/** Threads that work on one sweep at a time. */
export interface SweepThreads {
  /** What each of them contributed. Sweeps that come while one runs wait for it. */
  run(job: SweepJob): Promise<readonly SweepShare[]>;
}

const idle: Worker[] = [];
let last: Promise<unknown> = Promise.resolve();

/** So many threads, begun when they are first needed and kept for the next sweep. */
export function sharePool(threads: number): SweepThreads {
  const now = async (job: SweepJob): Promise<readonly SweepShare[]> => {
    const workers = Array.from({ length: threads }, () => idle.pop() ?? begin());
    return Promise.all(workers.map((worker) => share(worker, job)));
  };
  return {
    run(job) {
      const result = last.then(() => now(job));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** Ends the threads that wait for a next sweep. */
export async function endSweepThreads(): Promise<void> {
  await last;
  await Promise.all(idle.splice(0).map((worker) => worker.terminate()));
}

function begin(): Worker {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./sweep-thread.${extension}`, import.meta.url));
}

function share(worker: Worker, job: SweepJob): Promise<SweepShare> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      worker.off("message", done);
      worker.off("error", failed);
      worker.off("exit", ended);
      // a program waits for a sweep, and not for idle threads
      worker.unref();
    };
    const done = (result: SweepShare): void => {
      end();
      idle.push(worker);
      resolve(result);
    };
    const failed = (error: unknown): void => {
      end();
      reject(error);
    };
    const ended = (code: number): void => failed(new Error(`a thread of the sweep ended with code ${code}`));
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
