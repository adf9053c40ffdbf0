import { findStore } from "../../app/data/open-source.ts";
import { openHistory } from "../../pipeline/archive/history.ts";
import type { StoreReader } from "../../pipeline/store/read/reader.ts";

/**
 * Opens a database and its archive for reading, as one: the source given, else the database that `npm start` fills, else the one
 * in `data/` that was written to last.
 */
export function openStore(source?: string): StoreReader {
  return openHistory(findStore("openStore", source));
}
