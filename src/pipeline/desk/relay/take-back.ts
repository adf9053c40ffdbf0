import type { TickbookError } from "../../../core/errors.ts";
import type { Undone } from "../../store/file/published.ts";
import { type IdRange, idRanges } from "../../store/ledger/id-ranges.ts";
import { allocateStored } from "../../store/read/exact-trades.ts";
import type { LedgerRow } from "../ledger/block-rows.ts";
import { blockRange, cutAtEdges } from "../ledger/blocks.ts";
import { claimOf } from "../ledger/claim.ts";
import { exactQuery, exactRows } from "../ledger/exact-rows.ts";
import type { Post } from "../wire/post.ts";
import { sqlText, sqlWhole } from "../wire/sql.ts";
import type { Place } from "./place.ts";
import { SEND_MS, sendRows } from "./send.ts";

/** What became of an import that was taken back. */
export interface TakenBack {
  /** Trades that are not claimed any more. */
  readonly trades: number;
  /** Rows of the server's ledger that say so now. */
  readonly rows: readonly LedgerRow[];
  /** Why its rows are still on the server, where no reader sees them. */
  readonly problem: TickbookError | undefined;
}

/**
 * Takes what an import had brought away from the server: first no row of the ledger speaks of it any more, then it is deleted.
 * What is held here again, or from elsewhere, stays. May be repeated.
 */
export async function takeBack(
  { post, place, label, nowUs }: { post: Post; place: Place; label: string; nowUs: () => number },
  undone: Undone,
  held: readonly IdRange[],
): Promise<TakenBack> {
  const { venue, symbol, ids } = undone;
  const own = idRanges(held);
  const gone = idRanges(ids.flatMap((range) => own.missing(range)));
  const published = place.published(venue, symbol);
  const touched = [...new Set(ids.flatMap(cutAtEdges).map(({ block }) => block))];
  const rows: LedgerRow[] = [];
  let trades = 0;
  for (const block of touched) {
    const row = place.row(venue, symbol, block);
    const withdrawn =
      row?.ids.flatMap((range) => gone.within(range).map((some) => common(some, range))) ?? [];
    if (row === undefined || withdrawn.length === 0) continue;
    const left = idRanges(row.ids);
    for (const { first, last } of withdrawn) {
      left.release(first, last);
      trades += last - first + 1;
    }
    const { first, last } = blockRange(block);
    const there =
      left.ranges.length === 0
        ? allocateStored(0)
        : exactRows(label, await post(exactQuery(venue, symbol, first, last + 1)));
    rows.push({ ...claimOf(row, left.ranges, there), revision: place.nextRevision(nowUs()) });
  }
  if (rows.length > 0) await sendRows(post, place, rows);
  const problem = await deleted(post, undone);
  // of an id that is held from elsewhere the server may have kept the copy that is gone now
  const others = touched
    .map((block) => place.row(venue, symbol, block))
    .filter((row): row is LedgerRow => row !== undefined && published.count(blockRange(row.block)) > 0);
  return { trades, rows: others, problem };
}

const common = (a: IdRange, b: IdRange): IdRange => ({
  first: Math.max(a.first, b.first),
  last: Math.min(a.last, b.last),
});

async function deleted(post: Post, undone: Undone): Promise<TickbookError | undefined> {
  try {
    for (const sql of deletions(undone))
      await post(sql, { settings: { mutations_sync: 2 }, timeoutMs: SEND_MS });
    return undefined;
  } catch (error) {
    const { code } = error as { code?: string };
    // not allowed, or tables that an operator has made otherwise
    if (code === "desk-denied" || code === "desk-failed") return error as TickbookError;
    throw error;
  }
}

/** Statements that delete what an import has brought, and nothing else. */
export function deletions({ venue, symbol, kind, ids, receivedUs }: Undone): string[] {
  if (ids.length === 0 || receivedUs.length === 0) return [];
  const [first, last] = [ids[0]!.first, ids.at(-1)!.last].map(sqlWhole);
  const whose =
    `venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)} ` +
    `AND received_us IN (${receivedUs.map(sqlWhole).join(", ")})`;
  return [
    `ALTER TABLE trades DELETE WHERE ${whose} AND source = 2 AND trade_id >= ${first} AND trade_id <= ${last}`,
    ...(kind === "aggTrades"
      ? [`ALTER TABLE agg_trades DELETE WHERE ${whose} AND first_id >= ${first} AND last_id <= ${last}`]
      : []),
  ];
}
