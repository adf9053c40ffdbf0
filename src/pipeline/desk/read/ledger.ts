import type { Venue } from "../../../core/trade.ts";
import type { IdRange } from "../../store/ledger/id-ranges.ts";
import { storedVenue, type VenueRow } from "../../store/read/stored-venue.ts";
import type { Series, SeriesKey } from "../../store/series.ts";
import { LEDGER_COLUMNS, type LedgerRow, ledgerRows } from "../ledger/block-rows.ts";
import { blockRange } from "../ledger/blocks.ts";
import type { Table } from "../native/decode.ts";
import { checkVersion, isAbsent, VERSION_QUERY } from "../schema.ts";
import type { Ask } from "../sync/ask.ts";
import { sqlText, sqlWhole } from "../wire/sql.ts";
import { bookQuery, booksOf } from "./books.ts";
import { ledgerOf, newState, placed, type SeriesLedger, type State, takeRow } from "./series-state.ts";

export type { SeriesLedger } from "./series-state.ts";

/**
 * The desk's ledger, as it was last asked for; of the series that somebody has asked about, since that of a thousand would fill
 * gigabytes. It is asked before the trades that it speaks of: what it claims was there by then, so a trade that is not there is
 * one that this answer could not see, and never a hole.
 */
export interface DeskLedger {
  /** Asks what is new, unless work that needs one state is under way. */
  refresh(): void;
  /** Rises whenever something was new. */
  version(): number;
  series(): Series[];
  of(series: Series): SeriesLedger;
  atOneTime<T>(work: () => T): T;
}

/** Merged trades and the list of series are asked for so often where no trade came. */
const BOOKS_MS = 2000;
/** A copy of the server may show rows in another order than they came: so much is asked for again. */
const AGAIN_US = 60e6;
/** And everything so often. */
const WHOLE_MS = 600_000;

export function openLedger(ask: Ask, label: string): DeskLedger {
  const states = new Map<string, State>();
  /** Up to which revision of each collector the rows of the series that are known are here. */
  const newest = new Map<string, number>();
  const opened = new Set<State>();
  let venues = new Map<string, Venue>();
  let version = 0;
  let depth = 0;
  let isFresh = false;
  let booksMs = Number.NEGATIVE_INFINITY;
  let wholeMs = Number.NEGATIVE_INFINITY;
  let known = "";

  const stateOf = (venue: string, symbol: string): State => {
    const key = keyText(venue, symbol);
    const found = states.get(key) ?? newState(venue, symbol);
    states.set(key, found);
    return found;
  };

  /** Takes rows in; whether one was new. */
  const takeAll = (rows: readonly LedgerRow[]): boolean =>
    rows.map((row) => takeRow(stateOf(row.venue, row.symbol), row)).includes(true);

  /** A series with its rows; what is new is asked for from where all are known. */
  const open = (venue: string, symbol: string): State => {
    const state = stateOf(venue, symbol);
    if (opened.has(state)) return state;
    const rows = ledgerRows(ask(blocksQuery([state], new Map())));
    const seen = new Map<string, number>();
    see(seen, rows);
    // a copy that is behind has answered: what it did not have yet is asked for again
    for (const [collector, revision] of seen)
      newest.set(
        collector,
        opened.size === 0 ? revision : Math.min(newest.get(collector) ?? revision, revision),
      );
    opened.add(state);
    takeAll(rows);
    return state;
  };

  const refreshBooks = (): void => {
    booksMs = performance.now();
    venues = venuesOf(ask(VENUES_QUERY));
    const books = booksOf(ask(bookQuery()));
    const seen = JSON.stringify(
      books.map(({ venue, symbol, collector, mark }) => [venue, symbol, collector, mark]),
    );
    for (const state of states.values()) state.books = [];
    for (const book of books) stateOf(book.venue, book.symbol).books.push(book);
    if (seen !== known) version++;
    known = seen;
  };

  const refresh = (): void => {
    if (depth > 0 && isFresh) return;
    isFresh = true;
    const isWhole = performance.now() - wholeMs > WHOLE_MS;
    if (wholeMs === Number.NEGATIVE_INFINITY) checkVersion(label, heldVersion(ask));
    if (isWhole) wholeMs = performance.now();
    const rows =
      opened.size === 0 ? [] : ledgerRows(ask(blocksQuery([...opened], isWhole ? new Map() : newest)));
    see(newest, rows);
    const isNew = takeAll(rows);
    if (isNew) version++;
    if (isNew || performance.now() - booksMs > BOOKS_MS) refreshBooks();
  };

  return {
    refresh,
    version: () => version,
    series: () =>
      placed([...states.values()]).flatMap(({ venue, symbol }) => {
        const known = venues.get(venue);
        return known === undefined ? [] : [{ venue: known, symbol, key: keyOf(venue, symbol) }];
      }),
    of: (series) => ledgerOf(ask, open(...readKey(series))),
    atOneTime: (work) => {
      if (depth++ === 0) {
        isFresh = false;
        // work that the stop button ends has no `finally`; no work outlasts its turn
        setImmediate(() => {
          depth = 0;
        }).unref();
      }
      try {
        return work();
      } finally {
        depth--;
      }
    },
  };
}

