import { type IdRanges, idRanges } from "../../store/ledger/id-ranges.ts";
import { LEDGER_COLUMNS, type LedgerRow, ledgerRows } from "../ledger/block-rows.ts";
import { decodeBlocks } from "../native/decode.ts";
import type { Post } from "../wire/post.ts";
import { sqlText } from "../wire/sql.ts";

/** What one collector has put on the server, as the server's own rows say: a relay keeps no place of its own. */
export interface Place {
  /** Ids of a series that are there. */
  published(venue: string, symbol: string): IdRanges;
  row(venue: string, symbol: string, block: number): LedgerRow | undefined;
  rows(): Iterable<LedgerRow>;
  /** A row that the server has taken. */
  put(row: LedgerRow): void;
  /** Greater than all that were given before, by any relay of this collector. */
  nextRevision(nowUs: number): number;
}

export async function readPlace(post: Post, collector: string): Promise<Place> {
  const body = await post(
    `SELECT ${LEDGER_COLUMNS} FROM blocks FINAL WHERE collector = ${sqlText(collector)} ORDER BY venue, symbol, block FORMAT Native`,
  );
  return placeOf(ledgerRows(decodeBlocks(body)));
}

export function placeOf(known: readonly LedgerRow[]): Place {
  const rows = new Map<string, LedgerRow>();
  const ranges = new Map<string, IdRanges>();
  let revision = 0;
  const series = (venue: string, symbol: string): string => JSON.stringify([venue, symbol]);
  const published = (venue: string, symbol: string): IdRanges => {
    const key = series(venue, symbol);
    const found = ranges.get(key) ?? idRanges();
    ranges.set(key, found);
    return found;
  };
  const key = (venue: string, symbol: string, block: number): string => `${block} ${series(venue, symbol)}`;
  const put = (row: LedgerRow): void => {
    const { venue, symbol, block } = row;
    const held = published(venue, symbol);
    const before = rows.get(key(venue, symbol, block));
    for (const { first, last } of before?.ids ?? []) held.release(first, last);
    held.holdAll(row.ids);
    rows.set(key(venue, symbol, block), row);
    revision = Math.max(revision, row.revision);
  };
  for (const row of known) put(row);
  return {
    published,
    row: (venue, symbol, block) => rows.get(key(venue, symbol, block)),
    rows: () => rows.values(),
    put,
    nextRevision: (nowUs) => {
      revision = Math.max(revision + 1, nowUs);
      return revision;
    },
  };
}
