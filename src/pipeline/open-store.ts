import { openHistory } from "./archive/history.ts";
import { openDesk } from "./desk/read/reader.ts";
import { isDeskAddress } from "./desk/wire/address.ts";
import type { TradeStore } from "./store/trade-store.ts";

/**
 * Opens what a source leads to for reading, once it is known to be a store of trades: a database with its archive, or a
 * desk's server.
 */
export function openStore(place: string): TradeStore {
  return isDeskAddress(place) ? openDesk(place) : openHistory(place);
}
