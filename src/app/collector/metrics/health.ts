import { Worker } from "node:worker_threads";

/** The doctor's answer about a database, for programs. */
export interface Health {
  /** What `npm run doctor` would end with. */
  readonly exitCode: number;
  readonly findings: readonly { readonly code: string; readonly text: string; readonly symbol?: string }[];
  /** Holes by their state. */
  readonly holes: Readonly<Record<string, number>>;
  /** µs since 1970. */
  readonly checkedUs: number;
}

/** Asks the doctor, in a thread of its own: the socket waits for no question. */
export interface HealthWatch {
  /** Not older than a quarter of a minute; undefined: there is no answer yet. */
  latest(): Promise<Health | undefined>;
  stop(): Promise<void>;
}

const FRESH_MS = 15_000;
const ANSWER_MS = 10_000;

export function watchHealth(db: string): HealthWatch {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./health-thread.${extension}`, import.meta.url), { workerData: { db } });
  worker.unref();
  let health: Health | undefined;
  let atMs = Number.NEGATIVE_INFINITY;
  let waiting: (() => void)[] = [];
  const answered = (): void => {
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  worker.on("message", (message: Health) => {
    health = message;
    atMs = performance.now();
    answered();
  });
  worker.on("error", answered);
  return {
    latest: async () => {
      if (performance.now() < atMs + FRESH_MS) return health;
      if (waiting.length === 0) worker.postMessage("examine");
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        timer = setTimeout(resolve, ANSWER_MS);
      });
      clearTimeout(timer);
      return performance.now() < atMs + 4 * FRESH_MS ? health : undefined;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}
