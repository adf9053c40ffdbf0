import type Database from "better-sqlite3";
import { firstAtLeast } from "../../../core/search.ts";
import type { TradeColumns } from "../../../core/trade-columns.ts";
import { allocate, COLUMNS, columnSink, FIELDS } from "./column-sink.ts";
import type { MergedRow } from "./merged-row.ts";

/** Rows of one symbol with `fromId ≤ id < toId`, at most `limit`, the first ones; holes are not looked at. */
export type ReadColumns = (symbolId: number, fromId: number, toId: number, limit: number) => TradeColumns;

/** Ids that one statement looks at: what bounds its time and its memory. */
const WINDOW = 262_144;

/** Rows that memory is taken for in advance: of ids that are held, some may lie in the archive. */
const MOST_EXPECTED = 16_777_216;
/** Rows from which on the file is mapped into memory while they are read: a tenth faster than copying its pages. */
const LONG_READ = 65_536;
const MAPPED_BYTES = 2 ** 31 - 65_536;
/** Ids without a hole from which on their rows are read without their ids. */
const LONG_RUN = 1024;

/**
 * SQL rows → typed arrays, at more than twice the speed of reading rows. Each argument of the function that SQLite calls
 * costs, hence ids are counted where the ledger has a run of them. Statements go along the primary key, hence by ascending id.
 */
export function columnsReader(db: Database.Database): ReadColumns {
  const sink = columnSink(db);
  const RANGE = "FROM trades WHERE symbol_id = ? AND trade_id >= ? AND trade_id < ?";
  const fill = db.prepare(`SELECT 1 ${RANGE} AND fill(${FIELDS})`);
  const fillWithIds = db.prepare(`SELECT 1 ${RANGE} AND fill_with_id(${FIELDS}, trade_id)`);
  const runEnd = db
    .prepare<number[], number>(
      "SELECT last_id FROM ranges WHERE symbol_id = ? AND first_id <= ? ORDER BY first_id DESC LIMIT 1",
    )
    .pluck();
  const held = db
    .prepare<Record<string, number>, number | null>(
      `SELECT sum(min(last_id + 1, :to) - max(first_id, :from)) FROM ranges WHERE symbol_id = :symbol AND first_id < :to
       AND first_id >= coalesce((SELECT max(first_id) FROM ranges WHERE symbol_id = :symbol AND first_id <= :from), 0)
       AND last_id >= :from`,
    )
    .pluck();
  const next = db
    .prepare<number[], number | null>(
      "SELECT min(trade_id) FROM trades WHERE symbol_id = ? AND trade_id >= ?",
    )
    .pluck();
  const oddTimes = db.prepare<number[], { id: number; timeUs: number }>(
    `SELECT trade_id AS id, time_us AS timeUs FROM odd_times WHERE symbol_id = ? AND trade_id >= ? AND trade_id < ?`,
  );
  const merged = db.prepare<number[], MergedRow>(
    `SELECT first_id AS first, last_id AS last, trade_time_us AS timeUs, price_e8 AS priceE8, qty_e8 AS qtyE8,
       is_buyer_maker AS isBuyerMaker
     FROM agg_trades WHERE symbol_id = ? AND first_id >= ? AND first_id < ? ORDER BY first_id LIMIT ?`,
  );

  return (symbolId, fromId, toId, limit) => {
    const expected = held.get({ symbol: symbolId, from: fromId, to: toId }) ?? 0;
    sink.begin(Math.min(expected, limit, MOST_EXPECTED));
    const isLong = sink.room() >= LONG_READ;
    if (isLong) db.pragma(`mmap_size = ${MAPPED_BYTES}`);
    try {
      fillRange(symbolId, fromId, toId, limit);
    } finally {
      if (isLong) db.pragma("mmap_size = 0");
    }
    const singles = sink.take();
    for (const { id, timeUs } of oddTimes.all(symbolId, fromId, toId)) {
      const row = firstAtLeast(singles.id, id);
      if (singles.id[row] === id) singles.tradeTimeUs[row] = timeUs;
    }
    const end = singles.length === limit ? singles.id[limit - 1]! : toId;
    const rows = merged.all(symbolId, fromId, end, limit);
    return rows.length === 0 ? singles : weave(singles, rows, limit);
  };

  function fillRange(symbolId: number, fromId: number, toId: number, limit: number): void {
    for (let from = fromId; sink.filled() < limit; ) {
      const first = next.get(symbolId, from) ?? toId;
      if (first >= toId) break;
      const run = (runEnd.get(symbolId, first) ?? 0) + 1 - first;
      const window = Math.min(WINDOW, limit - sink.filled(), run < LONG_RUN ? WINDOW : run);
      const to = Math.min(toId, first + window);
      if (run < LONG_RUN || !fillRun(symbolId, first, to)) fillSparse(symbolId, first, to);
      from = to;
    }
  }

  /** False, with nothing filled, where not all of these ids have a row. */
  function fillRun(symbolId: number, first: number, to: number): boolean {
    const start = sink.filled();
    sink.reserve(start + to - first);
    fill.get(symbolId, first, to);
    const isWhole = sink.filled() - start === to - first;
    if (isWhole) sink.countIds(start, first);
    else sink.cutTo(start);
    return isWhole;
  }

  /** Of many ids few may have a row: memory is taken for as many as the ledger holds, and for all only if those were more. */
  function fillSparse(symbolId: number, first: number, to: number): void {
    const start = sink.filled();
    fillWithIds.get(symbolId, first, to);
    if (sink.filled() <= sink.room()) return;
    sink.cutTo(start);
    sink.reserve(start + to - first);
    fillWithIds.get(symbolId, first, to);
  }
}

/** Trades and merged trades by ascending id, the first `limit` of them. */
export function weave(singles: TradeColumns, merged: readonly MergedRow[], limit: number): TradeColumns {
  const length = Math.min(limit, singles.length + merged.length);
  const out = { ...allocate(length), lastId: new Float64Array(length) };
  let s = 0;
  let m = 0;
  for (let i = 0; i < length; i++) {
    const row = merged[m];
    if (row === undefined || (s < singles.length && singles.id[s]! < row.first)) {
      for (const name of COLUMNS) out[name][i] = singles[name][s]!;
      out.lastId[i] = singles.id[s++]!;
    } else {
      out.id[i] = row.first;
      out.lastId[i] = row.last;
      out.tradeTimeUs[i] = row.timeUs;
      out.price[i] = row.priceE8 / 1e8;
      out.qty[i] = row.qtyE8 / 1e8;
      out.isBuyerMaker[i] = row.isBuyerMaker;
      m++;
    }
  }
  return out;
}
