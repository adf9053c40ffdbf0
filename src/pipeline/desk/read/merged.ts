import type { IdRanges } from "../../store/ledger/id-ranges.ts";
import type { MergedRow } from "../../store/read/merged-row.ts";
import type { Table } from "../native/decode.ts";
import { sqlText } from "../wire/sql.ts";

/** A merged trade with when it was received. */
export interface DeskMerged extends MergedRow {
  readonly receivedUs: number;
  /** The same prices, every digit of them. */
  readonly exactPriceE8: bigint;
  readonly exactQtyE8: bigint;
}

export function mergedQuery(venue: string, symbol: string): string {
  return (
    "SELECT toFloat64(first_id) AS first, toFloat64(last_id) AS last, toFloat64(trade_time_us) AS time_, toFloat64(price) AS price_, " +
    "toFloat64(qty) AS qty_, price AS price_e8, qty AS qty_e8, is_buyer_maker, toFloat64(received_us) AS received_ FROM agg_trades FINAL " +
    `WHERE venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)} ORDER BY first_id, last_id FORMAT Native`
  );
}

export function mergedRows({ rows, columns }: Table): DeskMerged[] {
  const of = (name: string, i: number): number => (columns[name] as Float64Array)[i]!;
  const exact = (name: string, i: number): bigint => (columns[name] as BigInt64Array)[i]!;
  return Array.from({ length: rows }, (_, i) => ({
    first: of("first", i),
    last: of("last", i),
    timeUs: of("time_", i),
    priceE8: of("price_", i),
    qtyE8: of("qty_", i),
    isBuyerMaker: of("is_buyer_maker", i),
    receivedUs: of("received_", i),
    exactPriceE8: exact("price_e8", i),
    exactQtyE8: exact("qty_e8", i),
  }));
}

/** Those that stand for ids of which no single trade is held, and no other merged one: nothing counts twice. */
export function visible<Row extends MergedRow>(rows: readonly Row[], held: IdRanges): Row[] {
  let next = 0;
  return rows.filter(({ first, last }) => {
    if (first < next || held.count({ first, last }) > 0) return false;
    next = last + 1;
    return true;
  });
}
