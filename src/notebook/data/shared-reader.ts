import { statSync } from "node:fs";
import { findStore } from "../../app/data/open-source.ts";
import { openHistory } from "../../pipeline/archive/history.ts";
import type { StoreReader } from "../../pipeline/store/read/reader.ts";

interface Shared {
  readonly reader: StoreReader;
  readonly file: bigint | undefined;
}

const open = new Map<string, Shared>();

/**
 * One reader a database, for what is made anew whenever its cell is run: a cell that is run again opens nothing more. A
 * database that was replaced by another file is opened anew, and the old one is closed. `where` asks for it.
 */
export function sharedReader(where: string, source?: unknown): StoreReader {
  const path = findStore(where, source);
  const file = statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
  const before = open.get(path);
  if (before !== undefined && before.file === file) return before.reader;
  before?.reader.close();
  open.delete(path);
  const reader = openHistory(path);
  open.set(path, { reader, file });
  return reader;
}
