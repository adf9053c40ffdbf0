import { e8ToText, parseE8 } from "../../../core/decimal.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { pl } from "../../polars.ts";
import type { Expectations } from "../columns/layout.ts";
import type { TimeUnit } from "../values/time-digits.ts";

/** A table with typed columns, as rows of text: nothing is rounded on the way. */
export interface FrameTable {
  readonly names: readonly string[];
  readonly typed: NonNullable<Expectations["typed"]>;
  readonly height: number;
  /** Rows `from` to `to`, not included. */
  rows(from: number, to: number): string[][];
}

const SLICE_ROWS = 200_000;

/** A Parquet file of any physical type; its path is a path, whatever characters it has. */
export function parquetTable(path: string, where: string): FrameTable {
  return reading(where, "Parquet", () => {
    const scan = pl.scanParquet(path, { glob: false, hivePartitioning: false });
    const height = scan.select(pl.len()).collectSync().row(0)[0] as number;
    let [begin, part] = [-1, pl.DataFrame()];
    const frame = table(scan.head(0).collectSync(), height, where, (from) => {
      const first = Math.floor(from / SLICE_ROWS) * SLICE_ROWS;
      if (begin !== first) [begin, part] = [first, scan.slice(first, SLICE_ROWS).collectSync()];
      return [part, first];
    });
    return withDecimals(frame, where);
  });
}

/** A Feather file (Arrow IPC), as a file or as a stream. */
export function featherTable(content: Buffer, where: string): FrameTable {
  return reading(where, "Feather", () => {
    const frame =
      content.subarray(0, 6).toString("latin1") === "ARROW1"
        ? pl.readIPC(content)
        : pl.readIPCStream(content);
    return table(frame, frame.height, where, () => [frame, 0]);
  });
}

/** The archive keeps prices as integers × 1e8 beside the number of decimals written: here they are text again. */
function withDecimals(frame: FrameTable, where: string): FrameTable {
  const [price, qty, decimals] = ["price_e8", "qty_e8", "decimals"].map((name) =>
    frame.names.indexOf(name),
  ) as [number, number, number];
  if (price < 0 || qty < 0 || decimals < 0) return frame;
  const of = (e8: string, fewer: number): string => {
    const text = /^\d{1,19}$/.test(e8) && fewer <= 8 ? e8ToText(BigInt(e8), 8 - fewer) : "";
    if (text !== "" && parseE8(text) === BigInt(e8)) return text;
    return refuse({
      code: "bad-row",
      where,
      problem: `needs whole numbers in price_e8 and qty_e8 which have as many decimals as the column decimals says; got ${quote(e8, 40)}`,
      hint: "Nothing was taken from this file.",
    });
  };
  const names = frame.names.map((name) =>
    name === "price_e8" || name === "qty_e8" || name === "decimals" ? "" : name,
  );
  return {
    ...frame,
    names: [...names, "price", "qty"],
    typed: [...frame.typed, undefined, undefined],
    rows: (from, to) =>
      frame.rows(from, to).map((row) => {
        const both = Number(row[decimals]);
        return [...row, of(row[price]!, Math.floor(both / 9)), of(row[qty]!, both % 9)];
      }),
  };
}

type Part = readonly [frame: pl.DataFrame, first: number];

function table(
  head: pl.DataFrame,
  height: number,
  where: string,
  partOf: (from: number) => Part,
): FrameTable {
  const names = head.columns;
  let texts: { readonly of: pl.DataFrame; readonly columns: readonly string[][] } | undefined;
  return {
    names,
    height,
    typed: names.map((name) => timeType(head.getColumn(name).dtype as unknown as Dtype)),
    rows: (from, to) =>
      reading(where, "Parquet", () => {
        const out: string[][] = [];
        for (let at = from; at < to; ) {
          const [frame, first] = partOf(at);
          if (texts?.of !== frame) texts = { of: frame, columns: names.map((name) => text(frame, name)) };
          const end = Math.min(to, first + frame.height);
          for (; at < end; at++) out.push(texts.columns.map((column) => column[at - first]!));
          if (frame.height === 0) break;
        }
        return out;
      }),
  };
}

interface Dtype {
  readonly variant: string;
  readonly inner?: readonly unknown[];
}

function timeType({ variant, inner }: Dtype): NonNullable<Expectations["typed"]>[number] {
  if (variant === "Date") return { isWall: true };
  if (variant !== "Datetime") return undefined;
  const [unit, zone] = (inner ?? []) as [string?, string?];
  return { unit: unitOf(unit), isWall: zone === undefined || zone === null || zone === "" };
}

function unitOf(unit: string | undefined): TimeUnit {
  return unit === "ns" || unit === "ms" ? unit : "us";
}

function text(frame: pl.DataFrame, name: string): string[] {
  const column = frame.getColumn(name);
  const { variant } = column.dtype as unknown as Dtype;
  if (variant === "Float64")
    return (column.toArray() as (number | null)[]).map((value) => (value === null ? "" : String(value)));
  // no number and no text: whoever needs this column says so
  if (/^(List|Struct|Array|Object|Binary)$/.test(variant)) return new Array(frame.height).fill(variant);
  const whole = variant === "Datetime" ? column.cast(pl.Int64) : column;
  const cells = (whole.cast(pl.Utf8).toArray() as (string | null)[]).map((value) => value ?? "");
  return variant === "Float32" ? cells.map((cell) => cell.replace(/\.0$/, "")) : cells;
}

/** A file that can't be read, in a sentence. */
function reading<T>(where: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if ((error as { code?: string }).code !== undefined && (error as { hint?: string }).hint !== undefined)
      throw error;
    const [line = ""] = (error as Error).message.split("\n");
    return refuse({
      code: `unreadable-${what.toLowerCase()}`,
      where,
      problem: `needs a ${what} file that can be read; ${quote(line, 120)}`,
      hint: "See whether it is complete, and what its name says.",
    });
  }
}
