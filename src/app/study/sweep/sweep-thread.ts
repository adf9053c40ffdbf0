import { parentPort, workerData } from "node:worker_threads";
import { rehearse } from "./rehearsal.ts";
import { BEGUN, REHEARSE, type SweepJob, type SweepShare } from "./sweep-job.ts";
import { sweepWork } from "./sweep-work.ts";

/** A thread that is begun ahead has the time to get ready. */
if (workerData === REHEARSE) rehearse();

parentPort?.on("message", (job: SweepJob) => {
  let share: SweepShare;
  try {
    Atomics.add(job.counters, BEGUN, 1);
    const { refused, step } = sweepWork(job);
    while (step());
    share = { refused };
  } catch (error) {
    share = { refused: [], error };
  }
  parentPort!.postMessage(share);
});
