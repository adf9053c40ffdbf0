import type Database from "better-sqlite3";
import { BUSY_MS, fileSize } from "./open.ts";

/** From here on the write-ahead log is emptied at once, and from there on somebody is told that it can't be. */
const WAL_TRUNCATE_BYTES = 64 << 20;
export const WAL_ALARM_BYTES: number = 256 << 20;

/** Keeps the write-ahead log small; its size in bytes afterwards. */
export function truncateLog(db: Database.Database): number {
  const wal = `${db.name}-wal`;
  if (fileSize(wal) < WAL_TRUNCATE_BYTES) return fileSize(wal);
  db.pragma("busy_timeout = 100");
  try {
    db.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    db.pragma(`busy_timeout = ${BUSY_MS}`);
  }
  return fileSize(wal);
}
