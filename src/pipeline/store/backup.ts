import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "better-sqlite3";
import { quote, refuse } from "../../core/errors.ts";
import { makeFolder } from "./file/folder.ts";
import { refuseWithoutRoom, syncFile, usedBytes } from "./file/room.ts";
import { connectReadOnly } from "./read/connect.ts";

export interface BackupResult {
  readonly file: string;
  readonly bytes: number;
  /** Held in it, archived ones not counted. */
  readonly trades: number;
  /** Files of the archive that it points to; they are not in it. */
  readonly archivedFiles: number;
}

/**
 * A copy of a database as it is at one moment, made while it is written: complete, compact, checked page by page, and in
 * its place under its name only when all of that is done. Refuses where there is no room for it, and to overwrite.
 */
export function backUp(db: string, file: string, nowUs: number): BackupResult {
  const path = resolve(file);
  if (existsSync(path)) {
    refuse({
      code: "file-exists",
      where: file,
      problem: "needs a name that is free for the backup; there is a file already",
      hint: "Pass another --out, or move that file away.",
    });
  }
  // refuses what is no database of ours
  connectReadOnly(resolve(db)).close();
  const source = new Database(resolve(db), { readonly: true, fileMustExist: true });
  const draft = `${path}.part`;
  try {
    makeFolder(dirname(path));
    refuseWithoutRoom(path, usedBytes(source), "the copy");
    rmSync(draft, { force: true });
    source.prepare("VACUUM INTO ?").run(draft);
    const facts = checked(draft, nowUs);
    syncFile(draft);
    renameSync(draft, path);
    return { file, bytes: statSync(path).size, ...facts };
  } finally {
    source.close();
    rmSync(draft, { force: true });
  }
}

/** Reads the copy as a whole, and marks it as one that was made on purpose. */
function checked(draft: string, nowUs: number): { readonly trades: number; readonly archivedFiles: number } {
  const copy = new Database(draft);
  try {
    const [problem] = copy.pragma("integrity_check(1)", { simple: false }) as { integrity_check: string }[];
    if (problem?.integrity_check !== "ok") {
      refuse({
        code: "backup-damaged",
        where: draft,
        problem: `needs a copy that is whole; SQLite says ${quote(problem?.integrity_check ?? "nothing")}`,
        hint: "The disk, or the database itself, may be failing: run npm run doctor -- --full.",
      });
    }
    const count = (sql: string): number => copy.prepare(sql).pluck().get() as number;
    if (count("SELECT count(*) FROM sqlite_schema WHERE name = 'origin'") === 1)
      copy.prepare("UPDATE origin SET backup_us = ?").run(nowUs);
    return {
      trades: count("SELECT count(*) FROM trades"),
      archivedFiles: count("SELECT count(*) FROM archived WHERE state = 'archived'"),
    };
  } finally {
    copy.close();
  }
}
