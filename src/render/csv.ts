import { requireFields, requireSettings } from "../core/arguments.ts";
import type { Bars } from "../core/bars.ts";
import type { Venue } from "../core/trade.ts";
import { barsToWrite } from "./bars-table.ts";
import { type CellKind, columnKind, plainValue, timeText } from "./table-cells.ts";
import type { TableColumn, TableData } from "./table-data.ts";

export interface CsvOptions {
  /** Where the numbers come from: two columns in front, `venue` and `venue_kind`. Bars know theirs. */
  readonly venue?: Venue;
  /**
   * Text that a spreadsheet would run (`=`, `+`, `-`, `@` in front) gets a `'` before it. Yes unless told; say no for a
   * file that only programs read. Numbers are never touched.
   */
  readonly guardFormulas?: boolean;
  /** Between two cells; a comma unless told, a semicolon for `excel`. */
  readonly separator?: "," | ";" | "\t";
  /** False: rows only, for the later parts of a file. */
  readonly header?: boolean;
  /**
   * For a spreadsheet in a European locale: semicolons, decimal commas, a byte order mark, times that it knows as such
   * (`2026-03-13 10:00:00,123`, UTC still).
   */
  readonly excel?: boolean;
}

/**
 * A table as CSV by RFC 4180: comma, CRLF, a header row with units. Times are ISO 8601 in UTC, numbers have every
 * digit, what is not defined is empty. A venue stands in each row, so that rows keep their origin when files are joined.
 */
export function csvText(data: TableData | Bars, options: CsvOptions = {}): string {
  requireFields("csvText", "data", data, ["length"]);
  requireSettings("csvText", options, ["venue", "guardFormulas", "header", "separator", "excel"]);

  return [...csvChunks(data, options)].join("");
}

/** The same text in pieces of whole rows, about 64 KB each: for files larger than memory likes. */
export function* csvChunks(data: TableData | Bars, options: CsvOptions = {}): Generator<string> {
  const table = "columns" in data ? data : barsToWrite(data);
  const venue = options.venue ?? ("columns" in data ? undefined : data.venue);
  const guard = options.guardFormulas === false ? (text: string) => text : guardFormula;
  const excel = options.excel === true;
  const mark = options.separator ?? (excel ? ";" : ",");
  const quoted = (text: string): string => quotedFor(mark, text);
  const front = venue ? `${quoted(guard(venue.name))}${mark}${venue.kind}${mark}` : "";
  const heads = table.columns.map(({ name, unit }) => quoted(guard(unit ? `${name} (${unit})` : name)));
  const cells = table.columns.map((column) =>
    cellWriter(column, table.length, (text) => quoted(guard(text)), excel),
  );
  const names = [...(venue ? ["venue", "venue_kind"] : []), ...heads].join(mark);
  const head = `${excel ? "\ufeff" : ""}${names}\r\n`;
  let chunk = options.header === false ? "" : head;
  for (let row = 0; row < table.length; row++) {
    chunk += front;
    for (let c = 0; c < cells.length; c++) chunk += c === 0 ? cells[c]!(row) : mark + cells[c]!(row);
    chunk += "\r\n";
    if (chunk.length >= 65_536) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk) yield chunk;
}

function cellWriter(
  column: TableColumn,
  length: number,
  written: (text: string) => string,
  excel: boolean,
): (row: number) => string {
  const kind: CellKind = columnKind(column, length);
  const time = (value: unknown): string => {
    const text = timeText(value as number);
    return excel ? text.replace("T", " ").replace("Z", "").replace(".", ",") : written(text);
  };
  return (row) => {
    const value = column.values[row];
    if (value === null || value === undefined || Number.isNaN(value)) return "";
    if (typeof value === "number" && (kind === "number" || kind === "integer"))
      return excel ? String(value).replace(".", ",") : String(value);
    // more digits than a double has
    if (typeof value === "string" && kind === "number") return excel ? value.replace(".", ",") : value;
    if (typeof value === "bigint") return kind === "time" ? time(value) : String(value);
    if (kind === "boolean" && typeof value === "number") return value === 0 ? "false" : "true";
    if (typeof value === "boolean") return String(value);
    if (kind === "time") return time(value);
    return written(plainValue(value));
  };
}

function quotedFor(mark: string, text: string): string {
  return /[",;\r\n]/.test(text) || text.includes(mark) ? `"${text.replaceAll('"', '""')}"` : text;
}

const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;
// at the start of any line of the cell, after blanks of any kind; also the full-width signs that spreadsheets accept
const FORMULA = /(?<=^|[\r\n])(?=[\s\u00a0\u200b\ufeff]*[=+\-@＝＋－＠]|\t|\r)/g;

/** Text that a spreadsheet would take for a formula gets a `'`; plain numbers such as `-0.5` stay as they are. */
function guardFormula(text: string): string {
  return PLAIN_NUMBER.test(text) ? text : text.replace(FORMULA, "'");
}
