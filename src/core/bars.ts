import { requireColumns, requireFields, requireNumbers } from "./arguments.ts";
import { formatDuration } from "./time.ts";
import type { Venue } from "./trade.ts";

/**
 * When a bar ends and the next one begins: with the time, aligned to 1970-01-01T00:00 UTC; or with the trade that brings
 * the bar to this many trades, this volume (base units) or this quote volume. No trade is split.
 */
export type BarRule =
  | { readonly by: "time"; readonly intervalUs: number }
  | { readonly by: "trades"; readonly trades: number }
  | { readonly by: "volume"; readonly volume: number }
  | { readonly by: "quoteVolume"; readonly quoteVolume: number };

/** `"5m"`, `"500 trades"`, `"2.5 volume"`, `"1000000 quote"`. */
export function barRuleText(rule: BarRule): string {
  if (rule.by === "time") return formatDuration(rule.intervalUs);
  if (rule.by === "trades") return `${rule.trades} trades`;
  return rule.by === "volume" ? `${rule.volume} volume` : `${rule.quoteVolume} quote`;
}

/** The columns of a bar, each as long as there are bars. Prices in quote units, volumes in base units unless named otherwise. */
export interface BarColumns {
  /** Start of the bar, microseconds since 1970 UTC; of bars that are not made by time, their first trade's time. */
  readonly startUs: Float64Array;
  /** End of the bar, not included; of bars that are not made by time, their last trade's time. */
  readonly endUs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Exact sum of the quantities, rounded once. */
  readonly volume: Float64Array;
  /** Exact sum of price × quantity, rounded at the end. */
  readonly quoteVolume: Float64Array;
  /** quoteVolume / volume; NaN without a trade. */
  readonly vwap: Float64Array;
  readonly tradeCount: Float64Array;
  readonly takerBuyVolume: Float64Array;
  /** NaN without a trade, as `lastId`. */
  readonly firstId: Float64Array;
  readonly lastId: Float64Array;
  /** 1 where no id is missing inside, nor between this bar's trades and the ones before and after. */
  readonly complete: Uint8Array;
}

/** Bars of one symbol, oldest first. */
export interface Bars extends BarColumns {
  readonly venue: Venue;
  readonly symbol: string;
  readonly rule: BarRule;
  /** Of time bars; 0 for others. */
  readonly intervalUs: number;
  readonly length: number;
  /** The length of the bars that they were made from, or are, where they came as bars; undefined: they were made from trades. */
  readonly importedUs?: number;
}

export type BarColumnName = keyof BarColumns;

export const BAR_COLUMNS: readonly BarColumnName[] = [
  "startUs",
  "endUs",
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

/** What others tell of a bar, in files and in databases of bars that came as bars. */
export const TOLD_COLUMNS = [
  "open",
  "high",
  "low",
  "close",
  "volume",
  "quoteVolume",
  "tradeCount",
  "takerBuyVolume",
] as const;
export type ToldColumn = (typeof TOLD_COLUMNS)[number];

/** Refuses what lacks a column of bars, or has one that is none. */
export function requireBarColumns(where: string, bars: BarColumns): void {
  requireFields(where, "bars", bars, BAR_COLUMNS);
  const numbers = BAR_COLUMNS.filter((name) => name !== "complete");
  requireColumns(where, Object.fromEntries(numbers.map((name) => [`bars.${name}`, bars[name]])));
}

/** What bars are of. */
export type BarIdentity = Pick<Bars, "venue" | "symbol" | "rule" | "importedUs">;

/** What bars were made from where that is no trades: `"came as bars"`, `"made from bars of 1m"`; else empty. */
export function barOriginText({ rule, importedUs }: Pick<Bars, "rule" | "importedUs">): string {
  if (importedUs === undefined) return "";
  const isOwn = rule.by === "time" && rule.intervalUs === importedUs;
  return isOwn ? "came as bars" : `made from bars of ${formatDuration(importedUs)}`;
}

/** Bars whose columns are made one by one. */
export function makeBars(
  { venue, symbol, rule, importedUs }: BarIdentity,
  length: number,
  column: (name: BarColumnName) => Float64Array | Uint8Array,
): Bars {
  const columns = Object.fromEntries(
    BAR_COLUMNS.map((name) => [name, column(name)]),
  ) as unknown as BarColumns;
  const intervalUs = rule.by === "time" ? rule.intervalUs : 0;
  const origin = importedUs === undefined ? {} : { importedUs };
  return { venue, symbol, rule, intervalUs, length, ...origin, ...columns };
}

/** An empty column of the kind that a bar's field has. */
export function barColumn(name: BarColumnName, length: number): Float64Array | Uint8Array {
  return name === "complete" ? new Uint8Array(length) : new Float64Array(length);
}

/** Bars `from` to `to` (not included), counted from the end where negative; the columns are views of the same memory. */
export function sliceBars(bars: Bars, from: number, to: number = bars.length): Bars {
  requireNumbers("sliceBars", { from, to });
  requireFields("sliceBars", "bars", bars, ["startUs"]);
  requireColumns("sliceBars", { "bars.startUs": bars.startUs });

  const start = bars.startUs.subarray(from, to);
  return makeBars(bars, start.length, (name) => bars[name].subarray(from, to));
}

/** The bars of both, one after the other. */
export function concatBars(first: Bars, second: Bars): Bars {
  requireFields("concatBars", "first", first, ["length"]);
  requireFields("concatBars", "second", second, ["length"]);

  const length = first.length + second.length;
  return makeBars(first, length, (name) => {
    const column = barColumn(name, length);
    column.set(first[name]);
    column.set(second[name], first.length);
    return column;
  });
}
