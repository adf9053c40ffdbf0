import type { MissingIds } from "./trade-columns.ts";

/**
 * Sums of consecutive trades, a row per stretch of ids: none of its ids is missing, all its trades are of one step of time, and
 * no earlier id is of a later step. Volumes come as whole numbers of 1e-8 and quote volumes of 1e-16, in parts that are doubles
 * exactly: multiples of 2²⁶ and a rest, multiples of 2⁵², of 2²⁶, and a rest.
 */
export interface TradeSums {
  readonly length: number;
  /** Start of the step. */
  readonly startUs: Float64Array;
  readonly newestUs: Float64Array;
  readonly firstId: Float64Array;
  readonly lastId: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Volume. */
  readonly v1: Float64Array;
  readonly v0: Float64Array;
  /** Taker-buy volume. */
  readonly b1: Float64Array;
  readonly b0: Float64Array;
  /** Quote volume. */
  readonly z2: Float64Array;
  readonly z1: Float64Array;
  readonly z0: Float64Array;
  /** What is missing in the range that the rows are of, and next to it; ascending. */
  readonly holes: readonly MissingIds[];
}

export type SumColumn = Exclude<keyof TradeSums, "length" | "holes">;

export const SUM_COLUMNS: readonly SumColumn[] = [
  ...(["startUs", "newestUs", "firstId", "lastId", "open", "high", "low", "close"] as const),
  ...(["v1", "v0", "b1", "b0", "z2", "z1", "z0"] as const),
];

/** Rows `from` to `to` (not included), as views. */
export function sliceSums(sums: TradeSums, from: number, to: number): TradeSums {
  const columns = SUM_COLUMNS.map((name) => [name, sums[name].subarray(from, to)] as const);
  return {
    length: to - from,
    ...(Object.fromEntries(columns) as Record<SumColumn, Float64Array>),
    holes: sums.holes,
  };
}
