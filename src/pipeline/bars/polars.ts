import { requireColumns, requireFields, requireSettings } from "../../core/arguments.ts";
import { type BarColumnName, type Bars, makeBars, requireBarColumns } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { type MissingIds, MOST_BACK_US, type TradeColumns } from "../../core/trade-columns.ts";
import { pl } from "../polars.ts";
import { MS_FROM, MS_TO } from "./bad-trades.ts";
import { plainColumns } from "./frame-columns.ts";
import { type BarSettings, barsFromTrades } from "./from-trades.ts";
import { barRule } from "./rule.ts";
import { arePlain, quoteVolumeOf, sumsOfPlain, volumeOf } from "./sums.ts";

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
 * `barsFromTrades` to the last bit: Polars groups by time, and sums that it would round are taken as `barsFromTrades` takes
 * them.
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
  const frame = framed(pl.DataFrame.isDataFrame(trades) ? trades.lazy() : (trades as pl.LazyDataFrame));
  const sound = soundness(frame);
  const bars = sound.isSound ? grouped(frame, rule.intervalUs, sound) : undefined;
  const sums = bars && sumsOf(frame, bars.getColumn("rows").toTypedArray() as Float64Array);
  // what is wrong with a trade is said there, and what is not plain is summed there
  if (sums === undefined) return barsFromTrades({ ...columnsOf(frame), holes }, { venue, symbol, every });
  const column = (name: string): Float64Array => bars!.getColumn(name).toTypedArray() as Float64Array;
  const startUs = column("startUs");
  const { volume, quoteVolume } = sums;
  const made: Partial<Record<BarColumnName, Float64Array | Uint8Array>> = {
    ...sums,
    startUs,
    endUs: startUs.map((start) => start + rule.intervalUs),
    vwap: quoteVolume.map((value, i) => value / volume[i]!),
    complete: completeness(column("firstId"), column("lastId"), holes),
  };
  return makeBars({ venue, symbol, rule }, startUs.length, (name) => made[name] ?? column(name));
}

const NEEDED = ["id", "tradeTimeUs", "price", "qty", "isBuyerMaker"] as const;

/** The trades in plain columns of numbers, with the column `lastId`. */
function framed(given: pl.LazyDataFrame): pl.DataFrame {
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
  return plainColumns(given);
}

interface Soundness {
  /** Ids ascend and times can be meant, none of them missing; which trade is wrong is for `barsFromTrades` to say. */
  readonly isSound: boolean;
  /** Times never go back. */
  readonly isOrdered: boolean;
  /** Each row is one trade. */
  readonly isSingle: boolean;
}

function soundness(frame: pl.DataFrame): Soundness {
  const [id, time] = [pl.col("id"), pl.col("tradeTimeUs")];
  const [nulls, isAscending, isOrdered, isSingle, least, most, highest] = frame
    .select(
      frame.columns
        .map((name) => pl.col(name).nullCount())
        .reduce((sum, one) => sum.add(one))
        .alias("nulls"),
      id.gt(pl.col("lastId").shift(1)).fillNull(pl.lit(true)).all().alias("isAscending"),
      time.gtEq(time.shift(1)).fillNull(pl.lit(true)).all().alias("isOrdered"),
      id.eq(pl.col("lastId")).all().alias("isSingle"),
      time.min().alias("least"),
      time.max().alias("most"),
      pl.col("lastId").last().alias("highest"),
    )
    .row(0) as [number, boolean, boolean, boolean, number, number, number];
  const isMicro = least > MS_TO || most < MS_FROM;
  const isTime = least >= 0 && most < 100 * least && isMicro && (isOrdered || mostBack(frame) < MOST_BACK_US);
  return {
    isSound: nulls === 0 && isAscending && isTime && highest <= Number.MAX_SAFE_INTEGER,
    isOrdered,
    isSingle,
  };
}

function mostBack(frame: pl.DataFrame): number {
  const time = pl.col("tradeTimeUs");
  return frame.select(time.cumMax().sub(time).max()).row(0)[0] as number;
}

/** What Polars makes of each bar without a rounding; a trade of before its predecessor's bar is of that one. */
function grouped(frame: pl.DataFrame, intervalUs: number, { isOrdered, isSingle }: Soundness): pl.DataFrame {
  const [price, time] = [pl.col("price"), pl.col("tradeTimeUs")];
  const number = (expression: pl.Expr, name: string): pl.Expr => expression.cast(pl.Float64).alias(name);
  const newest = isOrdered ? time : time.cumMax();
  const isPartOfDay = 86_400e6 % intervalUs === 0;
  // other windows of Polars begin where it likes, and each holds one of these all the same
  const start = isPartOfDay ? newest : newest.sub(newest.modulo(intervalUs));
  return frame
    .lazy()
    .select(start.cast(pl.Datetime("us")).alias("start"), price, pl.col("id"), pl.col("lastId"))
    .groupByDynamic({
      indexColumn: "start",
      every: `${intervalUs}us`,
      closed: "left",
      label: isPartOfDay ? "left" : "datapoint",
    })
    .agg(
      price.first().alias("open"),
      price.max().alias("high"),
      price.min().alias("low"),
      price.last().alias("close"),
      number(pl.len(), "rows"),
      number(isSingle ? pl.len() : pl.col("lastId").sub(pl.col("id")).add(1).sum(), "tradeCount"),
      number(pl.col("id").first(), "firstId"),
      number(pl.col("lastId").last(), "lastId"),
    )
    .withColumns(pl.col("start").cast(pl.Int64).cast(pl.Float64).alias("startUs"))
    .collectSync();
}

type Sums = Readonly<Record<"volume" | "quoteVolume" | "takerBuyVolume", Float64Array>>;

/** The exact sums of bars of so many rows each; undefined where a trade is not plain, or none. */
function sumsOf(frame: pl.DataFrame, rows: Float64Array): Sums | undefined {
  const numbers = (name: string): Float64Array => frame.getColumn(name).toTypedArray() as Float64Array;
  const [price, qty] = [numbers("price"), numbers("qty")];
  const isBuyerMaker = frame.getColumn("isBuyerMaker").toTypedArray() as Uint8Array;
  const sums = {
    volume: new Float64Array(rows.length),
    quoteVolume: new Float64Array(rows.length),
    takerBuyVolume: new Float64Array(rows.length),
  };
  for (let bar = 0, from = 0; bar < rows.length; bar++) {
    const to = from + rows[bar]!;
    if (!arePlain(price, qty, from, to)) return undefined;
    const parts = sumsOfPlain(price, qty, isBuyerMaker, from, to);
    sums.volume[bar] = volumeOf(parts.v1, parts.v0);
    sums.quoteVolume[bar] = quoteVolumeOf(parts.z2, parts.z1, parts.z0);
    sums.takerBuyVolume[bar] = volumeOf(parts.b1, parts.b0);
    from = to;
  }
  return sums;
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
