import type { Venue } from "./trade.ts";

/** The columns of a bar, each as long as there are bars. Prices in quote units, volumes in base units unless named otherwise. */
export interface BarColumns {
  /** Start of the bar, microseconds since 1970 UTC. */
  readonly startUs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  /** quoteVolume / volume */
  readonly vwap: Float64Array;
  readonly tradeCount: Float64Array;
  readonly takerBuyVolume: Float64Array;
  readonly firstId: Float64Array;
  readonly lastId: Float64Array;
  /** 1 where no id is missing inside, or between this bar and the one before. */
  readonly complete: Uint8Array;
}

/** Bars of one symbol, oldest first. A bar covers `[startUs, startUs + intervalUs)`, UTC; intervals without a trade have none. */
export interface Bars extends BarColumns {
  readonly venue: Venue;
  readonly symbol: string;
  readonly intervalUs: number;
  readonly length: number;
}

type ColumnName = keyof BarColumns;

const COLUMN_NAMES: readonly ColumnName[] = [
  "startUs",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "quoteVolume",
  "vwap",
  "tradeCount",
  "takerBuyVolume",
  "firstId",
  "lastId",
  "complete",
];

type Identity = Pick<Bars, "venue" | "symbol" | "intervalUs">;

/** Bars whose columns are made one by one. */
export function makeBars(
  { venue, symbol, intervalUs }: Identity,
  length: number,
  column: (name: ColumnName) => Float64Array | Uint8Array,
): Bars {
  const columns = Object.fromEntries(
    COLUMN_NAMES.map((name) => [name, column(name)]),
  ) as unknown as BarColumns;
  return { venue, symbol, intervalUs, length, ...columns };
}

/** Bars `from` to `to` (not included), counted from the end where negative; the columns are views of the same memory. */
export function sliceBars(bars: Bars, from: number, to: number = bars.length): Bars {
  const start = bars.startUs.subarray(from, to);
  return makeBars(bars, start.length, (name) => bars[name].subarray(from, to));
}

/** The bars of both, one after the other. */
export function concatBars(first: Bars, second: Bars): Bars {
  const length = first.length + second.length;
  return makeBars(first, length, (name) => {
    const column = name === "complete" ? new Uint8Array(length) : new Float64Array(length);
    column.set(first[name]);
    column.set(second[name], first.length);
    return column;
  });
}
