import type { Bars } from "../../core/bars.ts";
import { firstAtLeast } from "../../core/search.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";

/** A time of which nothing was collected, µs since 1970 UTC. */
export interface Uncollected {
  readonly symbol: string;
  readonly fromUs: number;
  readonly toUs: number;
}

/** More are not told apart in a chart. */
const MOST = 500;

/**
 * The times between a symbol's bars, and whole bars, of which the ledger knows a hole: so that a gap in a chart can be told
 * from a market in which nothing was traded. The newest 500.
 */
export function uncollected(store: TradeStore, series: Series, bars: Bars): Uncollected[] {
  const { length, firstId, lastId, startUs, endUs } = bars;
  if (length === 0) return [];
  const found = store.holes(series, firstId[0]!, lastId[length - 1]!).slice(-MOST);
  return found.flatMap(({ first, last }) => {
    // the bar that holds the last id before the hole, and the one of the first id after it
    const before = firstAtLeast(firstId, first) - 1;
    const after = firstAtLeast(lastId, last);
    if (before < 0 || after >= length) return [];
    const isInside = before === after || startUs[after]! <= endUs[before]!;
    const fromUs = isInside ? startUs[before]! : endUs[before]!;
    const toUs = isInside ? endUs[after]! : startUs[after]!;
    return fromUs < toUs ? [{ symbol: series.symbol, fromUs, toUs }] : [];
  });
}
