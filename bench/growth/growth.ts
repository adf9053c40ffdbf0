/** What grows. */
export type Unit = "trades" | "holes" | "symbols" | "bars" | "days of archive" | "cells";

/** A piece of work that is done at several sizes. */
export interface Growth {
  readonly what: string;
  readonly unit: Unit;
  readonly sizes: readonly number[];
  /** How much there is to do at a size: 1 where it should not matter. */
  readonly amount: (n: number) => number;
  /** `amount` in words. */
  readonly grows: string;
  /** Makes the inputs; what it returns is timed. Files are kept in the folder, for the work after it. */
  readonly prepare: (folder: string, n: number) => Run | Promise<Run>;
  /** One run is a time: it leaves something behind. */
  readonly once?: true;
}

/** What it took, where that is not the time of the run and the memory of its process. */
export interface Taken {
  readonly ms: number;
  readonly mb?: number;
}

export type Run = () => unknown;
