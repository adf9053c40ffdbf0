import type { IdRange } from "../store/ledger/id-ranges.ts";
import { PAGE_ROWS } from "../venues/binance/pages.ts";

/** A walk through the missing ids of one hole, from the first to the last and round again. */
export interface Sweep {
  /** Ids below have been asked for in this round. */
  readonly cursor: number;
  /** The exchange serves none below. */
  readonly floor: number;
}

/** The ids to ask for, a held neighbour of the hole included on at least one side: by it the answer is known to be right. */
export interface Wish {
  readonly fromId: number;
  readonly lastId: number;
  /** The page lies before the end of the missing ids, because what comes before it is not served. */
  readonly fromEnd: boolean;
}

/** Undefined: the round is over. */
export function nextWish(missing: readonly IdRange[], { cursor, floor }: Sweep): Wish | undefined {
  const range = missing.find(({ last }) => last >= Math.max(cursor, floor));
  if (range === undefined) return undefined;
  if (range.first > floor) {
    const fromId = range.first - 1;
    return { fromId, lastId: Math.min(missing.at(-1)!.last + 1, fromId + PAGE_ROWS - 1), fromEnd: false };
  }
  const lastId = range.last + 1;
  return { fromId: Math.max(floor, lastId - PAGE_ROWS + 1), lastId, fromEnd: true };
}

/** A wish that takes along what lies on the same page of other missing ids, ascending: a page costs the same, full or not. */
export function widened(wish: Wish, others: readonly IdRange[]): Wish {
  if (wish.fromEnd) return wish;
  const end = wish.fromId + PAGE_ROWS - 1;
  const within = others.filter(({ first }) => first > wish.fromId && first < end);
  const lastId = within.reduce((last, other) => Math.max(last, Math.min(other.last + 1, end)), wish.lastId);
  return { ...wish, lastId };
}

/** So many held trades more on each side as fit on the page. */
const WITNESSES = 20;

/** A wish with more of what is held around the hole: whether the answer or one held trade is wrong, the many tell. */
export function withWitnesses({ fromId, lastId, fromEnd }: Wish): Wish {
  const room = Math.max(0, PAGE_ROWS - (lastId - fromId + 1));
  const before = Math.min(WITNESSES, Math.floor(room / 2), fromId);
  return { fromId: fromId - before, lastId: lastId + Math.min(WITNESSES, Math.floor(room / 2)), fromEnd };
}

/** Where in the list of aggregates some trade is to be looked for: what is known to lie below and above it. */
export interface Search {
  readonly below?: { readonly aggId: number; readonly last: number };
  readonly above?: { readonly aggId: number; readonly first: number };
}

/**
 * The aggregate to ask from, so that its page holds trade `id` or halves the search; undefined: the newest page. An
 * aggregate holds one trade at least, so that no more aggregates than trades lie between two places.
 */
export function nextAggregate(id: number, { below, above }: Search): number | undefined {
  if (above === undefined) return below === undefined ? undefined : below.aggId + 1;
  const lowest = Math.max(0, above.aggId - (above.first - id), (below?.aggId ?? -1) + 1);
  if (below === undefined) return lowest;
  const span = above.aggId - lowest;
  return span <= PAGE_ROWS ? lowest : lowest + Math.floor((span - PAGE_ROWS) / 2);
}
