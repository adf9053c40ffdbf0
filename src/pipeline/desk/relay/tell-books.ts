import { quote, refuse } from "../../../core/errors.ts";
import type { Published } from "../../store/file/published.ts";
import type { BookReader, ToldConflict } from "../../store/read/book-reader.ts";
import type { Series } from "../../store/series.ts";
import { decodeBlocks } from "../native/decode.ts";
import { INSERT } from "../wire/insert.ts";
import type { Post } from "../wire/post.ts";
import { sqlText } from "../wire/sql.ts";
import {
  BARS_INSERT,
  BOOKS_INSERT,
  bookOf,
  contentOf,
  encodeBars,
  encodeBooks,
  encodeMerged,
  encodeVenues,
  type FoundConflict,
  MERGED_INSERT,
  VENUES_INSERT,
} from "./book.ts";
import type { Place } from "./place.ts";

/** Says what the book says of each series. */
export interface BookTeller {
  /** Where so long has passed since the last time, or at once. */
  tell(all: readonly Series[], isForced: boolean): Promise<void>;
  /** Conflicts that were found on the server, by venue and symbol. */
  conflicts(found: ReadonlyMap<string, ToldConflict[]>): void;
}

const EVERY_US = 10e6;
/** How long another relay of the same name counts as running. */
const ALIVE_US = 60e6;

interface Parts {
  readonly post: Post;
  readonly reader: BookReader;
  readonly place: Place;
  readonly published: Published;
  readonly books: readonly KnownBook[];
  readonly nowUs: () => number;
}

export function bookTeller({ post, reader, place, published, books, nowUs }: Parts): BookTeller {
  const known = new Map(books.map((book) => [keyOf(book.venue, book.symbol), book]));
  // what was found before is known to nobody else: the rows of the ledger were mended by it
  const others = new Map(
    books.map(({ venue, symbol, conflicts }) => [
      keyOf(venue, symbol),
      (JSON.parse(conflicts) as FoundConflict[]).filter(({ foundThere }) => foundThere) as ToldConflict[],
    ]),
  );
  let saidVenues = "";
  let saidUs = Number.NEGATIVE_INFINITY;

  const tellVenues = async (all: readonly Series[]): Promise<void> => {
    const venues = [...new Map(all.map(({ venue }) => [venue.name, venue])).values()];
    if (venues.length === 0 || JSON.stringify(venues) === saidVenues) return;
    await post(VENUES_INSERT, { body: encodeVenues(venues, nowUs()), settings: INSERT });
    saidVenues = JSON.stringify(venues);
  };

  return {
    conflicts: (found) => {
      for (const [key, list] of found) others.set(key, distinct([...(others.get(key) ?? []), ...list]));
    },
    tell: async (all, isForced) => {
      if (all.length === 0 || (!isForced && nowUs() - saidUs < EVERY_US)) return;
      await tellVenues(all);
      const rows = all.map((series, i) =>
        bookOf(reader, series, i, others.get(keyOf(series.venue.name, series.symbol)) ?? []),
      );
      // merged trades and bars first: the row speaks of them
      for (const [i, row] of rows.entries()) {
        const before = known.get(keyOf(row.venue, row.symbol));
        const series = all[i]!;
        if (before?.merged !== row.merged)
          for (const merged of reader.merged(series))
            await post(MERGED_INSERT, { body: encodeMerged(series, merged), settings: INSERT });
        if (before?.bars !== row.bars)
          for (const bars of reader.bars(series))
            await post(BARS_INSERT, { body: encodeBars(series, bars), settings: INSERT });
      }
      const { collector, owner } = published;
      const stamp = { collector, owner, relayUs: nowUs(), revision: place.nextRevision(nowUs()) };
      const stamped = rows.map((row) => ({ ...row, ...stamp }));
      await post(BOOKS_INSERT, { body: encodeBooks(stamped), settings: INSERT });
      for (const row of stamped) known.set(keyOf(row.venue, row.symbol), { ...row, ageUs: 0 });
      saidUs = nowUs();
    },
  };
}

/** Each content once, as it was found first. */
function distinct(all: readonly ToldConflict[]): ToldConflict[] {
  const found = new Map<string, ToldConflict>();
  for (const one of all) if (!found.has(contentOf(one))) found.set(contentOf(one), one);
  return [...found.values()];
}

const keyOf = (venue: string, symbol: string): string => JSON.stringify([venue, symbol]);

/** What the server has of a collector's books. */
export interface KnownBook {
  readonly venue: string;
  readonly symbol: string;
  readonly merged: string;
  readonly bars: string;
  /** A JSON text, a list of `ToldConflict`. */
  readonly conflicts: string;
  readonly owner: string;
  readonly ageUs: number;
}

export async function readBooks(post: Post, collector: string): Promise<KnownBook[]> {
  const { rows, columns } = decodeBlocks(
    await post(
      "SELECT CAST(venue AS String) AS v, CAST(symbol AS String) AS s, merged, bars, conflicts, owner, toFloat64(toUnixTimestamp64Micro(now64(6)) - server_us) AS age " +
        `FROM books FINAL WHERE collector = ${sqlText(collector)} FORMAT Native`,
    ),
  );
  const text = (name: string, i: number): string => (columns[name] as string[])[i]!;
  return Array.from({ length: rows }, (_, i) => ({
    venue: text("v", i),
    symbol: text("s", i),
    merged: text("merged", i),
    bars: text("bars", i),
    conflicts: text("conflicts", i),
    owner: text("owner", i),
    ageUs: (columns.age as Float64Array)[i]!,
  }));
}

/** A name that another database has just spoken under is that one's. */
export function refuseOther({ owner, collector }: Published, books: readonly KnownBook[]): void {
  if (!books.some((book) => book.owner !== owner && book.ageUs < ALIVE_US)) return;
  refuse({
    code: "name-taken",
    where: "--collector",
    problem: `needs a name that no other database is published under; ${quote(collector, 60)} is one's that spoke within the last minute`,
    hint: "Pass another --collector NAME; or, where this is a copy of that database, wait a minute.",
  });
}
