import { closeSync, openSync, readSync } from "node:fs";

/** Whether a path is that of a database: by its name, or by its first bytes. */
export function isDatabase(path: string): boolean {
  if (/\.(db|sqlite3?)$/i.test(path)) return true;
  const head = Buffer.alloc(15);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
  return head.toString("latin1") === "SQLite format 3";
}
