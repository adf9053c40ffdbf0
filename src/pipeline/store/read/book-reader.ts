import { resolve } from "node:path";
import type { IdRange } from "../ledger/id-ranges.ts";
import type { HoleState } from "../ledger/ledger-rows.ts";
import type { Series } from "../series.ts";
import { connectReadOnly } from "./connect.ts";
import { symbolIdOf } from "./keys.ts";

/** A hole as a book tells it to others. */
export interface ToldHole extends IdRange {
  readonly foundUs: number;
  readonly reason: string;
  readonly state: HoleState;
  readonly tries: number;
  readonly note: string;
}

/** Another content of a known trade, numbers as text: they may pass 2^53. */
export interface ToldConflict {
  readonly id: number;
  readonly foundUs: number;
  readonly price: string;
  readonly qty: string;
  readonly timeUs: number;
  readonly isBuyerMaker: number;
}

export interface ToldTrouble {
  readonly kind: string;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly trades: number;
}

/** Merged trades as columns, by ascending first id. */
export interface MergedColumns {
  readonly length: number;
  readonly aggId: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly priceE8: BigInt64Array;
  readonly qtyE8: BigInt64Array;
  readonly decimals: Uint8Array;
  readonly tradeTimeUs: Float64Array;
  readonly receivedUs: Float64Array;
  readonly isBuyerMaker: Uint8Array;
}

export const BAR_NAMES = [
  "interval_us",
  "start_us",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "quote_volume",
  "trade_count",
  "taker_buy_volume",
] as const;

/** Bars that came as bars, as columns; NaN: not told. */
export type BarColumns = Readonly<Record<(typeof BAR_NAMES)[number], Float64Array>> & {
  readonly length: number;
};

/** What of a database is published besides its trades. */
export interface BookReader {
  held(series: Series): IdRange[];
  /** Whether an import is there, and not taken back. */
  hasImport(importId: number, startedUs: number): boolean;
  holes(series: Series): ToldHole[];
  conflicts(series: Series): ToldConflict[];
  troubles(series: Series): ToldTrouble[];
  /** Another text whenever the merged trades, or the bars that came as bars, are others. */
  mergedMark(series: Series): string;
  barsMark(series: Series): string;
  merged(series: Series): Generator<MergedColumns>;
  bars(series: Series): Generator<BarColumns>;
  close(): void;
}

/** Rows in one piece. */
const PIECE = 100_000;

export function openBookReader(file: string): BookReader {
  const db = connectReadOnly(resolve(file));
  const held = db.prepare<[number], IdRange>(
    "SELECT first_id AS first, last_id AS last FROM ranges WHERE symbol_id = ? ORDER BY first_id",
  );
  const holes = db.prepare<[number], ToldHole>(
    `SELECT first_id AS first, last_id AS last, found_us AS foundUs, reason, state, tries, note FROM holes
     WHERE symbol_id = ? AND reason <> 'retention' ORDER BY first_id`,
  );
  const conflicts = db.prepare<[number], ToldConflict>(
    `SELECT trade_id AS id, found_us AS foundUs, CAST(price_e8 AS TEXT) AS price, CAST(qty_e8 AS TEXT) AS qty,
       trade_time_us AS timeUs, is_buyer_maker AS isBuyerMaker FROM conflicts WHERE symbol_id = ? ORDER BY conflict_id`,
  );
  const imports = db
    .prepare<[number, number], number>("SELECT count(*) FROM imports WHERE import_id = ? AND started_us = ?")
    .pluck();
  const hasTroubles =
    db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'troubles'").pluck().get() === 1;
  const troubles = hasTroubles
    ? db.prepare<[number], ToldTrouble>(
        `SELECT kind, first_us AS firstUs, last_us AS lastUs, trades FROM troubles WHERE symbol_id = ? ORDER BY kind`,
      )
    : undefined;
  const mergedMark = db
    .prepare<[number], string>(
      `SELECT count(*) || ' ' || coalesce(sum(first_id), 0) || ' ' || coalesce(max(received_us), 0) FROM agg_trades WHERE symbol_id = ?`,
    )
    .pluck();
  const barsMark = db
    .prepare<[number], string>(
      `SELECT count(*) || ' ' || coalesce(max(import_id), 0) || ' ' || coalesce(total(start_us), 0) FROM imported_bars WHERE symbol_id = ?`,
    )
    .pluck();
  const merged = db
    .prepare<[number, number], MergedRow>(
      `SELECT agg_id, first_id, last_id, price_e8, qty_e8, decimals, trade_time_us, received_us, is_buyer_maker FROM agg_trades
       WHERE symbol_id = ? ORDER BY first_id LIMIT ${PIECE} OFFSET ?`,
    )
    .safeIntegers();
  const bars = db.prepare<[number, number], Record<string, number | null>>(
    `SELECT ${BAR_NAMES.join(", ")} FROM imported_bars WHERE symbol_id = ? ORDER BY interval_us, start_us LIMIT ${PIECE} OFFSET ?`,
  );
  return {
    held: (series) => held.all(symbolIdOf(series)),
    hasImport: (importId, startedUs) => imports.get(importId, startedUs) !== 0,
    holes: (series) => holes.all(symbolIdOf(series)),
    conflicts: (series) => conflicts.all(symbolIdOf(series)),
    troubles: (series) => troubles?.all(symbolIdOf(series)) ?? [],
    mergedMark: (series) => mergedMark.get(symbolIdOf(series))!,
    barsMark: (series) => barsMark.get(symbolIdOf(series))!,
    merged: function* (series) {
      for (let offset = 0; ; offset += PIECE) {
        const rows = merged.all(symbolIdOf(series), offset);
        if (rows.length > 0) yield mergedColumns(rows);
        if (rows.length < PIECE) return;
      }
    },
    bars: function* (series) {
      for (let offset = 0; ; offset += PIECE) {
        const rows = bars.all(symbolIdOf(series), offset);
        if (rows.length > 0) yield barColumns(rows);
        if (rows.length < PIECE) return;
      }
    },
    close: () => db.close(),
  };
}

type MergedRow = Readonly<
  Record<
    | "agg_id"
    | "first_id"
    | "last_id"
    | "price_e8"
    | "qty_e8"
    | "decimals"
    | "trade_time_us"
    | "received_us"
    | "is_buyer_maker",
    bigint
  >
>;

function mergedColumns(rows: readonly MergedRow[]): MergedColumns {
  const whole = (name: keyof MergedRow): Float64Array => Float64Array.from(rows, (row) => Number(row[name]));
  const small = (name: keyof MergedRow): Uint8Array => Uint8Array.from(rows, (row) => Number(row[name]));
  return {
    length: rows.length,
    aggId: whole("agg_id"),
    first: whole("first_id"),
    last: whole("last_id"),
    priceE8: BigInt64Array.from(rows, (row) => row.price_e8),
    qtyE8: BigInt64Array.from(rows, (row) => row.qty_e8),
    decimals: small("decimals"),
    tradeTimeUs: whole("trade_time_us"),
    receivedUs: whole("received_us"),
    isBuyerMaker: small("is_buyer_maker"),
  };
}

function barColumns(rows: readonly Record<string, number | null>[]): BarColumns {
  const columns = BAR_NAMES.map((name) => [name, Float64Array.from(rows, (row) => row[name] ?? Number.NaN)]);
  return { length: rows.length, ...Object.fromEntries(columns) } as BarColumns;
}
