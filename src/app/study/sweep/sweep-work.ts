import { describedCase } from "../../../analytics/backtest/sweep/sweep-case.ts";
import { cellRunner, type RefusedCell } from "../../../analytics/backtest/sweep/sweep-grid.ts";
import { CALLED_OFF, DONE, NEXT, type SweepJob } from "./sweep-job.ts";

/** Cells taken at once: neighbours share signals. */
const TAKE = 8;

/** Takes cells of a job that nobody has taken, some at a step, and runs them. `step` is false when none is left, or it is called off. */
export function sweepWork({ market, strategy, settings, table, cells, counters }: SweepJob): {
  readonly refused: RefusedCell[];
  step(): boolean;
} {
  const runCell = cellRunner(market, describedCase(strategy, settings), settings, table);
  const refused: RefusedCell[] = [];
  const step = (): boolean => {
    const from = Atomics.add(counters, NEXT, TAKE);
    const to = Math.min(from + TAKE, cells);
    for (let cell = from; cell < to; cell++) {
      if (Atomics.load(counters, CALLED_OFF) === 1) return false;
      const refusal = runCell(cell);
      if (refusal !== undefined) refused.push(refusal);
      Atomics.add(counters, DONE, 1);
    }
    return to < cells;
  };
  return { refused, step };
}
