import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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
      hint: "Remove it and run npm run publish: it is built again.",
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

/** An import that is taken back from a database that is published: what it had brought has to go there, too. */
export interface Undone {
  readonly importId: number;
  readonly startedUs: number;
  readonly venue: string;
  readonly symbol: string;
  readonly kind: "trades" | "aggTrades";
  readonly ids: readonly IdRange[];
  /** When its trades were received: what tells them from others. */
  readonly receivedUs: readonly number[];
}

/** Before it is taken back: whoever reads this sees by the import itself whether it was. */
export function noteUndone(db: string, undone: Undone): void {
  const file = `${publishedFile(db)}.undone-${undone.importId}-${undone.startedUs}`;
  writeFileSync(`${file}.new`, `${JSON.stringify(undone)}\n`, { flush: true });
  renameSync(`${file}.new`, file);
}

/** What was noted and not forgotten. */
export function notedUndone(db: string): { readonly undone: Undone; forget(): void }[] {
  const start = `${basename(publishedFile(db))}.undone-`;
  return readdirSync(dirname(db))
    .filter((name) => name.startsWith(start) && !name.endsWith(".new"))
    .sort()
    .map((name) => {
      const file = join(dirname(db), name);
      return {
        undone: JSON.parse(readFileSync(file, "utf8")) as Undone,
        forget: () => rmSync(file, { force: true }),
      };
    });
}
