import type { IdRange } from "../../store/ledger/id-ranges.ts";
import type { StoredTrades } from "../../store/read/stored-trades.ts";
import type { LedgerRow } from "./block-rows.ts";
import { addSums, type Sums, sumsOf } from "./blocks.ts";

const NONE: Sums = { rows: 0, id: 0n, price: 0n, qty: 0n, time: 0n };

/** A block's row that speaks of some of its ids only; `there`: what the server holds of the block, all of these ids with it. */
export function claimOf(row: LedgerRow, ids: readonly IdRange[], there: StoredTrades): LedgerRow {
  const end = ids.length === 0 ? -1 : there.id.lastIndexOf(ids.at(-1)!.last);
  const eventUs = there.eventTimeUs[end]!;
  return {
    ...row,
    ids: ids.map(({ first, last }) => ({ first, last })),
    sums: sumsWithin(there, ids),
    ...(end >= 0 && {
      newestUs: Number.isNaN(eventUs) ? there.tradeTimeUs[end]! : eventUs,
      newestReceivedUs: there.receivedUs[end]!,
    }),
  };
}

function sumsWithin(trades: StoredTrades, ranges: readonly IdRange[]): Sums {
  let sums = NONE;
  for (const { first, last } of ranges) {
    const from = trades.id.findIndex((id) => id >= first);
    const end = trades.id.findLastIndex((id) => id <= last) + 1;
    sums = addSums(sums, sumsOf(part(trades, from, end)));
  }
  return sums;
}

function part(trades: StoredTrades, from: number, to: number): StoredTrades {
  const cut = Object.entries(trades).map(([name, column]) => [
    name,
    typeof column === "number" ? to - from : column.slice(from, to),
  ]);
  return Object.fromEntries(cut) as StoredTrades;
}
