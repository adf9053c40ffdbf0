import { MessageChannel, Worker } from "node:worker_threads";
import { refuse, TickbookError } from "../../../core/errors.ts";
import type { BackgroundWriter } from "../../../pipeline/store/write/background-writer.ts";
import type { ImportJob, ImportNews } from "./import-thread.ts";

/** Imports files through a collector's own writer, one after the other. */
export interface Importing {
  run(work: ImportJob["work"], progress: (facts: unknown) => void): Promise<unknown>;
  stop(): Promise<void>;
}

export function importing(db: string, writer: Pick<BackgroundWriter, "lend">): Importing {
  let turn: Promise<unknown> = Promise.resolve();
  let running: Worker | undefined;
  let stopped = false;
  const once = async (work: ImportJob["work"], progress: (facts: unknown) => void): Promise<unknown> => {
    if (stopped) ended();
    const { port1, port2 } = new MessageChannel();
    const flag = new SharedArrayBuffer(4);
    writer.lend({ port: port1, flag });
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./import-thread.${extension}`, import.meta.url), {
      workerData: { job: { db, work } satisfies ImportJob, loan: { port: port2, flag } },
      transferList: [port2],
    });
    running = worker;
    try {
      return await new Promise((resolve, reject) => {
        worker.on("message", (news: ImportNews) => {
          if ("progress" in news) progress(news.progress);
          else if ("result" in news) resolve(news.result);
          else reject(new TickbookError(news.refusal));
        });
        worker.on("error", reject);
        worker.on("exit", () => {
          try {
            ended();
          } catch (error) {
            reject(error as Error);
          }
        });
      });
    } finally {
      running = undefined;
    }
  };
  return {
    run: (work, progress) => {
      const done = turn.then(() => once(work, progress));
      turn = done.catch(() => {});
      return done;
    },
    stop: async () => {
      stopped = true;
      await running?.terminate();
    },
  };
}

function ended(): never {
  refuse({
    code: "interrupted",
    where: "import",
    problem: "needs a collector that goes on until it is done; it was stopped",
    hint: "Run the import again: it goes on where it was.",
  });
}
