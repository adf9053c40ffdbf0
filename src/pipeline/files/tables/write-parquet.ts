import { mkdtempSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { quote, refuse } from "../../../core/errors.ts";
import { pl } from "../../polars.ts";

/** A column to be written; NaN and nothing are null. */
export interface WrittenColumn {
  readonly name: string;
  /** `time`: microseconds since 1970 UTC. */
  readonly kind: "text" | "number" | "integer" | "boolean" | "time";
  readonly values: ArrayLike<unknown>;
}

/** Columns of one length. */
export interface WrittenTable {
  readonly length: number;
  readonly columns: readonly WrittenColumn[];
}

/**
 * Tables of the same columns, one after the other, as one Parquet file (zstd). Each is written to a part of its own first, and
 * Polars joins the parts as a stream: memory stays bounded. Returns the number of rows. `where`: what refusals call the file.
 */
export function writeParquet(path: string, where: string, tables: Iterable<WrittenTable>): number {
  const folder = mkdtempSync(join(dirname(path), `.${basename(where)}.parts-`));
  try {
    const parts: string[] = [];
    let rows = 0;
    for (const { length, columns } of tables) {
      const part = join(folder, `${parts.length}.parquet`);
      const frame = pl.DataFrame(columns.map((column) => seriesOf(where, column, length)));
      writing(where, () => frame.writeParquet(part, { compression: "zstd" }));
      parts.push(part);
      rows += length;
    }
    const whole = pl.concat(parts.map((part) => pl.scanParquet(part, { glob: false })));
    writing(where, () => whole.sinkParquet(path, { compression: "zstd" }).collectSync());
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function seriesOf(where: string, { name, values, kind }: WrittenColumn, length: number): pl.Series {
  if (kind === "text") return pl.Series(name, Array.from(values as ArrayLike<string>), pl.Utf8);
  const numbers = Float64Array.from({ length }, (_, i) => {
    const value = values[i];
    // text stands where a double may not do; small numbers it always tells
    if (typeof value === "string" && Number(value) > 1 && String(Number(value)) !== value)
      tooLong(where, name, value);
    return Number(value ?? Number.NaN);
  });
  const typed = {
    number: pl.col(name),
    integer: pl.col(name).cast(pl.Int64),
    boolean: pl.col(name).cast(pl.Bool),
    time: pl.col(name).cast(pl.Int64).cast(pl.Datetime("us", "UTC")),
  }[kind];
  return pl
    .DataFrame([pl.Series(name, numbers, pl.Float64)])
    .select(pl.when(pl.col(name).isNotNan()).then(pl.col(name)).otherwise(pl.lit(null)).alias(name))
    .select(typed)
    .getColumn(name);
}

function tooLong(where: string, column: string, value: string): never {
  return refuse({
    code: "too-long",
    where,
    problem: `needs values that a double can tell in ${column}; got ${value}`,
    hint: "Export CSV: it keeps every digit.",
  });
}

/** What Polars can't write, in a sentence. */
function writing(where: string, write: () => unknown): void {
  try {
    write();
  } catch (error) {
    const [line = ""] = (error as Error).message.split("\n");
    refuse({
      code: "cannot-write",
      where,
      problem: `needs a folder that exists and can be written to; Polars says ${quote(line, 120)}`,
      hint: "Make room, or pass another --out.",
    });
  }
}
