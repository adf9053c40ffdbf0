import { type IdRange, idRanges } from "../../store/ledger/id-ranges.ts";
import type { LedgerRow } from "../ledger/block-rows.ts";
import { BLOCK_IDS, type Sums } from "../ledger/blocks.ts";
import { decodeBlocks } from "../native/decode.ts";
import type { Post } from "../wire/post.ts";
import { sqlText, sqlWhole } from "../wire/sql.ts";

/** Blocks and ranges of ids of one series in one statement. */
const MOST_BLOCKS = 64;
const MOST_RANGES = 500;

/** What the server holds of the ids that a row of its ledger speaks of, counted among the trades themselves. */
export interface Counted {
  readonly row: LedgerRow;
  readonly sums: Sums;
}

const NONE: Sums = { rows: 0, id: 0n, price: 0n, qty: 0n, time: 0n };

/** Counts the trades of rows, one series after the other, some blocks in each statement. */
export async function* count(post: Post, rows: Iterable<LedgerRow>): AsyncGenerator<Counted[]> {
  for (const group of groups(rows)) {
    const [{ venue, symbol }] = group as [LedgerRow];
    const ids = idRanges();
    ids.holdAll(group.flatMap((row) => row.ids));
    const body = await post(countQuery(venue, symbol, ids.ranges));
    const { rows: length, columns } = decodeBlocks(body);
    const found = new Map<number, Sums>();
    for (let i = 0; i < length; i++) {
      const sum = (name: string): bigint => (columns[name] as BigInt64Array)[i]!;
      found.set((columns.block as Float64Array)[i]!, {
        rows: (columns.rows as Float64Array)[i]!,
        ...{ id: sum("id_"), price: sum("price_"), qty: sum("qty_"), time: sum("time_") },
      });
    }
    yield group.map((row) => ({ row, sums: found.get(row.block) ?? NONE }));
  }
}

export function countQuery(venue: string, symbol: string, ids: readonly IdRange[]): string {
  const within = ids.map(({ first, last }) => `trade_id BETWEEN ${sqlWhole(first)} AND ${sqlWhole(last)}`);
  return (
    `SELECT toFloat64(intDiv(trade_id, ${BLOCK_IDS})) AS block, toFloat64(count()) AS rows, sum(trade_id) AS id_, ` +
    "sum(price) AS price_, sum(qty) AS qty_, sum(trade_time_us) AS time_ FROM trades FINAL " +
    `WHERE venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)} AND (${within.join(" OR ")}) GROUP BY block FORMAT Native`
  );
}

function* groups(rows: Iterable<LedgerRow>): Generator<LedgerRow[]> {
  let group: LedgerRow[] = [];
  let ranges = 0;
  const fits = (row: LedgerRow): boolean =>
    group.length < MOST_BLOCKS &&
    ranges + row.ids.length <= MOST_RANGES &&
    group[0]!.venue === row.venue &&
    group[0]!.symbol === row.symbol;
  for (const row of rows) {
    // of a block that was lost nothing is claimed
    if (row.ids.length === 0) continue;
    if (group.length > 0 && !fits(row)) {
      yield group;
      [group, ranges] = [[], 0];
    }
    group.push(row);
    ranges += row.ids.length;
  }
  if (group.length > 0) yield group;
}
