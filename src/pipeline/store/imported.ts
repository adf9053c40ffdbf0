import type { Bars } from "../../core/bars.ts";
import type { Series } from "./series.ts";

/** Which intervals of a series came as bars, and how many. */
export interface ImportedInterval {
  readonly intervalUs: number;
  readonly bars: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** Read-only access to the bars that came as bars. */
export interface ImportedBars {
  intervals(series: Series): ImportedInterval[];
  /**
   * Bars with `fromUs ≤ start < toUs`. What the file did not tell is NaN, ids always are; `complete` is 1: the source
   * stands for it.
   */
  bars(series: Series, intervalUs: number, range?: { fromUs?: number; toUs?: number }): Bars;
  close(): void;
}