const VENUES_QUERY =
  "SELECT CAST(venue AS String) AS name, kind, detail FROM venues FINAL ORDER BY name FORMAT Native";

function venuesOf({ rows, columns }: Table): Map<string, Venue> {
  const text = (name: string, i: number): string => (columns[name] as string[])[i]!;
  const found = Array.from({ length: rows }, (_, i) =>
    storedVenue({ name: text("name", i), kind: text("kind", i), detail: text("detail", i) } as VenueRow),
  );
  return new Map(found.map((venue) => [venue.name, venue]));
}

function see(newest: Map<string, number>, rows: readonly LedgerRow[]): void {
  for (const { collector, revision } of rows)
    newest.set(collector, Math.max(newest.get(collector) ?? 0, revision));
}

/** All rows of some series, or those that each collector has added since; more than one of a block may come. */
export function blocksQuery(
  series: readonly { readonly venue: string; readonly symbol: string }[],
  newest: ReadonlyMap<string, number>,
): string {
  const names = series.map(({ venue, symbol }) => `(${sqlText(venue)}, ${sqlText(symbol)})`);
  const select = `SELECT ${LEDGER_COLUMNS} FROM blocks`;
  const where = `WHERE (venue, symbol) IN (${names.join(", ")})`;
  if (newest.size === 0) return `${select} FINAL ${where} FORMAT Native`;
  const collectors = [...newest.keys()].map(sqlText);
  const since = [...newest].map(
    ([collector, revision]) =>
      `(collector = ${sqlText(collector)} AND revision > ${sqlWhole(revision - AGAIN_US)})`,
  );
  return `${select} ${where} AND (${since.join(" OR ")} OR collector NOT IN (${collectors.join(", ")})) FORMAT Native`;
}

function heldVersion(ask: Ask): number | undefined {
  try {
    const { columns } = ask(VERSION_QUERY);
    return columns.versions![0] === 0 ? undefined : (columns.version![0] as number);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return undefined;
  }
}

const keyText = (venue: string, symbol: string): string => JSON.stringify([venue, symbol]);

/** What a series of a desk is known by. */
function keyOf(venue: string, symbol: string): SeriesKey {
  return keyText(venue, symbol) as unknown as SeriesKey;
}

export function readKey({ key }: Pick<Series, "key">): readonly [venue: string, symbol: string] {
  return JSON.parse(key as unknown as string) as [string, string];
}

/** The last id of the rows' blocks in which a trade has this time or a later one; undefined: in none. Ascending. */
export function blocksAt(rows: Iterable<LedgerRow>, timeUs: number): IdRange[] {
  const blocks = new Set<number>();
  for (const row of rows) if (row.lastUs >= timeUs && row.ids.length > 0) blocks.add(row.block);
  return [...blocks].sort((a, b) => a - b).map(blockRange);
}
