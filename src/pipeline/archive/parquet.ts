import { basename } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import type { TradeColumns } from "../../core/trade-columns.ts";
import { pl } from "../polars.ts";
import type { ArchivePart } from "../store/archive-writer.ts";
import type { StoredTrades } from "../store/read/stored-trades.ts";

/** Trades as the content of a Parquet file, zstd. Decimals stay exact: integers × 1e8, and how many decimals were written. */
export function storedBytes(trades: StoredTrades): Buffer {
  const { id, tradeTimeUs, eventTimeUs, receivedUs, priceE8, qtyE8, isBuyerMaker, source, decimals } = trades;
  const whole = (name: string): pl.Expr => pl.col(name).cast(pl.Int64);
  return pl
    .DataFrame({
      trade_id: id,
      trade_time_us: tradeTimeUs,
      event_time_us: eventTimeUs,
      received_us: receivedUs,
      price_e8: priceE8,
      qty_e8: qtyE8,
      is_buyer_maker: isBuyerMaker,
      source,
      decimals,
    })
    .select(
      whole("trade_id"),
      whole("trade_time_us"),
      pl
        .when(pl.col("event_time_us").isNan())
        .then(pl.lit(null))
        .otherwise(pl.col("event_time_us"))
        .cast(pl.Int64)
        .alias("event_time_us"),
      whole("received_us"),
      pl.col("price_e8"),
      pl.col("qty_e8"),
      pl.col("is_buyer_maker").cast(pl.Bool),
      pl.col("source").cast(pl.Int8),
      pl.col("decimals").cast(pl.Int8),
    )
    .writeParquet({ compression: "zstd" });
}

/** The inverse of `storedBytes`. */
export function readStored(content: Buffer, path: string): StoredTrades {
  return storedOf(reading(path, () => pl.readParquet(content)));
}

/** Of a file that `storedBytes` made, the first `limit` trades with `fromId` ≤ id < `toId`; reads little more than these. */
export function readStoredIds(path: string, fromId: number, toId: number, limit: number): StoredTrades {
  const id = pl.col("trade_id");
  const isAsked = id.gtEq(pl.lit(fromId).cast(pl.Int64)).and(id.lt(pl.lit(toId).cast(pl.Int64)));
  return storedOf(reading(path, () => pl.scanParquet(path).filter(isAsked).head(limit).collectSync()));
}

function storedOf(frame: pl.DataFrame): StoredTrades {
  const numbers = (name: string): Float64Array => typed(frame, name, pl.Float64) as Float64Array;
  const bytes = (name: string): Uint8Array => typed(frame, name, pl.UInt8) as Uint8Array;
  const exact = (name: string): BigInt64Array => typed(frame, name, pl.Int64) as unknown as BigInt64Array;
  return {
    length: frame.height,
    id: numbers("trade_id"),
    tradeTimeUs: numbers("trade_time_us"),
    eventTimeUs: numbers("event_time_us"),
    receivedUs: numbers("received_us"),
    priceE8: exact("price_e8"),
    qtyE8: exact("qty_e8"),
    isBuyerMaker: bytes("is_buyer_maker"),
    source: bytes("source"),
    decimals: bytes("decimals"),
  };
}

/** The trades of a file that `storedBytes` made, as numbers. */
export function readTrades(path: string): TradeColumns {
  const columns = ["trade_id", "trade_time_us", "price_e8", "qty_e8", "is_buyer_maker"];
  const frame = reading(path, () => pl.readParquet(path, { columns }));
  const numbers = (name: string): Float64Array => typed(frame, name, pl.Float64) as Float64Array;
  const scaled = (name: string): Float64Array => {
    const column = numbers(name);
    for (let i = 0; i < column.length; i++) column[i] = column[i]! / 1e8;
    return column;
  };
  return {
    length: frame.height,
    id: numbers("trade_id"),
    tradeTimeUs: numbers("trade_time_us"),
    price: scaled("price_e8"),
    qty: scaled("qty_e8"),
    isBuyerMaker: typed(frame, "is_buyer_maker", pl.UInt8) as Uint8Array,
  };
}

/** Any Parquet file as text, `rows` rows at a time; times are whole microseconds, what is null is empty. */
export function* readText(
  path: string,
  rows: number,
): Generator<{ readonly names: readonly string[]; readonly columns: readonly (readonly string[])[] }> {
  for (let from = 0; ; from += rows) {
    const part = reading(path, () => pl.scanParquet(path).slice(from, rows).collectSync());
    if (part.height === 0) return;
    yield { names: part.columns, columns: part.columns.map((name) => text(part, name)) };
  }
}

function text(frame: pl.DataFrame, name: string): string[] {
  const column = frame.getColumn(name);
  const { variant } = column.dtype as { variant: string };
  if (variant === "Float64" || variant === "Float32") {
    return (column.toArray() as (number | null)[]).map((value) => (value === null ? "" : plain(value)));
  }
  // no number and no text: whoever needs this column says so
  if (/^(List|Struct|Array|Object|Binary)$/.test(variant)) return new Array(frame.height).fill(variant);
  const whole = variant === "Datetime" ? column.cast(pl.Datetime("us")).cast(pl.Int64) : column;
  return (whole.cast(pl.Utf8).toArray() as (string | null)[]).map((value) => value ?? "");
}

/** The shortest decimal text without an exponent that is this number; the number itself where 8 decimals do not do. */
function plain(value: number): string {
  const shortest = String(value);
  if (!shortest.includes("e")) return shortest;
  const fixed = value.toFixed(8).replace(/\.?0+$/, "");
  return Number(fixed) === value ? fixed : shortest;
}

function typed(
  frame: pl.DataFrame,
  name: string,
  as: pl.DataType,
): Float64Array | Uint8Array | BigInt64Array {
  const cast = pl.col(name).cast(as);
  // what is null becomes NaN: a typed array holds no null
  const values = frame.select(as === pl.Float64 ? cast.fillNull(pl.lit(Number.NaN)) : cast).getColumn(name);
  return values.toTypedArray() as Float64Array | Uint8Array | BigInt64Array;
}

/** A file that can't be read, in a sentence. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return refuse({
      code: "unreadable-parquet",
      where: basename(path),
      problem: `needs a Parquet file that can be read; ${quote((error as Error).message, 120)}`,
      hint: "See whether it is complete, and where it should be.",
      facts: { path },
    });
  }
}

/** Refuses a file of the archive that is not there, or has another size than it was written with. */
export function missingPart({ path, date, rows, bytes }: ArchivePart, size: number | undefined): never {
  return refuse({
    code: "archive-missing",
    where: path,
    problem: `needs the file that holds ${rows} trades of ${date}, ${bytes} bytes; ${size === undefined ? "it is not there" : `it has ${size}`}`,
    hint: "Bring it back from where it was moved, beside the database.",
    facts: { path, bytes, size },
  });
}
