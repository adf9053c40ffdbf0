import type { Venue } from "../../../core/trade.ts";
import type { BarColumns, BookReader, MergedColumns, ToldConflict } from "../../store/read/book-reader.ts";
import { BAR_NAMES } from "../../store/read/book-reader.ts";
import type { Series } from "../../store/series.ts";
import { SCALE } from "../ledger/trade-rows.ts";
import { encodeBlock } from "../native/encode.ts";

/** What a collector's own book says of one series, besides trades; on the server one row, replaced as a whole. */
export interface BookRow {
  readonly venue: string;
  readonly symbol: string;
  readonly collector: string;
  /** The order in which series came. */
  readonly place: number;
  /** JSON texts: lists of `ToldHole`, `ToldConflict`, `ToldTrouble`. */
  readonly holes: string;
  readonly conflicts: string;
  readonly troubles: string;
  /** Which merged trades, and which bars, are there: texts to be compared with. */
  readonly merged: string;
  readonly bars: string;
  /** How many ids the book holds, and the newest: what is more than the blocks have is not published yet. */
  readonly held: number;
  readonly newestId: number;
  /** Whose the name of the collector is. */
  readonly owner: string;
  readonly relayUs: number;
  readonly revision: number;
}

export const BOOKS_INSERT: string =
  "INSERT INTO books (venue, symbol, collector, place, holes, conflicts, troubles, merged, bars, held, newest_id, owner, " +
  "relay_us, revision) FORMAT Native";

export function encodeBooks(rows: readonly BookRow[]): Uint8Array {
  const text = (name: string, of: (row: BookRow) => string) =>
    ({ name, type: "String", values: rows.map(of) }) as const;
  const whole = (name: string, of: (row: BookRow) => number) =>
    ({ name, type: "Int64", values: Float64Array.from(rows, of) }) as const;
  return encodeBlock(rows.length, [
    text("venue", ({ venue }) => venue),
    text("symbol", ({ symbol }) => symbol),
    text("collector", ({ collector }) => collector),
    whole("place", ({ place }) => place),
    text("holes", ({ holes }) => holes),
    text("conflicts", ({ conflicts }) => conflicts),
    text("troubles", ({ troubles }) => troubles),
    text("merged", ({ merged }) => merged),
    text("bars", ({ bars }) => bars),
    whole("held", ({ held }) => held),
    whole("newest_id", ({ newestId }) => newestId),
    text("owner", ({ owner }) => owner),
    whole("relay_us", ({ relayUs }) => relayUs),
    whole("revision", ({ revision }) => revision),
  ]);
}

/** A conflict as a book's row has it: one that a relay found on the server stands in no database. */
export interface FoundConflict extends ToldConflict {
  readonly foundThere?: true;
}

/** What is said of a series now. `others`: conflicts that were found on the server. */
export function bookOf(
  reader: BookReader,
  series: Series,
  place: number,
  others: readonly ToldConflict[],
): Omit<BookRow, "owner" | "relayUs" | "revision" | "collector"> {
  const ranges = reader.held(series);
  const known = new Set(others.map(contentOf));
  const own = reader.conflicts(series).filter((one) => !known.has(contentOf(one)));
  const found: FoundConflict[] = others.map((one) => ({ ...one, foundThere: true }));
  return {
    venue: series.venue.name,
    symbol: series.symbol,
    place,
    holes: JSON.stringify(reader.holes(series)),
    conflicts: JSON.stringify([...own, ...found]),
    troubles: JSON.stringify(reader.troubles(series)),
    merged: reader.mergedMark(series),
    bars: reader.barsMark(series),
    held: ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0),
    newestId: ranges.at(-1)?.last ?? -1,
  };
}

/** Two tellings of one conflict have one text. */
export const contentOf = ({ id, price, qty, timeUs }: ToldConflict): string =>
  `${id} ${price} ${qty} ${timeUs}`;

export const VENUES_INSERT = "INSERT INTO venues (venue, kind, detail, revision) FORMAT Native";

export function encodeVenues(venues: readonly Venue[], revision: number): Uint8Array {
  return encodeBlock(venues.length, [
    { name: "venue", type: "String", values: venues.map(({ name }) => name) },
    { name: "kind", type: "String", values: venues.map(({ kind }) => kind) },
    { name: "detail", type: "String", values: venues.map(({ detail }) => detail) },
    { name: "revision", type: "Int64", values: new Float64Array(venues.length).fill(revision) },
  ]);
}

export const MERGED_INSERT: string =
  "INSERT INTO agg_trades (venue, symbol, first_id, last_id, agg_id, price, qty, scale, decimals, trade_time_us, received_us, " +
  "is_buyer_maker) FORMAT Native";

export function encodeMerged({ venue, symbol }: Series, rows: MergedColumns): Uint8Array {
  const whole = (name: string, values: Float64Array | BigInt64Array) =>
    ({ name, type: "Int64", values }) as const;
  const small = (name: string, values: Uint8Array) => ({ name, type: "UInt8", values }) as const;
  return encodeBlock(rows.length, [
    { name: "venue", type: "String", values: venue.name },
    { name: "symbol", type: "String", values: symbol },
    whole("first_id", rows.first),
    whole("last_id", rows.last),
    whole("agg_id", rows.aggId),
    whole("price", rows.priceE8),
    whole("qty", rows.qtyE8),
    small("scale", new Uint8Array(rows.length).fill(SCALE)),
    small("decimals", rows.decimals),
    whole("trade_time_us", rows.tradeTimeUs),
    whole("received_us", rows.receivedUs),
    small("is_buyer_maker", rows.isBuyerMaker),
  ]);
}

export const BARS_INSERT: string = `INSERT INTO bars (venue, symbol, ${BAR_NAMES.join(", ")}) FORMAT Native`;

export function encodeBars({ venue, symbol }: Series, bars: BarColumns): Uint8Array {
  return encodeBlock(bars.length, [
    { name: "venue", type: "String", values: venue.name },
    { name: "symbol", type: "String", values: symbol },
    ...BAR_NAMES.map((name) => {
      const values = bars[name];
      return name.endsWith("_us")
        ? ({ name, type: "Int64", values } as const)
        : ({ name, type: "Float64", values } as const);
    }),
  ]);
}
