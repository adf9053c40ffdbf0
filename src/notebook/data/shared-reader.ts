import { findStore } from "../../app/data/open-source.ts";
import { openStore } from "../../pipeline/open-store.ts";
import type { TradeStore } from "../../pipeline/store/trade-store.ts";

const open = new Map<string, TradeStore>();

/** Work that reads each source as it is at one moment. */
export function atOneTime<T>(work: () => T): T {
  return [...open.values()].reduceRight<() => T>((inner, reader) => () => reader.atOneTime(inner), work)();
}

/**
 * One reader a source, for what is made anew whenever its cell is run: a cell that is run again opens nothing more. A database
 * that was replaced by another is opened anew, and the old one is closed. `where` asks for it.
 */
export function sharedReader(where: string, source?: unknown): TradeStore {
  const place = findStore(where, source);
  const before = open.get(place);
  if (before?.isCurrent()) return before;
  before?.close();
  open.delete(place);
  const reader = openStore(place);
  open.set(place, reader);
  return reader;
}
