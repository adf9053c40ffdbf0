import { createRequire } from "node:module";
import type { ColumnTable } from "arquero";
import { requireColumns, requireFields } from "../../core/arguments.ts";
import { type Bars, requireBarColumns } from "../../core/bars.ts";
import type { TradeColumns } from "../../core/trade-columns.ts";

/** Loaded when it is wanted: it takes longer to load than a cell to run. */
function table(columns: Readonly<Record<string, ArrayLike<unknown>>>): ColumnTable {
  const arquero = createRequire(import.meta.url)("arquero") as typeof import("arquero");
  return arquero.table(columns as never);
}

/** Bars as an Arquero table: `start` and `end` as dates (milliseconds), then the other fields. */
export function barsArquero(bars: Bars): ColumnTable {
  requireBarColumns("barsArquero", bars);

  const { open, high, low, close, volume, quoteVolume, vwap, tradeCount, takerBuyVolume } = bars;
  const { firstId, lastId } = bars;
  return table({
    start: dates(bars.startUs),
    end: dates(bars.endUs),
    ...{ open, high, low, close, volume, quoteVolume, vwap, tradeCount, takerBuyVolume, firstId, lastId },
    complete: Array.from(bars.complete, (flag) => flag === 1),
  });
}

/** Trades as an Arquero table, with the names and units that `TradeColumns` has. */
export function tradesArquero(trades: TradeColumns): ColumnTable {
  requireFields("tradesArquero", "trades", trades, ["id", "tradeTimeUs", "price", "qty", "isBuyerMaker"]);
  requireColumns("tradesArquero", {
    "trades.id": trades.id,
    "trades.tradeTimeUs": trades.tradeTimeUs,
    "trades.price": trades.price,
    "trades.qty": trades.qty,
  });
  const { id, tradeTimeUs, price, qty, isBuyerMaker } = trades;

  return table({ id, tradeTimeUs, price, qty, isBuyerMaker: Array.from(isBuyerMaker, (flag) => flag === 1) });
}

function dates(timesUs: Float64Array): Date[] {
  return Array.from(timesUs, (us) => new Date(us / 1000));
}
