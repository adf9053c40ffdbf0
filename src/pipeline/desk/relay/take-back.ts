import type { TickbookError } from "../../../core/errors.ts";
import type { Published, Undone } from "../../store/file/published.ts";
import { type IdRange, idRanges } from "../../store/ledger/id-ranges.ts";
import { allocateStored } from "../../store/read/exact-trades.ts";
import { LEDGER_COLUMNS, type LedgerRow, ledgerRows } from "../ledger/block-rows.ts";
import { blockRange, cutAtEdges } from "../ledger/blocks.ts";
import { claimOf } from "../ledger/claim.ts";
import { exactQuery, exactRows } from "../ledger/exact-rows.ts";
import { decodeBlocks } from "../native/decode.ts";
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
  /** Why its rows are still on the server, where no reader sees them but merged ones. */
  readonly problem: TickbookError | undefined;
  /** Whether its merged trades are among them: no row of the ledger speaks of such. */
  readonly areMergedLeft: boolean;
}

export interface TakeBackParts {
  readonly post: Post;
  readonly place: Place;
  readonly published: Published;
  readonly nowUs: () => number;
}

/**
 * Takes what an import had brought away from the server: first no row of the ledger speaks of it any more, then it is deleted.
 * What is held here again, or from elsewhere, stays; so does what another collector has published, too. May be repeated.
 */
export async function takeBack(
  { post, place, published: { collector, to }, nowUs }: TakeBackParts,
  undone: Undone,
  held: readonly IdRange[],
): Promise<TakenBack> {
  const { venue, symbol, ids } = undone;
  const own = idRanges(held);
  const gone = idRanges(ids.flatMap((range) => own.missing(range)));
  const before = place.published(venue, symbol);
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
        : exactRows(to, await post(exactQuery(venue, symbol, first, last + 1)));
    rows.push({ ...claimOf(row, left.ranges, there), revision: place.nextRevision(nowUs()) });
  }
  if (rows.length > 0) await sendRows(post, place, rows);
  const left = await deleted(post, undone, await spared(post, collector, undone, touched));
  // of an id that is held from elsewhere the server may have kept the copy that is gone now
  const others = touched
    .map((block) => place.row(venue, symbol, block))
    .filter((row): row is LedgerRow => row !== undefined && before.count(blockRange(row.block)) > 0);
  return { trades, rows: others, ...left };
}

const common = (a: IdRange, b: IdRange): IdRange => ({
  first: Math.max(a.first, b.first),
  last: Math.min(a.last, b.last),
});

type Left = Pick<TakenBack, "problem" | "areMergedLeft">;

async function deleted(post: Post, undone: Undone, stay: readonly IdRange[]): Promise<Left> {
  let left: Left = { problem: undefined, areMergedLeft: false };
  for (const { sql, isMerged } of deletions(undone, stay)) {
    try {
      await post(sql, { settings: { mutations_sync: 2 }, timeoutMs: SEND_MS });
    } catch (error) {
      const { code } = error as { code?: string };
      // not allowed, or tables that an operator has made otherwise
      if (code !== "desk-denied" && code !== "desk-failed") throw error;
      left = { problem: error as TickbookError, areMergedLeft: left.areMergedLeft || isMerged };
    }
  }
  return left;
}

/**
 * Blocks in which another collector has published ids of the import that lie there in no other copy: the server keeps one of
 * several, and that collector may hold its own no longer.
 */
async function spared(
  post: Post,
  collector: string,
  undone: Undone,
  blocks: readonly number[],
): Promise<IdRange[]> {
  if (blocks.length === 0) return [];
  const series = `venue = ${sqlText(undone.venue)} AND symbol = ${sqlText(undone.symbol)}`;
  const told = await post(
    `SELECT ${LEDGER_COLUMNS} FROM blocks FINAL WHERE ${series} AND collector != ${sqlText(collector)} ` +
      `AND block BETWEEN ${sqlWhole(blocks[0]!)} AND ${sqlWhole(blocks.at(-1)!)} FORMAT Native`,
  );
  const claimed = idRanges();
  claimed.holdAll(ledgerRows(decodeBlocks(told)).flatMap(({ ids }) => ids));
  const brought = idRanges(undone.ids);
  const stay = idRanges();
  for (const range of blocks.map(blockRange)) {
    const both = claimed
      .within(range)
      .flatMap((some) => brought.within(some).map((own) => common(common(own, some), range)));
    if (both.length === 0) continue;
    const copies = await post(
      `SELECT DISTINCT toFloat64(trade_id) AS id FROM trades WHERE ${series} AND NOT (${received(undone)} AND source = 2) ` +
        `AND trade_id BETWEEN ${sqlWhole(range.first)} AND ${sqlWhole(range.last)} ORDER BY id FORMAT Native`,
    );
    const there = idRanges();
    for (const id of (decodeBlocks(copies).columns.id as Float64Array | undefined) ?? []) there.hold(id, id);
    if (both.some((ids) => there.missing(ids).length > 0)) stay.hold(range.first, range.last);
  }
  return stay.ranges.map(({ first, last }) => ({ first, last }));
}

const received = ({ receivedUs }: Undone): string =>
  `received_us IN (${receivedUs.map(sqlWhole).join(", ")})`;

/** Statements that delete what an import has brought, but for single trades of ids that are to stay, and nothing else. */
export function deletions(
  undone: Undone,
  stay: readonly IdRange[] = [],
): { readonly sql: string; readonly isMerged: boolean }[] {
  const { venue, symbol, kind, ids, receivedUs } = undone;
  if (ids.length === 0 || receivedUs.length === 0) return [];
  const [first, last] = [ids[0]!.first, ids.at(-1)!.last].map(sqlWhole);
  const whose = `venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)} AND ${received(undone)}`;
  const but = stay.map(
    ({ first, last }) => ` AND NOT (trade_id BETWEEN ${sqlWhole(first)} AND ${sqlWhole(last)})`,
  );
  const single = `ALTER TABLE trades DELETE WHERE ${whose} AND source = 2 AND trade_id >= ${first} AND trade_id <= ${last}${but.join("")}`;
  const merged = `ALTER TABLE agg_trades DELETE WHERE ${whose} AND first_id >= ${first} AND last_id <= ${last}`;
  return [
    { sql: single, isMerged: false },
    ...(kind === "aggTrades" ? [{ sql: merged, isMerged: true }] : []),
  ];
}
