import { parentPort, workerData } from "node:worker_threads";
import { rehearse } from "../study/sweep/rehearsal.ts";
import { BEGUN, type Job, REHEARSE, type Share } from "./job.ts";
import { failedShare } from "./share.ts";
import { workOn } from "./work-on.ts";

/** A thread that is begun ahead has the time to get ready. */
if (workerData === REHEARSE) rehearse();

parentPort?.on("message", (job: Job) => {
  let share: Share;
  try {
    Atomics.add(job.counters, BEGUN, 1);
    const { found, step } = workOn(job);
    while (step());
    share = { found };
  } catch (error) {
    share = failedShare(job, error);
  }
  parentPort!.postMessage(share);
});
