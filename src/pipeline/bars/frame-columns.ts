import pl from "nodejs-polars";
import { quote, refuse } from "../../core/errors.ts";

/**
 * The columns of a frame of trades as bars need them, whatever types they came in: times as µs since 1970 UTC from datetimes of
 * any unit and zone (those without a zone are UTC), prices from text or decimals, makers from true and false in words. Refuses
 * makers that are neither, and none.
 */
export function plainColumns(given: pl.LazyDataFrame): pl.LazyDataFrame {
  const head = given.head(0).collectSync();
  const type = (name: string): string => (head.getColumn(name).dtype as { variant: string }).variant;
  const changes: pl.Expr[] = [];
  const time = type("tradeTimeUs");
  if (time === "Datetime" || time === "Date")
    changes.push(pl.col("tradeTimeUs").cast(pl.Datetime("us")).cast(pl.Int64).alias("tradeTimeUs"));
  for (const name of ["price", "qty", "id", "lastId"]) {
    if (!head.columns.includes(name)) continue;
    if (!/^(Float|U?Int)/.test(type(name))) changes.push(pl.col(name).cast(pl.Float64, false).alias(name));
  }
  const maker = type("isBuyerMaker");
  if (maker === "String" || maker === "Utf8" || maker === "Categorical") {
    const text = pl.col("isBuyerMaker").cast(pl.Utf8).str.toLowerCase();
    const is = (...words: readonly string[]): pl.Expr =>
      words.map((word) => text.eq(pl.lit(word))).reduce((all, one) => all.or(one));
    changes.push(
      pl
        .when(is("true", "1", "sell"))
        .then(pl.lit(1))
        .when(is("false", "0", "buy"))
        .then(pl.lit(0))
        .otherwise(pl.lit(null))
        .alias("isBuyerMaker"),
    );
  }
  const lazy = changes.length === 0 ? given : given.withColumns(...changes);
  const number = pl.col("isBuyerMaker").cast(pl.Float64, false);
  const known = lazy
    .select(
      number.eq(0).or(number.eq(1)).fillNull(pl.lit(false)).sum().alias("known"),
      pl.len().alias("rows"),
    )
    .collectSync()
    .row(0) as [number | null, number];
  if ((known[0] ?? 0) !== known[1]) {
    refuse({
      code: "bad-columns",
      where: "barsFromFrame",
      problem: `needs isBuyerMaker true or false in every row; ${known[1] - (known[0] ?? 0)} of ${known[1]} have something else or nothing (the column is ${quote(maker)})`,
      hint: "Say which trades had a buyer who was the maker, or leave those rows out.",
      facts: { rows: known[1], known: known[0] },
    });
  }
  return lazy;
}
