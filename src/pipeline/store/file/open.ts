import { closeSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "better-sqlite3";
import { quote, TickbookError } from "../../../core/errors.ts";
import { makeFolder } from "./folder.ts";
import { lockDatabase } from "./lock.ts";
import { ensureSchema, type Upgrade } from "./schema.ts";
import { UNFILLED_HOLES } from "./schema-tables.ts";

/** How long a commit waits for another process' lock before it is said and tried again. */
export const BUSY_MS = 1000;

/** A database open for writing, under the writer's lock. */
export interface LockedDatabase {
  readonly db: Database.Database;
  readonly release: () => void;
  /** The copy that was made of an older database. */
  readonly backup: string | undefined;
}

/** Opens or makes a database under its writer's lock and hands it on; nothing stays open where that fails. */
export function openLocked<T>(
  file: string,
  use: (locked: LockedDatabase) => T,
  upgrading?: (upgrade: Upgrade) => void,
): T {
  const path = resolve(file);
  let release: (() => void) | undefined;
  let db: Database.Database | undefined;
  try {
    makeFolder(dirname(path));
    release = lockDatabase(path);
    checkLength(path);
    db = new Database(path, { timeout: BUSY_MS });
    const backup = ensureSchema(db, path, upgrading);
    db.pragma("journal_mode = WAL");
    db.exec(UNFILLED_HOLES);
    // each commit survives a loss of power; one batch a tenth of a second makes that cheap
    db.pragma("synchronous = FULL");
    db.pragma("journal_size_limit = 67108864");
    db.pragma("foreign_keys = ON");
    return use({ db, release, backup });
  } catch (error) {
    db?.close();
    release?.();
    throw openingError(error, path);
  }
}

/** Which file a path leads to; undefined: to none. */
export function inode(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

export function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Refuses a file that is shorter than its own header says. With a write-ahead log beside it, SQLite sees to that itself. */
function checkLength(path: string): void {
  const size = fileSize(path);
  if (size < 100 || fileSize(`${path}-wal`) > 0) return;
  const header = Buffer.alloc(100);
  const file = openSync(path, "r");
  try {
    readSync(file, header, 0, 100, 0);
  } finally {
    closeSync(file);
  }
  if (header.toString("latin1", 0, 15) !== "SQLite format 3") return;
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const needed = pageSize * header.readUInt32BE(28);
  if (size < needed) throw damaged(path, `the file has ${size} bytes of ${needed}`);
}

/** A damaged database is never mended, moved or overwritten by us. */
export function damaged(path: string, came: string): TickbookError {
  return new TickbookError({
    code: "damaged-database",
    where: path,
    problem: `needs a sound SQLite database; ${came.replace(/\.$/, "")}: it is damaged, or none, and was left as it is`,
    hint: "Keep it for recovery (the sqlite3 shell's .recover), and pass another --db.",
    facts: { path },
  });
}

/** SQLite's and the file system's complaints about a path, in a sentence. */
function openingError(error: unknown, path: string): unknown {
  const code = (error as { code?: string }).code ?? "";
  const refusal = (name: string, came: string, hint: string): TickbookError =>
    new TickbookError({
      code: name,
      where: path,
      problem: `needs a database file it can write; ${came}`,
      hint,
      facts: { path, code },
    });
  if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT")) {
    return damaged(path, (error as Error).message);
  }
  if (isUnwritable(error) || /^(EISDIR|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT)$/.test(code)) {
    const system = systemCode(path);
    if (isPassing({ code: system })) return Object.assign(error as Error, { code: system });
    const came = `the path is not writable (${system ?? code})`;
    return refusal("unwritable-database", came, "Pass a --db in a folder that you may write to.");
  }
  if (!code.startsWith("SQLITE_")) return error;
  const came = `SQLite says ${quote((error as Error).message)} (${code})`;
  return refusal("database-error", came, "Mend that, or pass another --db.");
}

/** What the system itself says of a file there, which SQLite does not tell; undefined: nothing is in the way. */
function systemCode(path: string): string | undefined {
  // not the database: to close it would let go of the locks that other threads have on it
  const scratch = `${path}.try`;
  try {
    closeSync(openSync(scratch, "w"));
    rmSync(scratch, { force: true });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** SQLite found its file damaged, or none: for good, or because a disk answered wrongly. */
export function isDamage(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code === "damaged-database" || /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}

/** SQLite may not write its file: by rights or a disk that is read-only, which somebody may mend while we run. */
export function isUnwritable(error: unknown): boolean {
  return /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(String((error as { code?: unknown }).code));
}

/** What a disk, a lock or the machine does to us and may pass by itself: full, failing, busy, out of descriptors or memory. */
export function isPassing(error: unknown): boolean {
  const { code, facts } = error as { code?: unknown; facts?: { code?: unknown } };
  const passes = (text: unknown): boolean =>
    /^(SQLITE_(FULL|IOERR|BUSY|LOCKED|NOMEM|PROTOCOL|INTERRUPT)|(ENOSPC|EDQUOT|EIO|EMFILE|ENFILE|EAGAIN|ENOMEM|EBUSY|ESTALE|ETIMEDOUT)$)/.test(
      String(text),
    );
  return passes(code) || passes(facts?.code);
}
