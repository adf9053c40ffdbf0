import { syncBuiltinESMExports } from "node:module";
import workerThreads from "node:worker_threads";
import { isFromNotebook } from "../output/cell-timers.ts";

/** Threads that the code of a cell, or of the user's files, has started end when that cell is stopped; those of packages do not. */
export function ownWorkers(onStop: (callback: () => void) => () => void): void {
  const construct = (
    original: typeof workerThreads.Worker,
    given: unknown[],
    made: typeof workerThreads.Worker,
  ): object => {
    const worker = Reflect.construct(original, given, made) as workerThreads.Worker;
    if (isFromNotebook(construct))
      worker.once(
        "exit",
        onStop(() => void worker.terminate()),
      );
    return worker;
  };
  Object.assign(workerThreads, { Worker: new Proxy(workerThreads.Worker, { construct }) });
  syncBuiltinESMExports();
}
