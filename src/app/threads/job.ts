import type { RefusedCell } from "../../analytics/backtest/sweep/sweep-grid.ts";
import type { Screened, ScreeningGiven } from "../../analytics/pair/screening.ts";
import type { Refusal } from "../../core/errors.ts";
import type { SweepGiven } from "../study/sweep/sweep-cells.ts";

/** What the threads of a process can do: by name what is given, and what a unit of it may find. */
export interface Works {
  readonly sweep: { readonly given: SweepGiven; readonly found: RefusedCell };
  readonly screening: { readonly given: ScreeningGiven; readonly found: Screened };
}

/** Units of work that threads take one after the other; all columns of what is given lie in shared memory. */
export interface Job<Name extends keyof Works = keyof Works> {
  readonly work: Name;
  readonly given: Works[Name]["given"];
  readonly units: number;
  /** Units taken at once: neighbours may share what they need. */
  readonly take: number;
  /** The next unit that nobody has taken, the units that are done, 1 once the job is called off, the threads that have begun. */
  readonly counters: Int32Array;
}

/** What one thread has contributed. */
export interface Share {
  readonly found: readonly unknown[];
  /** Why it has failed: what was refused, or a defect. */
  readonly refusal?: Refusal;
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
