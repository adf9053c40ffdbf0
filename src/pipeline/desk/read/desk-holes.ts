import { type IdRange, type IdRanges, idRanges } from "../../store/ledger/id-ranges.ts";
import type { HoleRow, Ids } from "../../store/quality/quality-ledger.ts";
import type { Book } from "./books.ts";

/**
 * The holes of all books, by ascending id. What one missed and another has is filled; what lies between their ranges, and in
 * no book's list, was missed by all.
 */
export function deskHoles(books: readonly Book[], held: IdRanges): HoleRow[] {
  const [only] = books;
  if (books.length === 1) return only!.holes.map((hole) => ({ ...hole }));
  const found = new Map<string, HoleRow>();
  const listed = idRanges();
  for (const { holes, collector } of books) {
    listed.holdAll(holes);
    for (const hole of holes) {
      const isHeld = hole.state !== "filled" && held.missing(hole).length === 0;
      const row = isHeld ? { ...hole, state: "filled" as const, note: `missed by ${collector} alone` } : hole;
      const key = `${hole.first} ${hole.last} ${row.state}`;
      if (!found.has(key)) found.set(key, { ...row });
    }
  }
  const span = { first: held.ranges[0]?.first ?? 0, last: held.ranges.at(-1)?.last ?? -1 };
  for (const gap of held.missing(span)) {
    for (const range of listed.missing(gap)) {
      const row = {
        ...range,
        foundUs: 0,
        reason: "gap",
        state: "detected",
        tries: 0,
        note: "missed by all",
      } as const;
      found.set(`${range.first} ${range.last}`, row);
    }
  }
  return [...found.values()].sort((a, b) => a.first - b.first);
}

/** The missing ids that merged trades stand for; the state `aggregated` is believed. */
export function mergedIdsOf(
  holes: readonly HoleRow[],
  held: IdRanges,
  merged: readonly IdRange[],
): Ids & Pick<IdRanges, "missing"> {
  const found = idRanges();
  const believed = holes.filter(({ state }) => state === "aggregated").flatMap((hole) => held.missing(hole));
  found.holdAll([...merged, ...believed]);
  return found;
}

/** Ids of aggregated holes which neither a trade nor a merged one stands for. */
export function notMerged(holes: readonly HoleRow[], held: IdRanges, merged: readonly IdRange[]): IdRange[] {
  const ids = idRanges();
  ids.holdAll(merged);
  return holes
    .filter(({ state }) => state === "aggregated")
    .flatMap((hole) => held.missing(hole))
    .flatMap((gap) => ids.missing(gap));
}
