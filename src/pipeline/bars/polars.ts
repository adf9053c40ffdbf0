import pl from "nodejs-polars";
import { requireColumns, requireFields, requireSettings } from "../../core/arguments.ts";
import { type BarColumnName, type Bars, makeBars, requireBarColumns } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { type MissingIds, MOST_BACK_US, type TradeColumns } from "../../core/trade-columns.ts";
import { MS_FROM, MS_TO } from "./bad-trades.ts";
import { plainColumns } from "./frame-columns.ts";
import { type BarSettings, barsFromTrades } from "./from-trades.ts";
import { barRule } from "./rule.ts";
import { PLAIN, quoteVolumeOf, ROUND_1, ROUND_26, ROUND_52, volumeOf } from "./sums.ts";

/** Trades as a Polars frame, with the names that `TradeColumns` has. */
export function tradesFrame(trades: TradeColumns): pl.DataFrame {
  requireFields("tradesFrame", "trades", trades, ["id", "tradeTimeUs", "price", "qty", "isBuyerMaker"]);
  requireColumns("tradesFrame", {
    "trades.id": trades.id,
    "trades.tradeTimeUs": trades.tradeTimeUs,
    "trades.price": trades.price,
    "trades.qty": trades.qty,
  });

  const { id, tradeTimeUs, price, qty, isBuyerMaker, lastId = id } = trades;
  return pl.DataFrame({ id, lastId, tradeTimeUs, price, qty, isBuyerMaker });
}

/** Bars as a Polars frame: `start` and `end` as UTC datetimes, then the other fields. */
export function barsFrame(bars: Bars): pl.DataFrame {
  requireBarColumns("barsFrame", bars);

  const { startUs, endUs, complete, open, high, low, close, volume, quoteVolume, vwap, tradeCount } = bars;
  const { takerBuyVolume, firstId, lastId } = bars;
  const moment = (name: string, as: string): pl.Expr =>
    pl.col(name).cast(pl.Int64).cast(pl.Datetime("us", "UTC")).alias(as);
  const sums = { open, high, low, close, volume, quoteVolume, vwap, tradeCount, takerBuyVolume };
  return pl
    .DataFrame({ startUs, endUs, ...sums, firstId, lastId, complete })
    .select(
      moment("startUs", "start"),
      moment("endUs", "end"),
      ...Object.keys(sums).map((name) => pl.col(name)),
      pl.col("firstId"),
      pl.col("lastId"),
      pl.col("complete").cast(pl.Bool),
    );
}

/**
 * Time bars of a Polars frame of trades, lazy or not, by ascending id, with the columns `id`, `tradeTimeUs`, `price`,
 * `qty`, `isBuyerMaker`, and `lastId` where trades may be merged; times may be datetimes, and text is read. Equals
 * `barsFromTrades` to the last bit.
 */
export function barsFromFrame(
  trades: pl.DataFrame | pl.LazyDataFrame,
  settings: Omit<BarSettings, "empty"> & { readonly holes?: readonly MissingIds[] },
): Bars {
  requireSettings(
    "barsFromFrame",
    settings,
    ["venue", "symbol", "every", "holes"],
    [["venue", "symbol", "key"]],
  );

  const { venue, symbol, every, holes = [] } = settings;
  const rule = barRule(every, "barsFromFrame");
  if (typeof (trades as pl.DataFrame | undefined)?.select !== "function") {
    refuse({
      code: "not-a-frame",
      where: "barsFromFrame",
      problem: "trades must be a Polars frame; got something else",
      hint: "Pass tradesFrame(trades), or use barsFromTrades.",
    });
  }
  if (rule.by !== "time") {
    return refuse({
      code: "bad-interval",
      where: "barsFromFrame",
      problem: `makes time bars only; got bars by ${rule.by}`,
      hint: "Use barsFromTrades for bars of so many trades or so much volume.",
      facts: { rule },
    });
  }
  const given = pl.DataFrame.isDataFrame(trades) ? trades.lazy() : (trades as pl.LazyDataFrame);
  const { lazy, isPlain } = checked(given, settings);
  if (!isPlain) return barsFromTrades({ ...columnsOf(lazy.collectSync()), holes }, { venue, symbol, every });
  const [price, qty] = [pl.col("price"), pl.col("qty")];
  const rounded = (value: pl.Expr, to: number): pl.Expr => value.add(to).sub(to);
  const difference = (a: string, b: string): pl.Expr => pl.col(a).sub(pl.col(b));
  const product = (a: string, b: string): pl.Expr => pl.col(a).mul(pl.col(b));
  const total = (name: string, as: string): pl.Expr => pl.col(name).sum().alias(as);
  const newest = pl.col("tradeTimeUs").cast(pl.Int64).cumMax();
  const bought = pl.col("isBuyerMaker").cast(pl.Float64).eq(0);
  const frame = lazy
    .withColumns(
      newest.sub(newest.modulo(rule.intervalUs)).cast(pl.Float64).alias("bar"),
      price.mul(1e8).alias("p"),
      qty.mul(1e8).alias("q"),
    )
    .withColumns(rounded(pl.col("p"), ROUND_26).alias("p1"), rounded(pl.col("q"), ROUND_26).alias("q1"))
    .withColumns(
      rounded(difference("p", "p1"), ROUND_1).alias("p0"),
      rounded(difference("q", "q1"), ROUND_1).alias("q0"),
    )
    .withColumns(product("p0", "q0").alias("lows"))
    .withColumns(rounded(pl.col("lows"), ROUND_26).alias("fromLows"))
    .withColumns(product("p1", "q0").add(product("p0", "q1")).add(pl.col("fromLows")).alias("cross"))
    .withColumns(rounded(pl.col("cross"), ROUND_52).alias("fromCross"))
    .withColumns(
      difference("lows", "fromLows").alias("z0"),
      difference("cross", "fromCross").alias("z1"),
      product("p1", "q1").add(pl.col("fromCross")).alias("z2"),
    )
    .groupBy("bar")
    .agg(
      price.first().alias("open"),
      price.max().alias("high"),
      price.min().alias("low"),
      price.last().alias("close"),
      total("q1", "v1"),
      total("q0", "v0"),
      pl.col("q1").filter(bought).sum().alias("b1"),
      pl.col("q0").filter(bought).sum().alias("b0"),
      total("z2", "z2"),
      total("z1", "z1"),
      total("z0", "z0"),
      pl.col("lastId").sub(pl.col("id")).add(1).sum().cast(pl.Float64).alias("tradeCount"),
      pl.col("id").first().cast(pl.Float64).alias("firstId"),
      pl.col("lastId").last().cast(pl.Float64).alias("lastId"),
    )
    .sort("bar")
    .collectSync();
  const column = (name: string): Float64Array => frame.getColumn(name).toTypedArray() as Float64Array;
  // Polars divides by a constant by multiplying with its inverse, which rounds otherwise
  const [v1, v0, b1, b0] = [column("v1"), column("v0"), column("b1"), column("b0")];
  const [z2, z1, z0] = [column("z2"), column("z1"), column("z0")];
  const volume = v1.map((high, i) => volumeOf(high, v0[i]!));
  const quoteVolume = z2.map((high, i) => quoteVolumeOf(high, z1[i]!, z0[i]!));
  const startUs = column("bar");
  const made: Partial<Record<BarColumnName, Float64Array | Uint8Array>> = {
    startUs,
    endUs: startUs.map((start) => start + rule.intervalUs),
    volume,
    quoteVolume,
    vwap: quoteVolume.map((value, i) => value / volume[i]!),
    takerBuyVolume: b1.map((high, i) => volumeOf(high, b0[i]!)),
    complete: completeness(column("firstId"), column("lastId"), holes),
  };
  return makeBars({ venue, symbol, rule }, frame.height, (name) => made[name] ?? column(name));
}

