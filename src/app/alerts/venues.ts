import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { whichSeries, whichVenue } from "../../pipeline/store/which-series.ts";

const DAY_US = 86_400_000_000;

/**
 * All series of one venue: of the one that is named, else of the one that holds all the symbols that rules name and received a
 * trade last, as `whichSeries` chooses it.
 */
export function venueSeries(
  reader: TradeStore,
  venue: string | undefined,
  named: readonly string[] = [],
): Series[] {
  const chosen = venue ?? whichVenue(reader, { symbols: named });
  return whichSeries(reader, chosen === undefined ? {} : { venue: chosen });
}

/** The symbols that are collected now: those with a trade within a day of the venue's newest one, or with none yet. */
export function activeSymbols(reader: TradeStore, series: readonly Series[]): string[] {
  const times = series.map((one) => reader.newest(one)?.timeUs ?? Number.NaN);
  const newest = Math.max(...times.filter((time) => !Number.isNaN(time)));
  return series.filter((_, i) => !(times[i]! < newest - DAY_US)).map(({ symbol }) => symbol);
}
