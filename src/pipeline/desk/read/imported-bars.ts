import type { ImportedBars, ImportedInterval } from "../../store/imported.ts";
import { barsOf, requireInterval } from "../../store/read/imported-bars.ts";
import { checkRange } from "../../store/read/ranges.ts";
import type { Series } from "../../store/series.ts";
import type { Ask } from "../sync/ask.ts";
import { sqlText, sqlWhole } from "../wire/sql.ts";
import { readKey } from "./ledger.ts";

const COLUMNS = [
  ...["open", "high", "low", "close", "volume", "quote_volume", "trade_count", "taker_buy_volume"],
] as const;

/** The bars that came as bars, as the server has them. */
export function openDeskBars(ask: Ask): ImportedBars {
  const whose = (series: Series): string => {
    const [venue, symbol] = readKey(series);
    return `FROM bars FINAL WHERE venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)}`;
  };
  const intervals = (series: Series): ImportedInterval[] => importedIntervals(ask, series);
  return {
    intervals,
    bars: (series, intervalUs, range = {}) => {
      checkRange(series, range);
      const { fromUs = 0, toUs = Number.MAX_SAFE_INTEGER } = range;
      requireInterval(series, intervals(series), intervalUs);
      const { rows, columns } = ask(
        `SELECT toFloat64(start_us) AS start_, ${COLUMNS.join(", ")} ${whose(series)} AND interval_us = ${sqlWhole(intervalUs)} ` +
          `AND start_us >= ${sqlWhole(fromUs)} AND start_us < ${sqlWhole(toUs)} ORDER BY start_us FORMAT Native`,
      );
      const all = ["start_", ...COLUMNS].map((name) => columns[name] as Float64Array);
      const told = (value: number): number | null => (Number.isNaN(value) ? null : value);
      return barsOf(
        series,
        intervalUs,
        Array.from({ length: rows }, (_, i) => all.map((column) => told(column[i]!))),
      );
    },
    // the connection is its store's
    close: () => {},
  };
}

export function importedIntervals(ask: Ask, series: Series): ImportedInterval[] {
  const [venue, symbol] = readKey(series);
  const { rows, columns } = ask(
    "SELECT toFloat64(interval_us) AS interval_, toFloat64(count()) AS bars_, toFloat64(min(start_us)) AS first_, " +
      `toFloat64(max(start_us)) AS last_ FROM bars FINAL WHERE venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)} ` +
      "GROUP BY interval_us ORDER BY interval_us FORMAT Native",
  );
  const of = (name: string, i: number): number => (columns[name] as Float64Array)[i]!;
  return Array.from({ length: rows }, (_, i) => ({
    intervalUs: of("interval_", i),
    bars: of("bars_", i),
    firstUs: of("first_", i),
    lastUs: of("last_", i),
  }));
}
