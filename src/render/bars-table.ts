import { assetsOf } from "../core/assets.ts";
import { type Bars, barRuleText } from "../core/bars.ts";
import type { TableColumn, TableData } from "./table-data.ts";

/** The columns of bars, in the order in which they are shown and written. */
export type BarColumn =
  | "start"
  | "open"
  | "high"
  | "low"
  | "close"
  | "volume"
  | "quoteVolume"
  | "vwap"
  | "tradeCount"
  | "takerBuyVolume"
  | "firstId"
  | "lastId"
  | "complete";

/** Bars as a table, without copying them; all columns unless told which. */
export function barsTable(bars: Bars, only?: readonly BarColumn[]): TableData {
  const { base, quote } = assetsOf(bars.symbol);
  const price = (name: "open" | "high" | "low" | "close" | "vwap"): TableColumn => ({
    name,
    values: bars[name],
    kind: "number",
    unit: quote,
  });
  const volume = (name: "volume" | "takerBuyVolume" | "quoteVolume", unit: string): TableColumn => ({
    name,
    values: bars[name],
    kind: "number",
    unit,
  });
  const whole = (name: "tradeCount" | "firstId" | "lastId"): TableColumn => ({
    name,
    values: bars[name],
    kind: "integer",
  });
  const columns: Readonly<Record<BarColumn, TableColumn>> = {
    start: { name: "start", values: bars.startUs, kind: "time", unit: "UTC" },
    open: price("open"),
    high: price("high"),
    low: price("low"),
    close: price("close"),
    volume: volume("volume", base),
    quoteVolume: volume("quoteVolume", quote),
    vwap: price("vwap"),
    tradeCount: whole("tradeCount"),
    takerBuyVolume: volume("takerBuyVolume", base),
    firstId: whole("firstId"),
    lastId: whole("lastId"),
    complete: { name: "complete", values: bars.complete, kind: "boolean" },
  };
  const names = only ?? (Object.keys(columns) as BarColumn[]);
  return { columns: names.map((name) => columns[name]), length: bars.length };
}

/** Bars as they are written to a file: with their symbol, as those of several may end in one, and their length, which rows do not tell. */
export function barsToWrite(bars: Bars): TableData {
  const table = barsTable(bars);
  const same = (name: string, value: string): TableColumn => ({
    name,
    values: new Array(bars.length).fill(value),
    kind: "text",
  });
  return {
    ...table,
    columns: [same("symbol", bars.symbol), ...table.columns, same("interval", barRuleText(bars.rule))],
  };
}
