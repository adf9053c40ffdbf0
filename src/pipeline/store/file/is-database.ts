import { closeSync, openSync, readSync } from "node:fs";
import Database from "better-sqlite3";
import { APPLICATION_ID } from "./schema.ts";

/** Whether a path is that of a database: by its name, or by its first bytes. */
export function isDatabase(path: string): boolean {
  return /\.(db|sqlite3?)$/i.test(path) || isSqlite(path);
}

/** Whether it is an SQLite database that another program has made. */
export function isOtherProgram(path: string): boolean {
  if (!isSqlite(path)) return false;
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    try {
      return db.pragma("application_id", { simple: true }) !== APPLICATION_ID;
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

function isSqlite(path: string): boolean {
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
