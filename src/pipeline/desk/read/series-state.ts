import { type IdRange, type IdRanges, idRanges } from "../../store/ledger/id-ranges.ts";
import type { LedgerRow } from "../ledger/block-rows.ts";
import type { Table } from "../native/decode.ts";
import type { Ask } from "../sync/ask.ts";
import type { Book } from "./books.ts";
import { type DeskMergedRows, mergedQuery, mergedRows, NO_MERGED } from "./merged.ts";

/** What the desk's ledger says of one series: the union of what its collectors have put there. */
export interface SeriesLedger {
  readonly held: IdRanges;
  /** The newest row of each block, by collector. */
  readonly rows: Iterable<LedgerRow>;
  readonly books: readonly Book[];
  /** Merged trades of which no id is held, by ascending id. */
  merged(): DeskMergedRows;
  /** Ids that single or merged trades stand for, as they are now: a value that stays as it is. */
  covered(): readonly IdRange[];
}

/** What is known of one series. */
export interface State {
  readonly venue: string;
  readonly symbol: string;
  readonly rows: Map<string, LedgerRow>;
  held: IdRanges;
  books: Book[];
  mergedMark: string;
  allMerged: Table | undefined;
  visibleAt: number;
  visibleMerged: DeskMergedRows;
  coveredAt: number;
  covered: readonly IdRange[];
  changedAt: number;
}

export function newState(venue: string, symbol: string): State {
  return {
    ...{ venue, symbol, rows: new Map(), held: idRanges(), books: [], mergedMark: "", allMerged: undefined },
    ...{ visibleAt: -1, visibleMerged: NO_MERGED, coveredAt: -1, covered: [], changedAt: 0 },
  };
}

function heldBy(rows: Iterable<LedgerRow>): IdRanges {
  const held = idRanges();
  held.holdAll([...rows].flatMap((row) => row.ids));
  return held;
}

/** Takes a row of the ledger in; false: it was known. */
export function takeRow(state: State, row: LedgerRow): boolean {
  const key = `${row.block} ${row.collector}`;
  const before = state.rows.get(key);
  if (before !== undefined && before.revision >= row.revision) return false;
  state.rows.set(key, row);
  const ids = idRanges(row.ids);
  const isLess = before?.ids.some((range) => ids.missing(range).length > 0) === true;
  if (isLess) state.held = heldBy(state.rows.values());
  else state.held.holdAll(row.ids);
  state.changedAt++;
  return true;
}

/** Series that a book speaks of, in the order in which they came. */
export function placed(states: readonly State[]): State[] {
  const place = ({ books }: State): number => Math.min(...books.map((book) => book.place));
  const name = ({ venue, symbol }: State): string => JSON.stringify([venue, symbol]);
  return states
    .filter(({ books }) => books.length > 0)
    .sort((a, b) => place(a) - place(b) || (name(a) < name(b) ? -1 : 1));
}

export function ledgerOf(ask: Ask, state: State): SeriesLedger {
  return {
    held: state.held,
    rows: state.rows.values(),
    books: state.books,
    merged: () => mergedOf(ask, state),
    covered: () => {
      const merged = mergedOf(ask, state);
      if (state.coveredAt !== state.changedAt) {
        const ids = idRanges(state.held.ranges);
        ids.holdAll(merged.ids());
        state.covered = ids.ranges.map((range) => ({ ...range }));
        state.coveredAt = state.changedAt;
      }
      return state.covered;
    },
  };
}

function mergedOf(ask: Ask, state: State): DeskMergedRows {
  const mark = state.books.map(({ collector, merged }) => `${collector} ${merged}`).join();
  if (mark !== state.mergedMark) {
    const has = state.books.some(({ merged }) => !merged.startsWith("0 "));
    state.allMerged = has ? ask(mergedQuery(state.venue, state.symbol)) : undefined;
    state.mergedMark = mark;
    state.visibleAt = -1;
  }
  if (state.visibleAt !== state.changedAt) {
    state.visibleMerged = state.allMerged === undefined ? NO_MERGED : mergedRows(state.allMerged, state.held);
    state.visibleAt = state.changedAt;
    state.coveredAt = -1;
  }
  return state.visibleMerged;
}
