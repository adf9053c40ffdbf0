import { refuse } from "../../core/errors.ts";
import { formatDuration } from "../../core/time.ts";
import type { FileSeries } from "../files/rows/series.ts";
import type { ImportedInterval } from "../store/imported.ts";
import type { Series, TradeStore } from "../store/trade-store.ts";

/** Which bars a series holds that came as bars, by ascending length. */
export function importedSpans(store: TradeStore, series: Series): ImportedInterval[] {
  const bars = store.importedBars();
  try {
    return bars.intervals(series);
  } finally {
    bars.close();
  }
}

export function importedLengths(store: TradeStore, series: Series): number[] {
  return importedSpans(store, series).map(({ intervalUs }) => intervalUs);
}

/**
 * The bars of a series that came as bars: of the length asked for, or the longest that it is a multiple of; the only one where
 * none is asked for. Refuses a length that no whole bars make.
 */
export function importedSeries(store: TradeStore, series: Series, askedUs: number | undefined): FileSeries {
  const reader = store.importedBars();
  try {
    const there = reader.intervals(series).map(({ intervalUs }) => intervalUs);
    const intervalUs =
      askedUs === undefined ? there[0] : there.findLast((us) => us <= askedUs && askedUs % us === 0);
    if (intervalUs === undefined || (askedUs === undefined && there.length > 1)) {
      return refuse({
        code: "bad-interval",
        where: `bars of ${series.symbol}`,
        problem: `needs a length that came as bars or a multiple of one, for it holds no trades; got ${askedUs === undefined ? "none" : formatDuration(askedUs)}`,
        hint: `There are: ${there.map(formatDuration).join(", ") || "none"}.`,
        facts: { intervalUs: askedUs },
      });
    }
    const bars = reader.bars(series, intervalUs);
    const { length, startUs } = bars;
    const firstUs = startUs[0]!;
    // days of a clock that is put forward and back begin an hour off
    const byWall = startUs.some((us) => (us - firstUs) % intervalUs !== 0);
    const column = (values: Float64Array): { values?: Float64Array } =>
      values.every(Number.isNaN) ? {} : { values };
    const { open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume } = bars;
    const optional = { open, high, low, volume, quoteVolume, tradeCount, takerBuyVolume };
    return {
      symbol: series.symbol,
      closeName: series.symbol,
      length,
      timeUs: startUs,
      wallUs: startUs.map((us) => firstUs + Math.round((us - firstUs) / intervalUs) * intervalUs),
      row: startUs,
      spacing: { intervalUs, by: byWall ? "wall" : "time" },
      ...Object.fromEntries(
        Object.entries(optional).flatMap(([name, values]) => (column(values).values ? [[name, values]] : [])),
      ),
      close,
    };
  } finally {
    reader.close();
  }
}