const NEEDED = ["id", "tradeTimeUs", "price", "qty", "isBuyerMaker"] as const;

/**
 * The trades with the column `lastId`, and whether each is small enough for Polars' sums of them to be exact; refuses what
 * `barsFromTrades` refuses, in its words.
 */
function checked(
  given: pl.LazyDataFrame,
  settings: BarSettings,
): { readonly lazy: pl.LazyDataFrame; readonly isPlain: boolean } {
  const missing = NEEDED.filter((name) => !given.columns.includes(name));
  if (missing.length > 0) {
    refuse({
      code: "bad-columns",
      where: "barsFromFrame",
      problem: `needs the columns ${NEEDED.join(", ")}; ${missing.join(", ")} not found in ${quote(given.columns.join(", "))}`,
      hint: "Rename them, for example by tradesFrame.",
      facts: { missing },
    });
  }
  const columns = plainColumns(given);
  const lazy = columns.columns.includes("lastId")
    ? columns
    : columns.withColumn(pl.col("id").alias("lastId"));
  const number = (name: string): pl.Expr => pl.col(name).cast(pl.Float64, false);
  const isAmount = (name: string): pl.Expr =>
    number(name)
      .fillNull(pl.lit(0))
      .gt(0.5e-8)
      .and(number(name).fillNull(pl.lit(0)).lt(Number.POSITIVE_INFINITY));
  const [time, id] = [number("tradeTimeUs"), number("id")];
  const [sound, plain, rows] = lazy
    .select(
      isAmount("price")
        .and(isAmount("qty"))
        // to Polars NaN is the greatest number
        .and(id.lt(Number.POSITIVE_INFINITY).fillNull(pl.lit(false)))
        .and(id.gt(number("lastId").shift(1)).fillNull(pl.lit(true)))
        .and(time.gt(time.cumMax().shift(1).sub(MOST_BACK_US)).fillNull(time.isNotNull()))
        .and(time.lt(time.first().mul(100)))
        .and(time.lt(MS_FROM).or(time.gt(MS_TO)).fillNull(pl.lit(false)))
        .sum()
        .alias("sound"),
      number("price").add(number("qty")).mul(1e8).lt(PLAIN).sum().alias("plain"),
      pl.len().alias("rows"),
    )
    .collectSync()
    .row(0) as [number | null, number | null, number];
  if ((sound ?? 0) !== rows)
    barsFromTrades(columnsOf(lazy.collectSync()), {
      venue: settings.venue,
      symbol: settings.symbol,
      every: settings.every,
    });
  return { lazy, isPlain: (plain ?? 0) === rows };
}

function columnsOf(frame: pl.DataFrame): TradeColumns {
  const numbers = (name: string): Float64Array =>
    Float64Array.from(
      frame.getColumn(name).cast(pl.Float64, false).toArray() as (number | null)[],
      (value) => (value === null ? Number.NaN : value),
    );
  return {
    length: frame.height,
    id: numbers("id"),
    lastId: numbers("lastId"),
    tradeTimeUs: numbers("tradeTimeUs"),
    price: numbers("price"),
    qty: numbers("qty"),
    isBuyerMaker: Uint8Array.from(numbers("isBuyerMaker")),
  };
}

/** 1 where no hole lies inside a bar's ids or next to them. */
function completeness(firstId: Float64Array, lastId: Float64Array, holes: readonly MissingIds[]): Uint8Array {
  let hole = 0;
  return Uint8Array.from(firstId, (first, i) => {
    while (hole < holes.length && holes[hole]!.last + 1 < first) hole++;
    return hole === holes.length || holes[hole]!.first > lastId[i]! + 1 ? 1 : 0;
  });
}
