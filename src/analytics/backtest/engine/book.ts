import type { Fill, Order, Reason, RoundTrip } from "../types.ts";

export type OpenOrder = { -readonly [Name in keyof Order]: Order[Name] };

/** What a run writes down. A brief one has round trips, equity and totals, which is all that a sweep looks at. */
export interface Book {
  readonly isBrief: boolean;
  readonly totals: { turnover: number };
  readonly orders: OpenOrder[];
  readonly fills: Fill[];
  readonly roundTrips: RoundTrip[];
  readonly equity: Float64Array;
  readonly cash: Float64Array;
  readonly units: readonly Float64Array[];
  readonly exposure: Float64Array;
  readonly turnover: Float64Array;
  readonly paid: Float64Array;
  readonly funding: readonly Float64Array[];
  readonly borrowed: readonly Float64Array[];
}

export function newBook(length: number, legs: number, { isBrief }: Pick<Book, "isBrief">): Book {
  const column = (): Float64Array => new Float64Array(isBrief ? 0 : length);
  return {
    isBrief,
    totals: { turnover: 0 },
    orders: [],
    fills: [],
    roundTrips: [],
    equity: new Float64Array(length),
    cash: column(),
    units: Array.from({ length: legs }, column),
    exposure: column(),
    turnover: column(),
    paid: column(),
    funding: Array.from({ length: legs }, column),
    borrowed: Array.from({ length: legs }, column),
  };
}

/** A brief book for another run: its equity is written anew. */
export function clearBrief(book: Book): void {
  book.totals.turnover = 0;
  book.roundTrips.length = 0;
}

/** What is decided and not filled yet: the units to hold of each leg, and the orders that lead there. */
export interface Waiting {
  readonly bar: number;
  readonly reason: Reason;
  readonly target: readonly number[];
  readonly orders: readonly OpenOrder[];
}
