import { openHistory } from "./archive/history.ts";
import type { TradeStore } from "./store/trade-store.ts";

/** Opens what a source leads to for reading, once it is known to be a store of trades: a database with its archive. */
export function openStore(place: string): TradeStore {
  return openHistory(place);
}
