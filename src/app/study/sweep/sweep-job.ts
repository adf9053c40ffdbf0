import type { StrategyDescription } from "../../../analytics/backtest/strategies/named-strategies.ts";
import type { RefusedCell, SweepSettings, SweepTable } from "../../../analytics/backtest/sweep/sweep-grid.ts";
import type { Market } from "../../../analytics/backtest/types.ts";

/** A sweep as a thread gets it; all columns lie in shared memory. */
export interface SweepJob {
  readonly market: Market;
  readonly strategy: StrategyDescription;
  readonly settings: SweepSettings;
  readonly table: SweepTable;
  readonly cells: number;
  /** The next cell that nobody has taken, the cells that are done, 1 once the sweep is called off, the threads that have begun. */
  readonly counters: Int32Array;
}

export interface SweepShare {
  readonly refused: readonly RefusedCell[];
  /** Of a defect; a refusal of a combination is none. */
  readonly error?: unknown;
}

/** Places in `counters`. */
export const NEXT = 0;
export const DONE = 1;
export const CALLED_OFF = 2;
export const BEGUN = 3;
export const COUNTERS = 4;

/** What a thread is told that has time before its first job. */
export const REHEARSE = "rehearse";
