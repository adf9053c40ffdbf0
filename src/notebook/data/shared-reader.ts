import { statSync } from "node:fs";
import type { StoreReader } from "../../pipeline/store/read/reader.ts";
import { openStore, storePath } from "./store.ts";

interface Shared {
  readonly reader: StoreReader;
  readonly file: bigint | undefined;
}

const open = new Map<string, Shared>();

/**
 * One reader a database, for what is made anew whenever its cell is run: a cell that is run again opens nothing more. A
 * database that was replaced by another file is opened anew, and the old one is closed.
 */
export function sharedReader(db?: string): StoreReader {
  const path = storePath(db);
  const file = statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
  const before = open.get(path);
  if (before !== undefined && before.file === file) return before.reader;
  before?.reader.close();
  open.delete(path);
  const reader = openStore(path);
  open.set(path, { reader, file });
  return reader;
}
