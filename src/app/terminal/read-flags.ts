import type { DayOrder, DecimalMark, FileOptions, SeparatorWord } from "../../pipeline/files/asking.ts";
import type { Flag, Flags } from "./flags.ts";

export type ReadFlag = "tz" | "dates" | "decimal" | "separator" | "columns" | "table" | "query" | "sessions";

/** The flags that settle what a file leaves open. */
export const READ_FLAGS: Readonly<Record<ReadFlag, Flag>> = {
  tz: { value: "ZONE", help: "of a file whose times name no zone: America/New_York, +05:30 (UTC)" },
  dates: { value: "ORDER", help: "of a file whose days could be months: dmy, mdy or ymd" },
  decimal: { value: "MARK", help: "of a file whose numbers leave it open: . or ," },
  separator: { value: "MARK", help: "of its cells: , ; tab or |" },
  columns: { value: "C", help: "time=Datum,close=Kurs; or time,price,qty where it has no header" },
  table: { value: "T", help: "of a foreign database: the table" },
  query: { value: "SQL", help: "of a foreign database: what to read" },
  sessions: { help: "leave out the bars in which a file has no row: nights and weekends" },
};

/** What they say of a file. */
export function fileOptions(flags: Flags<ReadFlag>): FileOptions {
  const { tz, dates, decimal, separator, columns, table, query } = flags;
  return {
    ...(tz !== undefined && { tz }),
    ...(dates !== undefined && { dates: dates as DayOrder }),
    ...(decimal !== undefined && { decimal: decimal as DecimalMark }),
    ...(separator !== undefined && { separator: separator as SeparatorWord }),
    ...(columns !== undefined && { columns }),
    ...(table !== undefined && { table }),
    ...(query !== undefined && { query }),
  };
}
