import type Database from "better-sqlite3";

/** What a database is that is opened for writing: the file that was written last, a backup of it, or a plain copy. */
export type Origin =
  | { readonly kind: "same" | "copy" }
  | { readonly kind: "backup"; readonly madeUs: number };

/** Tells what the file is, and from now on takes it for its own. `inode`: its number in the file system. */
export function originOf(db: Database.Database, inode: bigint | undefined): Origin {
  const own = String(inode);
  const row = db.prepare("SELECT inode, backup_us AS backupUs FROM origin").get() as
    | { inode: string; backupUs: number | null }
    | undefined;
  if (row?.inode === own && row.backupUs === null) return { kind: "same" };
  db.transaction(() => {
    db.exec("DELETE FROM origin");
    db.prepare("INSERT INTO origin (inode) VALUES (?)").run(own);
  }).immediate();
  if (row === undefined) return { kind: "same" };
  return row.backupUs === null ? { kind: "copy" } : { kind: "backup", madeUs: row.backupUs };
}
