import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { refuse } from "../../../core/errors.ts";
import { type IdRange, type IdRanges, idRanges } from "../ledger/id-ranges.ts";

/** What lies beside a database that is published: to where, as whose, and which ids have been counted there. */
export interface Published {
  readonly to: string;
  readonly collector: string;
  /** Tells this database from another one whose collector has the same name. */
  readonly owner: string;
  /** By venue and symbol. */
  readonly counted: Readonly<
    Record<string, Readonly<Record<string, readonly (readonly [number, number])[]>>>
  >;
}

export const publishedFile = (db: string): string => `${db}.published`;

/** Undefined: the database is not published. */
export function readPublished(db: string): Published | undefined {
  const file = publishedFile(db);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Published;
  } catch {
    return refuse({
      code: "damaged-file",
      where: file,
      problem: "needs to be what the relay wrote; it is not",
      hint: "Remove it and run npm run publish: it is made anew.",
    });
  }
}

/** Writes it whole, or not at all. */
export function writePublished(db: string, published: Published): void {
  const file = publishedFile(db);
  writeFileSync(`${file}.new`, `${JSON.stringify(published)}\n`, { flush: true });
  renameSync(`${file}.new`, file);
}

/** The ids of a series that were counted where it is published; undefined: nothing has to be waited for. */
export function countedIds(db: string): ((venue: string, symbol: string) => IdRanges) | undefined {
  const published = readPublished(db);
  if (published === undefined) return undefined;
  return (venue, symbol) => idRanges(rangesOf(published, venue, symbol));
}

export function rangesOf({ counted }: Published, venue: string, symbol: string): IdRange[] {
  return (counted[venue]?.[symbol] ?? []).map(([first, last]) => ({ first, last }));
}
