import type { Fill, Order, Reason, RoundTrip } from "../types.ts";

export type OpenOrder = { -readonly [Name in keyof Order]: Order[Name] };

/** What a run writes down. */
export interface Book {
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

export function newBook(length: number, legs: number): Book {
  const column = (): Float64Array => new Float64Array(length);
  return {
    orders: [],
    fills: [],
    roundTrips: [],
    equity: column(),
    cash: column(),
    units: Array.from({ length: legs }, column),
    exposure: column(),
    turnover: column(),
    paid: column(),
    funding: Array.from({ length: legs }, column),
    borrowed: Array.from({ length: legs }, column),
  };
}

/** A book for another run. What is 0 while flat is so but for the bars of its round trips; cash and equity are written anew. */
export function clearBook(book: Book): void {
  const columns = [...book.units, ...book.funding, ...book.borrowed, book.exposure, book.turnover, book.paid];
  for (const { entryBar, exitBar } of book.roundTrips)
    for (const column of columns) column.fill(0, entryBar, exitBar + 1);
  book.orders.length = 0;
  book.fills.length = 0;
  book.roundTrips.length = 0;
}

/** What is decided and not filled yet: the units to hold of each leg, and the orders that lead there. */
export interface Waiting {
  readonly bar: number;
  readonly reason: Reason;
  readonly target: readonly number[];
  readonly orders: readonly OpenOrder[];
}
