import { type IdRange, type IdRanges, idRanges } from "../../store/ledger/id-ranges.ts";
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

/**
 * Merged trades of which no id is held, by ascending id, none over another. Kept as the columns that came, 73 bytes each; rows are
 * made of those that are asked for.
 */
export interface DeskMergedRows {
  readonly length: number;
  row(index: number): DeskMerged;
  /** The first one that begins with this id or a later one; `length`: there is none. */
  indexAt(id: number): number;
  /** Those that begin with `fromId` ≤ id < `toId`. */
  within(fromId: number, toId: number): DeskMerged[];
  /** The ids that they stand for. */
  ids(): IdRange[];
}

export const NO_MERGED: DeskMergedRows = mergedRows({ rows: 0, columns: {} }, idRanges());

export function mergedRows({ rows, columns }: Table, held: IdRanges): DeskMergedRows {
  const float = (name: string): Float64Array =>
    (columns[name] as Float64Array | undefined) ?? new Float64Array();
  const exact = (name: string): BigInt64Array =>
    (columns[name] as BigInt64Array | undefined) ?? new BigInt64Array();
  const [first, last, timeUs] = [float("first"), float("last"), float("time_")];
  const [priceE8, qtyE8, receivedUs] = [float("price_"), float("qty_"), float("received_")];
  const [exactPriceE8, exactQtyE8] = [exact("price_e8"), exact("qty_e8")];
  const isBuyerMaker = columns.is_buyer_maker as Uint8Array;
  const kept = visible(first.subarray(0, rows), last, held);
  const row = (index: number): DeskMerged => {
    const i = kept[index]!;
    return {
      ...{ first: first[i]!, last: last[i]!, timeUs: timeUs[i]!, receivedUs: receivedUs[i]! },
      ...{ priceE8: priceE8[i]!, qtyE8: qtyE8[i]!, isBuyerMaker: isBuyerMaker[i]! },
      ...{ exactPriceE8: exactPriceE8[i]!, exactQtyE8: exactQtyE8[i]! },
    };
  };
  const indexAt = (id: number): number => {
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (first[kept[middle]!]! < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    length: kept.length,
    row,
    indexAt,
    within: (fromId, toId) => {
      const from = indexAt(fromId);
      return Array.from({ length: Math.max(0, indexAt(toId) - from) }, (_, i) => row(from + i));
    },
    ids: () => {
      const found: { first: number; last: number }[] = [];
      for (const i of kept) {
        const before = found.at(-1);
        if (before?.last === first[i]! - 1) before.last = last[i]!;
        else found.push({ first: first[i]!, last: last[i]! });
      }
      return found;
    },
  };
}

/** Which stand for ids of which no single trade is held, and no other merged one: nothing counts twice. */
function visible(first: Float64Array, last: Float64Array, held: IdRanges): Uint32Array {
  const kept = new Uint32Array(first.length);
  let [count, next] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    if (first[i]! < next || held.count({ first: first[i]!, last: last[i]! }) > 0) continue;
    next = last[i]! + 1;
    kept[count++] = i;
  }
  return kept.slice(0, count);
}
