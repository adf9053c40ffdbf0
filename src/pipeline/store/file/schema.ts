import { renameSync, rmSync } from "node:fs";
import type Database from "better-sqlite3";
import { refuse } from "../../../core/errors.ts";
import { refuseWithoutRoom, syncFile, usedBytes } from "./room.ts";
import { FILES, IMPORTS, LEDGER, MIGRATIONS, TRADES, TROUBLES } from "./schema-tables.ts";

/** "tkbk": tells a database of ours from any other. */
export const APPLICATION_ID = 0x746b626b;
export const SCHEMA_VERSION = 5;
/** The oldest that can be read as it is: version 4 changed what imports keep, 5 what is known of venues and collectors. */
export const OLDEST_READABLE = 3;

/** The oldest SQLite without the WAL-reset race (3.7.0 to 3.51.2 could corrupt a database with two connections). */
const OLDEST_SQLITE = [3, 51, 3] as const;

export function checkEngine(db: Database.Database): void {
  checkVersion(db.prepare("SELECT sqlite_version()").pluck().get() as string);
}

export function checkVersion(version: string): void {
  const parts = version.split(".").map(Number);
  for (let i = 0; i < OLDEST_SQLITE.length; i++) {
    const difference = (parts[i] ?? 0) - OLDEST_SQLITE[i]!;
    if (difference > 0) return;
    if (difference < 0) {
      refuse({
        code: "old-sqlite",
        where: "store",
        problem: `needs SQLite ${OLDEST_SQLITE.join(".")} or newer (older ones can corrupt a database in WAL mode); got ${version}`,
        hint: "Install the pinned packages again with npm ci.",
        facts: { version },
      });
    }
  }
}

/** An older database is about to be brought up to date: how large it is, and about how long that takes. */
export interface Upgrade {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Measured on an ordinary disk. */
const COPIED_A_SECOND = 60e6;

/**
 * Makes the schema in an empty database, and brings an older one of ours to this version: a copy is put beside it
 * (`<file>.v1.bak`), then all steps are one transaction. Refuses any other database. Returns the path of the copy, if any.
 */
export function ensureSchema(
  db: Database.Database,
  path: string,
  upgrading: (upgrade: Upgrade) => void = () => {},
): string | undefined {
  checkEngine(db);
  const objects = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() as number;
  if (objects === 0) {
    db.transaction(() => {
      db.exec(TRADES + LEDGER + FILES + IMPORTS + TROUBLES);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${SCHEMA_VERSION}`);
    }).immediate();
    return undefined;
  }
  const version = db.pragma("user_version", { simple: true }) as number;
  const isOurs = db.pragma("application_id", { simple: true }) === APPLICATION_ID;
  if (!isOurs || version < 1 || version >= SCHEMA_VERSION) {
    checkSchema(db, path);
    return undefined;
  }
  const copy = `${path}.v${version}.bak`;
  const bytes = usedBytes(db);
  upgrading({ from: version, to: SCHEMA_VERSION, bytes, seconds: Math.ceil(bytes / COPIED_A_SECOND) });
  refuseWithoutRoom(path, bytes * 1.05, "the copy that is kept of it before it is brought up to date");
  const draft = `${copy}.part`;
  rmSync(draft, { force: true });
  db.prepare("VACUUM INTO ?").run(draft);
  syncFile(draft);
  renameSync(draft, copy);
  // a table that others point to is made anew
  db.pragma("foreign_keys = OFF");
  db.pragma("legacy_alter_table = ON");
  db.transaction(() => {
    for (let step = version + 1; step <= SCHEMA_VERSION; step++) db.exec(MIGRATIONS[step]!);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  }).immediate();
  db.pragma("legacy_alter_table = OFF");
  return copy;
}

/** SQL for a venue's kind, in a database of any version that can be read. */
export function venueKind(db: Database.Database): string {
  const hasFiles = (db.pragma("user_version", { simple: true }) as number) >= 4;
  return hasFiles ? "CASE WHEN from_file = 1 THEN 'file' ELSE kind END" : "kind";
}

/** Refuses a database that is foreign, or newer or older than this program. */
export function checkSchema(db: Database.Database, path: string, oldest: number = SCHEMA_VERSION): void {
  const application = db.pragma("application_id", { simple: true }) as number;
  const version = db.pragma("user_version", { simple: true }) as number;
  if (application !== APPLICATION_ID) {
    refuse({
      code: "foreign-database",
      where: path,
      problem: `needs a Tickbook database; the file is another program's (application_id ${application}), and was left untouched`,
      hint: "Name another database.",
      facts: { path, application },
    });
  }
  if (version < oldest || version > SCHEMA_VERSION) {
    refuse({
      code: "schema-version",
      where: path,
      problem: `needs schema version ${SCHEMA_VERSION}; the file has version ${version}, and was left untouched`,
      hint:
        version > SCHEMA_VERSION
          ? "Update Tickbook, or name another database."
          : "Run the collector on it once: it keeps a copy and brings it up to date.",
      facts: { path, version, needed: SCHEMA_VERSION },
    });
  }
}
