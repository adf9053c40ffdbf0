import pl from "nodejs-polars";
import { type Bars, makeBars } from "../core/bars.ts";
import { quote, refuse } from "../core/errors.ts";
import type { Venue } from "../core/trade.ts";
import type { TradeColumns } from "./store/reader.ts";

export interface BarSettings {
  readonly venue: Venue;
  readonly symbol: string;
  /** Length of a bar; bars are aligned to 1970-01-01T00:00 UTC. */
  readonly intervalUs: number;
}

/**
 * Time bars of trades given by ascending id, through Polars. A trade belongs to the bar of its trade time; within a bar
 * the order is that of the ids. Intervals without a trade have no bar.
 */
export function barsFromTrades(trades: TradeColumns, settings: BarSettings): Bars {
  const { intervalUs } = settings;
  if (!Number.isInteger(intervalUs) || intervalUs < 1) {
    refuse({
      code: "bad-interval",
      where: "barsFromTrades",
      problem: `intervalUs needs a whole number of microseconds, at least 1; got ${quote(intervalUs)}`,
      hint: "Pass 1_000_000 for a second, or parseDuration of 5m.",
    });
  }
  if (trades.length === 0)
    return makeBars(settings, 0, (name) => (name === "complete" ? new Uint8Array(0) : new Float64Array(0)));
  const price = pl.col("price");
  const qty = pl.col("qty");
  const id = pl.col("id");
  const frame = pl
    .DataFrame({
      bar: barStarts(trades.tradeTimeUs, intervalUs),
      id: trades.id,
      price: trades.price,
      qty: trades.qty,
      maker: trades.isBuyerMaker,
    })
    .lazy()
    .groupBy("bar")
    .agg(
      price.first().alias("open"),
      price.max().alias("high"),
      price.min().alias("low"),
      price.last().alias("close"),
      qty.sum().alias("volume"),
      price.mul(qty).sum().alias("quoteVolume"),
      pl.len().cast(pl.Float64).alias("tradeCount"),
      qty.filter(pl.col("maker").eq(0)).sum().alias("takerBuyVolume"),
      id.min().alias("firstId"),
      id.max().alias("lastId"),
    )
    .sort("bar")
    .collectSync();
  const column = (name: string): Float64Array => frame.getColumn(name).toTypedArray() as Float64Array;
  const volume = column("volume");
  const quoteVolume = column("quoteVolume");
  const firstId = column("firstId");
  const lastId = column("lastId");
  const tradeCount = column("tradeCount");
  return makeBars(settings, frame.height, (name) => {
    switch (name) {
      case "startUs":
        return column("bar");
      case "vwap":
        return quoteVolume.map((value, i) => value / volume[i]!);
      case "complete":
        return completeness(firstId, lastId, tradeCount);
      default:
        return column(name);
    }
  });
}

function barStarts(timesUs: Float64Array, intervalUs: number): Float64Array {
  return timesUs.map((time) => Math.floor(time / intervalUs) * intervalUs);
}

/** 1 where the ids inside a bar, and from the bar before to it, follow one another. */
function completeness(firstId: Float64Array, lastId: Float64Array, tradeCount: Float64Array): Uint8Array {
  const complete = new Uint8Array(firstId.length);
  for (let i = 0; i < complete.length; i++) {
    const whole = lastId[i]! - firstId[i]! + 1 === tradeCount[i];
    const joined = i === 0 || firstId[i] === lastId[i - 1]! + 1;
    complete[i] = whole && joined ? 1 : 0;
  }
  return complete;
}
