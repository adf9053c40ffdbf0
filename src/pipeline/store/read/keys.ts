import type { Series, SeriesKey } from "../series.ts";
import type { Cursor } from "../trade-store.ts";

/** What the keys of SQLite's store are: a row of `symbols`. */
export function keyOf(symbolId: number): SeriesKey {
  return symbolId as unknown as SeriesKey;
}

export function symbolIdOf({ key }: Pick<Series, "key">): number {
  return key as unknown as number;
}

/** Every id below `nextId` was read, as it was at a revision of the ledger. */
export interface Place {
  readonly nextId: number;
  readonly revision: number;
}

export function placeOf(place: Place): Cursor {
  return place as unknown as Cursor;
}

export function readPlace(cursor: Cursor): Place {
  return cursor as unknown as Place;
}
