import { resolve } from "node:path";
import { newestDatabase } from "../../app/newest-database.ts";
import { openHistory } from "../../pipeline/archive/history.ts";
import type { StoreReader } from "../../pipeline/store/read/reader.ts";

/**
 * Opens a database and its archive for reading, as one: the file given, else the one that `npm start` fills (`TICKBOOK_DB`), else the one in
 * `data/` that was written to last.
 */
export function openStore(file?: string): StoreReader {
  return openHistory(storePath(file));
}

/** The file that `openStore` opens. */
export function storePath(file?: string): string {
  return resolve(file ?? process.env.TICKBOOK_DB ?? newestDatabase("openStore"));
}
