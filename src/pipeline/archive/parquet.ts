import { basename } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import type { TradeColumns } from "../../core/trade-columns.ts";
import { pl } from "../polars.ts";
import type { ArchivePart } from "../store/archive-writer.ts";
import type { StoredTrades } from "../store/read/stored-trades.ts";

/** Trades as the content of a Parquet file, zstd. Decimals stay exact: integers × 1e8, and how many decimals were written. */
export function storedBytes(trades: StoredTrades): Buffer {
  const { id, tradeTimeUs, eventTimeUs, receivedUs, priceE8, qtyE8, isBuyerMaker, source, decimals } = trades;
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
    .select(...inFile())
    .writeParquet({ compression: "zstd" });
}

/** The columns as a file holds them; made once, for an expression of Polars costs a millisecond. */
const inFile = once((): pl.Expr[] => {
  const whole = (name: string): pl.Expr => pl.col(name).cast(pl.Int64);
  return [
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
  ];
});

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

const STORED = columns({
  id: ["trade_id", "number"],
  tradeTimeUs: ["trade_time_us", "number"],
  eventTimeUs: ["event_time_us", "number"],
  receivedUs: ["received_us", "number"],
  priceE8: ["price_e8", "exact"],
  qtyE8: ["qty_e8", "exact"],
  isBuyerMaker: ["is_buyer_maker", "byte"],
  source: ["source", "byte"],
  decimals: ["decimals", "byte"],
});

const storedOf = (frame: pl.DataFrame): StoredTrades => ({ length: frame.height, ...STORED(frame) });

const TRADES = columns({
  id: ["trade_id", "number"],
  tradeTimeUs: ["trade_time_us", "number"],
  price: ["price_e8", "number"],
  qty: ["qty_e8", "number"],
  isBuyerMaker: ["is_buyer_maker", "byte"],
});

/** The trades of a file that `storedBytes` made, as numbers. */
export function readTrades(path: string): TradeColumns {
  const names = ["trade_id", "trade_time_us", "price_e8", "qty_e8", "is_buyer_maker"];
  const frame = reading(path, () => pl.readParquet(path, { columns: names }));
  const trades = TRADES(frame);
  for (const column of [trades.price, trades.qty])
    for (let i = 0; i < column.length; i++) column[i] = column[i]! / 1e8;
  return { length: frame.height, ...trades };
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

interface Typed {
  readonly number: Float64Array;
  readonly byte: Uint8Array;
  readonly exact: BigInt64Array;
}

/** Reads columns of a frame as typed arrays, all of them at once; what is null becomes NaN where it is a number. */
function columns<T extends Readonly<Record<string, readonly [column: string, as: keyof Typed]>>>(
  wanted: T,
): (frame: pl.DataFrame) => { [K in keyof T]: Typed[T[K][1]] } {
  const expressions = once(() => {
    const types = { number: pl.Float64, byte: pl.UInt8, exact: pl.Int64 };
    return Object.values(wanted).map(([column, as]) => {
      const cast = pl.col(column).cast(types[as]);
      // a typed array holds no null
      return as === "number" ? cast.fillNull(pl.lit(Number.NaN)) : cast;
    });
  });
  return (frame) => {
    const cast = frame.select(...expressions());
    const arrays = Object.entries(wanted).map(([name, [column]]) => [
      name,
      cast.getColumn(column).toTypedArray(),
    ]);
    return Object.fromEntries(arrays) as { [K in keyof T]: Typed[T[K][1]] };
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
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
