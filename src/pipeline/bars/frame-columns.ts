import { quote, refuse } from "../../core/errors.ts";
import { pl } from "../polars.ts";

/**
 * The columns of a frame of trades as bars need them, whatever types they came in: times as whole µs since 1970 UTC from datetimes
 * of any unit and zone (those without a zone are UTC), prices from text or decimals, makers as 0 and 1 from true and false in
 * words; `lastId` is `id` where there is none. What can't be read is null; makers that are neither, and none, are refused.
 */
export function plainColumns(given: pl.LazyDataFrame): pl.DataFrame {
  const head = given.head(0).collectSync();
  const type = (name: string): string => (head.getColumn(name).dtype as { variant: string }).variant;
  // ids and times as integers, or as they are where they are doubles
  const number = (name: string): pl.Expr => {
    if (type(name) === "Float64") return pl.col(name);
    return /^U?Int/.test(type(name)) ? pl.col(name).cast(pl.Int64) : pl.col(name).cast(pl.Float64, false);
  };
  const isMoment = /^(Datetime|Date)$/.test(type("tradeTimeUs"));
  const time = isMoment ? pl.col("tradeTimeUs").cast(pl.Datetime("us")) : number("tradeTimeUs");
  const frame = given
    .select(
      number("id").alias("id"),
      number(head.columns.includes("lastId") ? "lastId" : "id").alias("lastId"),
      // what is no whole number of microseconds becomes nothing or loses its rest, NaN and infinity included
      time.cast(pl.Int64, false).alias("tradeTimeUs"),
      pl.col("price").cast(pl.Float64, false).alias("price"),
      pl.col("qty").cast(pl.Float64, false).alias("qty"),
      makers(type("isBuyerMaker")).alias("isBuyerMaker"),
    )
    .collectSync();
  checkMakers(frame, type("isBuyerMaker"));
  return frame;
}

/** 0 and 1; 2: another number; null: neither true nor false. */
function makers(type: string): pl.Expr {
  const given = pl.col("isBuyerMaker");
  if (/^(Bool|Boolean)$/.test(type)) return given.cast(pl.UInt8);
  if (type === "UInt8") return given;
  const isText = /^(String|Utf8|Categorical)$/.test(type);
  const known = isText ? given.cast(pl.Utf8).str.toLowerCase() : given.cast(pl.Float64, false);
  const is = (...values: readonly (string | number)[]): pl.Expr =>
    values.map((value) => known.eq(pl.lit(value))).reduce((all, one) => all.or(one));
  return pl
    .when(isText ? is("true", "1", "sell") : is(1))
    .then(pl.lit(1))
    .when(isText ? is("false", "0", "buy") : is(0))
    .then(pl.lit(0))
    .otherwise(pl.lit(null))
    .cast(pl.UInt8);
}

function checkMakers(frame: pl.DataFrame, type: string): void {
  const maker = pl.col("isBuyerMaker");
  const [nulls, most] = frame
    .select(maker.nullCount().alias("nulls"), maker.max().fillNull(pl.lit(0)).alias("most"))
    .row(0) as [number, number];
  if (nulls === 0 && most <= 1) return;
  const known = frame.filter(maker.ltEq(1)).height;
  const rows = frame.height;
  refuse({
    code: "bad-columns",
    where: "barsFromFrame",
    problem: `needs isBuyerMaker true or false in every row; ${rows - known} of ${rows} have something else or nothing (the column is ${quote(type)})`,
    hint: "Say which trades had a buyer who was the maker, or leave those rows out.",
    facts: { rows, known },
  });
}
