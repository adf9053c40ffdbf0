import { assetsOf } from "../../core/assets.ts";
import { formatUtc } from "../../core/time.ts";
import type { BacktestData } from "./data.ts";

/** A share as per cent, two decimals. */
export function percent(value: number): string {
  return decimals(100 * value);
}

/** Two decimals, grouped; a dash where it is not defined. */
export function decimals(value: number): string {
  return Number.isFinite(value) ? money(value) : "–";
}

/** A time as a person writes it: `2026-01-31`, with the time of day where it is not midnight. */
export function timeText(us: number): string {
  return formatUtc(us)
    .replace(/T00:00:00Z$/, "")
    .replace(/T(\d\d:\d\d):00Z$/, " $1")
    .replace(/T([\d:.]+)Z$/, " $1");
}

export function money(value: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).replace("-", "−");
}

/** With the quote asset, where the symbol tells it. */
export function moneyOf(data: BacktestData, value: number): string {
  return `${money(value)} ${quoteOf(data)}`.trimEnd();
}

/** The asset that prices and money are in, where the symbol tells it. */
export function quoteOf({ request }: Pick<BacktestData, "request">): string {
  return assetsOf(request.y).quote;
}
