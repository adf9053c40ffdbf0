import { inode } from "./open.ts";

/** The database, the lock beside it, or its write-ahead log. */
export type Gone = "database" | "lock" | "log";

const BESIDE: readonly (readonly [Gone, end: string])[] = [
  ["database", ""],
  ["lock", ".lock"],
  ["log", "-wal"],
];

/** Of the files of a database that are open now: tells, whenever it is asked, which is not in its place any more. */
export function watchPlaces(path: string): () => Gone | undefined {
  const opened = BESIDE.map(([, end]) => inode(path + end));
  return () => BESIDE.find(([, end], i) => inode(path + end) !== opened[i])?.[0];
}
