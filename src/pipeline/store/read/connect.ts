import { statSync } from "node:fs";
import Database from "better-sqlite3";
import { quote, refuse } from "../../../core/errors.ts";
import { checkEngine, checkSchema, OLDEST_READABLE } from "../file/schema.ts";

/** A read-only connection to a database of ours; refuses anything else. */
export function connectReadOnly(path: string): Database.Database {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    refuse({
      code: "no-database",
      where: path,
      problem: "needs a database that a collector has made; there is no such file",
      hint: "Run npm start, or npm run collect -- --db FILE, first.",
      facts: { path },
    });
  }
  const unreadable = (came: string): never =>
    refuse({
      code: "unreadable-database",
      where: path,
      problem: `needs a Tickbook database; ${came}`,
      hint: "Pass another database file.",
    });
  if (!found.isFile()) unreadable("it is something else than a file");
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 });
    checkEngine(db);
    db.pragma("query_only = ON");
    db.pragma("trusted_schema = OFF");
    checkSchema(db, path, OLDEST_READABLE);
    return db;
  } catch (error) {
    db?.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_") !== true) throw error;
    return unreadable(`SQLite says ${quote((error as Error).message)}`);
  }
}
