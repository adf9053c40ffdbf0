import { dirname, join, resolve } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import { deskAddress, isDeskAddress } from "../../pipeline/desk/wire/address.ts";
import { type SimulatedMarket, simulatedMarket } from "../../pipeline/exchange/market/market.ts";
import { isTableFile } from "../../pipeline/files/file-name.ts";
import { isDatabase } from "../../pipeline/store/file/is-database.ts";
import { projectRoot } from "../project.ts";
import { newestDatabase } from "./newest-database.ts";

/** What a word for a source leads to. */
export type FoundSource =
  /** The path of a database, or the address of a desk's server. */
  | { readonly kind: "store"; readonly path: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "simulated"; readonly word: string; readonly market: SimulatedMarket };

/** What control and direction characters there are: no file that anybody means has them in its name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** Another machine, or a protocol that is not the desk's; a drive's letter is neither. */
const ELSEWHERE = /^(?![a-z]:[\\/](?![\\/]))([a-z][a-z0-9+.-]*:|[\\/]{2})/i;

/**
 * What one word for a source means; without one the database that is being filled. Relative paths are from `folder` on; the
 * working folder unless told.
 */
export function findSource(word?: string, folder: string = process.cwd()): FoundSource {
  if (word === undefined) return { kind: "store", path: usualStore() };
  if (isDeskAddress(word)) return { kind: "store", path: deskAddress("source", word).label };
  const seed = typeof word === "string" ? /^sim:(\d{1,16})$/.exec(word)?.[1] : undefined;
  if (seed !== undefined) return { kind: "simulated", word, market: simulatedMarket(Number(seed)) };
  const isOurs = typeof word === "string" && word !== "" && !UNSEEN.test(word) && !ELSEWHERE.test(word);
  const path = isOurs ? resolve(folder, word) : "";
  if (isTableFile(path)) return { kind: "file", path };
  if (isOurs && isDatabase(path)) return { kind: "store", path };
  return refuse({
    code: "bad-source",
    where: "source",
    problem: `needs a database (.db) or a file of rows (.csv, .parquet, …) of this machine, a desk's server (http://host:8123), or sim:7 for a simulated market; got ${quote(word, 120)}`,
    hint: "Pass for example data/binance.db.",
  });
}

/** The database that is being filled, or the desk that a machine without one reads. */
function usualStore(): string {
  const named = process.env.TICKBOOK_DB;
  if (isDeskAddress(named)) return deskAddress("TICKBOOK_DB", named).label;
  return resolve(named ?? newestDatabase());
}

/** Where what is kept beside a store lies: beside its file; of a desk's server in the project's own `data/`. */
export function folderBeside(place: string): string {
  return isDeskAddress(place) ? join(projectRoot, "data") : dirname(place);
}

/** The file of a database that a word means, for what writes or asks its collector. */
export function findDatabase(where: string, word?: unknown): string {
  const place = findStore(where, word);
  if (!isDeskAddress(place)) return place;
  return refuse({
    code: "bad-source",
    where,
    problem: `needs a database (.db) of this machine; got ${quote(place, 120)}`,
    hint: "Pass for example data/binance.db.",
  });
}

/** The database that a word means, for what reads trades: the path of its file, or a server's address. */
export function findStore(where: string, word?: unknown): string {
  if (Array.isArray(word)) {
    refuse({
      code: "bad-source",
      where,
      problem: `needs one source; got ${quote(word, 120)}`,
      hint: "Two sources, one a leg, are for backtests and research.",
    });
  }
  const found = findSource(word as string | undefined);
  if (found.kind === "store") return found.path;
  return refuse({
    code: "bad-source",
    where,
    problem: `needs a database (.db), for it reads trades; got ${quote(word, 120)}`,
    hint: "Pass for example data/binance.db, or leave source out.",
  });
}
