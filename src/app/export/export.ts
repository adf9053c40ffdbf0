import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { requireFields, requireSettings, requireText } from "../../core/arguments.ts";
import type { Bars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { type WrittenTable, writeParquet } from "../../pipeline/files/tables/write-parquet.ts";
import { checkRange } from "../../pipeline/store/read/reader.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { barsToWrite } from "../../render/bars-table.ts";
import { csvChunks } from "../../render/csv.ts";
import type { TableData } from "../../render/table-data.ts";
import { type ExportResult, intoPlace, writeDraft } from "./draft.ts";
import { barTables, type ExportRange, tradeTables } from "./tables.ts";

export type { ExportResult } from "./draft.ts";

export interface ParquetSettings extends ExportRange {
  readonly what: "trades" | "bars";
}

export interface ExportSettings extends ParquetSettings {
  /** CSV for a spreadsheet in a European locale. */
  readonly excel?: boolean;
  /** Text that a spreadsheet would run gets a `'` before it, unless this is false. */
  readonly guardFormulas?: boolean;
}

const RANGE = ["what", "interval", "fromUs", "toUs", "onProgress"] as const;

/**
 * Writes trades or closed bars of a series as one CSV file (`.csv`, `.csv.gz`), piece by piece: memory stays bounded. It comes into its place
 * when it is whole. The bar that is still forming is left out. Imported again it is equal to the last digit.
 */
export function exportCsv(
  store: TradeStore,
  series: Series,
  path: string,
  settings: ExportSettings,
): ExportResult {
  const tables = tablesOf("exportCsv", store, series, path, settings, [...RANGE, "excel", "guardFormulas"]);
  const { guardFormulas, excel = false } = settings;
  const isPacked = /\.gz$/i.test(path);
  if (/\.(parquet|feather|xlsx?|json|zip)$/i.test(path))
    otherName(path, ".csv or .csv.gz", "exportParquet writes Parquet.");
  return writeDraft(path, (write) => {
    let rows = 0;
    let header = true;
    for (const table of tables) {
      const options = {
        venue: series.venue,
        header,
        excel,
        ...(guardFormulas !== undefined && { guardFormulas }),
      };
      for (const chunk of csvChunks(table, options)) write(isPacked ? gzipSync(chunk) : chunk);
      rows += table.length;
      header = false;
    }
    return rows;
  });
}

/**
 * The same as Parquet (`.parquet`, zstd): times are datetimes in UTC, what is not defined is null; bars have their end beside
 * their start.
 */
export function exportParquet(
  store: TradeStore,
  series: Series,
  path: string,
  settings: ParquetSettings,
): ExportResult {
  const tables = tablesOf("exportParquet", store, series, path, settings, RANGE);
  if (/\.(csv|gz|feather|xlsx?|json|zip)$/i.test(path)) otherName(path, ".parquet", "exportCsv writes CSV.");
  return intoPlace(path, (draft) => writeParquet(draft, basename(path), written(series, tables)));
}

/** Tables with their venue in each row, as CSV has it. */
function* written({ venue }: Series, tables: Iterable<TableData | Bars>): Generator<WrittenTable> {
  for (const table of tables) {
    const { length, columns } = "columns" in table ? table : barsToWrite(table);
    const same = (name: string, value: string) =>
      ({ name, values: new Array<string>(length).fill(value), kind: "text" }) as const;
    yield {
      length,
      columns: [
        same("venue", venue.name),
        same("venue_kind", venue.kind),
        ...columns.map(({ name, values, kind = "text" }) => ({ name, values, kind })),
      ],
    };
  }
}

function tablesOf(
  where: string,
  store: TradeStore,
  series: Series,
  path: string,
  settings: ExportSettings,
  known: readonly (keyof ExportSettings)[],
): Generator<TableData | Bars> {
  requireFields(where, "store", store, []);
  requireFields(where, "series", series, ["venue"]);
  requireText(where, "path", path);
  requireSettings(where, settings, known);

  const { fromUs, toUs, what } = settings;
  if (what !== "trades" && what !== "bars") {
    refuse({
      code: "bad-setting",
      where,
      problem: `what must be "trades" or "bars"; got ${quote(what)}`,
      hint: 'Pass for example { what: "trades" }.',
    });
  }
  checkRange(series, { ...(fromUs !== undefined && { fromUs }), ...(toUs !== undefined && { toUs }) });
  return what === "bars" ? barTables(store, series, settings) : tradeTables(store, series, settings);
}

function otherName(path: string, needed: string, hint: string): never {
  return refuse({
    code: "bad-setting",
    where: basename(path),
    problem: `needs a name that ends in ${needed}`,
    hint,
  });
}
