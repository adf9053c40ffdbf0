import { parentPort } from "node:worker_threads";
import { describedCase } from "../../../analytics/backtest/sweep/sweep-case.ts";
import { cellRunner, type RefusedCell } from "../../../analytics/backtest/sweep/sweep-grid.ts";
import { CALLED_OFF, DONE, NEXT, type SweepJob, type SweepShare } from "./sweep-job.ts";

/** Cells taken at once: neighbours share signals. */
const TAKE = 8;

function work({ market, strategy, settings, table, cells, counters }: SweepJob): RefusedCell[] {
  const runCell = cellRunner(market, describedCase(strategy, settings), settings, table);
  const refused: RefusedCell[] = [];
  for (;;) {
    const from = Atomics.add(counters, NEXT, TAKE);
    const to = Math.min(from + TAKE, cells);
    for (let cell = from; cell < to; cell++) {
      if (Atomics.load(counters, CALLED_OFF) === 1) return refused;
      const refusal = runCell(cell);
      if (refusal !== undefined) refused.push(refusal);
      Atomics.add(counters, DONE, 1);
    }
    if (to >= cells) return refused;
  }
}

parentPort?.on("message", (job: SweepJob) => {
  let share: SweepShare;
  try {
    share = { refused: work(job) };
  } catch (error) {
    share = { refused: [], error };
  }
  parentPort!.postMessage(share);
});
