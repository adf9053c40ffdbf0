import type Database from "better-sqlite3";
import { type Bars, barColumn, makeBars, TOLD_COLUMNS } from "../../../core/bars.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { formatDuration } from "../../../core/time.ts";
import type { ImportedBars, ImportedInterval } from "../imported.ts";
import type { Series } from "../series.ts";
import { connectReadOnly } from "./connect.ts";
import { symbolIdOf } from "./keys.ts";
import { checkRange } from "./ranges.ts";

/** A bar that came as a bar. NaN: not told. */
export interface ImportedBar {
  readonly startUs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly quoteVolume: number;
  readonly tradeCount: number;
  readonly takerBuyVolume: number;
}

const COLUMNS = "open, high, low, close, volume, quote_volume, trade_count, taker_buy_volume";

/** Stores bars; those that are there keep their content, and another one is listed in `bar_conflicts`. */
export function putBars(
  db: Database.Database,
  symbolId: number,
  intervalUs: number,
  bars: readonly ImportedBar[],
  nowUs: number,
  importId: number | null = null,
): { stored: number; known: number; conflicts: number } {
  const find = db
    .prepare<number[], (number | null)[]>(
      `SELECT ${COLUMNS} FROM imported_bars WHERE symbol_id = ? AND interval_us = ? AND start_us = ?`,
    )
    .raw();
  const insert = db.prepare(
    `INSERT INTO imported_bars (symbol_id, interval_us, start_us, ${COLUMNS}, import_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const conflict = db.prepare(
    `INSERT INTO bar_conflicts (symbol_id, interval_us, start_us, found_us, ${COLUMNS})
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const result = { stored: 0, known: 0, conflicts: 0 };
  for (const bar of bars) {
    const values = TOLD_COLUMNS.map((name) => (Number.isNaN(bar[name]) ? null : bar[name]));
    const before = find.get(symbolId, intervalUs, bar.startUs);
    if (before === undefined) {
      insert.run(symbolId, intervalUs, bar.startUs, ...values, importId);
      result.stored++;
    } else if (before.every((value, i) => value === values[i])) result.known++;
    else {
      conflict.run(symbolId, intervalUs, bar.startUs, nowUs, ...values);
      result.conflicts++;
    }
  }
  return result;
}

export function openImportedBars(file: string): ImportedBars {
  const db = connectReadOnly(file);
  const intervals = db.prepare<[number], ImportedInterval>(
    `SELECT interval_us AS intervalUs, count(*) AS bars, min(start_us) AS firstUs,
       max(start_us) AS lastUs FROM imported_bars WHERE symbol_id = ? GROUP BY interval_us ORDER BY interval_us`,
  );
  const select = db
    .prepare<number[], (number | null)[]>(
      `SELECT start_us, ${COLUMNS} FROM imported_bars
       WHERE symbol_id = ? AND interval_us = ? AND start_us >= ? AND start_us < ? ORDER BY start_us`,
    )
    .raw();
  return {
    intervals: (series) => intervals.all(symbolIdOf(series)),
    bars: (series, intervalUs, range = {}) => {
      checkRange(series, range);
      const { fromUs = 0, toUs = Number.MAX_SAFE_INTEGER } = range;
      requireInterval(series, intervals.all(symbolIdOf(series)), intervalUs);
      const rows = select.all(symbolIdOf(series), intervalUs, fromUs, toUs);
      return barsOf(series, intervalUs, rows);
    },
    close: () => db.close(),
  };
}

/** Refuses an interval that did not come as bars. */
export function requireInterval(
  series: Series,
  intervals: readonly ImportedInterval[],
  intervalUs: number,
): void {
  const there = intervals.map((one) => one.intervalUs);
  if (there.includes(intervalUs)) return;
  refuse({
    code: "bad-interval",
    where: `bars of ${series.symbol}`,
    problem: `needs an interval that came as bars; got ${quote(intervalUs)} µs`,
    hint: `There are: ${there.map(formatDuration).join(", ") || "none"}.`,
    facts: { intervalUs },
  });
}

/** Rows of the start and the columns of bars that came as bars, as bars; null: not told. */
export function barsOf(series: Series, intervalUs: number, rows: readonly (number | null)[][]): Bars {
  const identity = {
    venue: series.venue,
    symbol: series.symbol,
    rule: { by: "time", intervalUs } as const,
    importedUs: intervalUs,
  };
  return makeBars(identity, rows.length, (name) => {
    const column = barColumn(name, rows.length);
    const index = TOLD_COLUMNS.indexOf(name as (typeof TOLD_COLUMNS)[number]) + 1;
    const [quote, volume] = [TOLD_COLUMNS.indexOf("quoteVolume") + 1, TOLD_COLUMNS.indexOf("volume") + 1];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      if (name === "startUs") column[i] = row[0]!;
      else if (name === "endUs") column[i] = row[0]! + intervalUs;
      else if (name === "complete") column[i] = 1;
      else if (name === "vwap") column[i] = (row[quote] ?? Number.NaN) / row[volume]!;
      else column[i] = index > 0 ? (row[index] ?? Number.NaN) : Number.NaN;
    }
    return column;
  });
}
