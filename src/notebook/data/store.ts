import { findStore } from "../../app/data/open-source.ts";
import { openStore as openAt } from "../../pipeline/open-store.ts";
import type { TradeStore } from "../../pipeline/store/trade-store.ts";

/**
 * Opens a database and its archive for reading, as one, or a desk's server (`http://host:8123`): the source given, else the database that `npm start` fills, else the one
 * in `data/` that was written to last.
 */
export function openStore(source?: string): TradeStore {
  return openAt(findStore("openStore", source));
}
