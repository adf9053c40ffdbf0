import type { Market } from "../../../analytics/backtest/types.ts";

export interface ClosingTimes {
  /** When each bar closed. */
  readonly timesUs: Float64Array;
  /** From the start of the first bar to the close of the last: one axis for all charts of a backtest. */
  readonly domainUs: readonly [number, number];
}

/** What is known at the close of a bar stands at its close, so that a fill at the next open stands after it. */
export function closingTimes({ startUs, intervalUs, length }: Market): ClosingTimes {
  const timesUs = startUs.map((start) => start + intervalUs);
  return { timesUs, domainUs: [startUs[0] ?? 0, timesUs[length - 1] ?? 1] };
}
