import { mkdtempSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import pl from "nodejs-polars";
import type { Bars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import type { Series } from "../../pipeline/store/trade-store.ts";
import { barsToWrite } from "../../render/bars-table.ts";
import type { TableColumn, TableData } from "../../render/table-data.ts";
import { type ExportResult, intoPlace } from "./draft.ts";

/**
 * Tables one after the other as one Parquet file. Each is written to a part of its own first, and Polars joins the parts as a
 * stream: memory stays bounded.
 */
export function writeParquet(path: string, series: Series, tables: Iterable<TableData | Bars>): ExportResult {
  return intoPlace(path, (draft) => {
    const folder = mkdtempSync(join(dirname(path), `.${basename(path)}.parts-`));
    try {
      const parts: string[] = [];
      let rows = 0;
      for (const table of tables) {
        const part = join(folder, `${parts.length}.parquet`);
        const frame = frameOf(path, series, table);
        writing(path, () => frame.writeParquet(part, { compression: "zstd" }));
        parts.push(part);
        rows += table.length;
      }
      const whole = pl.concat(parts.map((part) => pl.scanParquet(part, { glob: false })));
      writing(path, () => whole.sinkParquet(draft, { compression: "zstd" }).collectSync());
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function frameOf(path: string, { venue }: Series, given: TableData | Bars): pl.DataFrame {
  const { length, columns } = "columns" in given ? given : barsToWrite(given);
  const text = (value: string): TableColumn => ({
    name: "",
    values: new Array(length).fill(value),
    kind: "text",
  });
  const all = [
    { ...text(venue.name), name: "venue" },
    { ...text(venue.kind), name: "venue_kind" },
    ...columns,
  ];
  return pl.DataFrame(all.map((column) => seriesOf(path, column, length)));
}

function seriesOf(path: string, { name, values, kind }: TableColumn, length: number): pl.Series {
  if (kind === "text") return pl.Series(name, Array.from(values as ArrayLike<string>), pl.Utf8);
  const numbers = Float64Array.from({ length }, (_, i) => {
    const value = values[i];
    // text stands where a double may not do; small numbers it always tells
    if (typeof value === "string" && Number(value) > 1 && String(Number(value)) !== value)
      tooLong(path, name, value);
    return Number(value ?? Number.NaN);
  });
  const floats = pl.Series(name, numbers, pl.Float64);
  const typed = {
    number: pl.col(name),
    integer: pl.col(name).cast(pl.Int64),
    boolean: pl.col(name).cast(pl.Bool),
    time: pl.col(name).cast(pl.Int64).cast(pl.Datetime("us", "UTC")),
  }[kind ?? "number"];
  const isThere = pl.col(name).isNotNan();
  return pl
    .DataFrame([floats])
    .select(pl.when(isThere).then(pl.col(name)).otherwise(pl.lit(null)).alias(name))
    .select(typed)
    .getColumn(name);
}

function tooLong(path: string, column: string, value: string): never {
  return refuse({
    code: "too-long",
    where: basename(path),
    problem: `needs values that a double can tell in ${column}; got ${value}`,
    hint: "Export CSV: it keeps every digit.",
  });
}

/** What Polars can't write, in a sentence. */
function writing(path: string, write: () => unknown): void {
  try {
    write();
  } catch (error) {
    const [line = ""] = (error as Error).message.split("\n");
    refuse({
      code: "cannot-write",
      where: basename(path),
      problem: `needs a folder that exists and can be written to; Polars says ${quote(line, 120)}`,
      hint: "Make room, or pass another --out.",
    });
  }
}
