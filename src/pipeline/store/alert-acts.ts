import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import Database from "better-sqlite3";
import { refuse } from "../../core/errors.ts";

/** An act as it is kept: whoever reads it knows what it means. */
export interface StoredAct {
  /** Ascends. */
  readonly id: number;
  readonly act: string;
  readonly venue: string;
  readonly rule: string;
  readonly watched: string;
  readonly atUs: number;
  readonly untilUs: number;
}

/** The acts that a file holds, read again when it has changed. */
export interface ActsReader {
  /** Whether there are others than at the last look. Cheap. */
  look(): boolean;
  /** As they were at the last look, oldest first. */
  acts(): readonly StoredAct[];
}

/** "tkac": tells them from any other database. */
const APPLICATION_ID = 0x746b6163;
const VERSION = 1;
/** Older ones are let go. */
const MOST_ACTS = 10_000;

const TABLE = `
CREATE TABLE acts (
  act_id INTEGER PRIMARY KEY AUTOINCREMENT, act TEXT NOT NULL, venue TEXT NOT NULL, rule TEXT NOT NULL, watched TEXT NOT NULL,
  at_us INTEGER NOT NULL, until_us INTEGER NOT NULL
);
`;

/** Where the acts about the alerts of a database lie. */
export function actsFile(db: string): string {
  return join(dirname(resolve(db)), "alert-acts.db");
}

/** Adds one act. Notebooks write here, a short transaction each; the watch reads, and alone writes the history. */
export function addAct(file: string, act: Omit<StoredAct, "id">): void {
  // no write-ahead log: a reader needs the one file only, and sees by its time that it has changed
  const db = new Database(file, { timeout: 2000 });
  try {
    db.transaction(() => {
      const isNew = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() === 0;
      if (isNew) {
        db.exec(TABLE);
        db.pragma(`application_id = ${APPLICATION_ID}`);
        db.pragma(`user_version = ${VERSION}`);
      } else checkOurs(db, file);
      const { lastInsertRowid } = db
        .prepare(
          `INSERT INTO acts (act, venue, rule, watched, at_us, until_us)
           VALUES (@act, @venue, @rule, @watched, @atUs, @untilUs)`,
        )
        .run({ ...act, atUs: Math.round(act.atUs), untilUs: Math.round(act.untilUs) });
      db.prepare("DELETE FROM acts WHERE act_id <= ?").run(Number(lastInsertRowid) - MOST_ACTS);
    }).immediate();
  } finally {
    db.close();
  }
}

/** No file: there are none yet. */
export function actsReader(file: string): ActsReader {
  let seen = "";
  let acts: readonly StoredAct[] = [];
  return {
    look: () => {
      const now = stamp(file);
      if (now === seen) return false;
      const next = now === "" ? [] : read(file);
      if (next === undefined) return false;
      seen = now;
      acts = next;
      return true;
    },
    acts: () => acts,
  };
}

function stamp(file: string): string {
  if (!existsSync(file)) return "";
  const { mtimeNs, size } = statSync(file, { bigint: true });
  return `${mtimeNs} ${size}`;
}

/** Undefined: it is being written to; it is asked again. */
function read(file: string): StoredAct[] | undefined {
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 100 });
    try {
      if (db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() === 0) return undefined;
      checkOurs(db, file);
      return db
        .prepare<[], StoredAct>(
          "SELECT act_id AS id, act, venue, rule, watched, at_us AS atUs, until_us AS untilUs FROM acts ORDER BY act_id",
        )
        .all();
    } finally {
      db.close();
    }
  } catch (error) {
    if (/^SQLITE_(BUSY|LOCKED|CANTOPEN)/.test((error as { code?: string }).code ?? "")) return undefined;
    throw error;
  }
}

function checkOurs(db: Database.Database, file: string): void {
  const application = db.pragma("application_id", { simple: true });
  const version = db.pragma("user_version", { simple: true });
  if (application === APPLICATION_ID && version === VERSION) return;
  refuse({
    code: "foreign-database",
    where: file,
    problem: `needs the acts about alerts, version ${VERSION}; the file is ${application === APPLICATION_ID ? `of version ${version}` : "another database"}, and was left untouched`,
    hint: "Move it elsewhere.",
    facts: { file },
  });
}
