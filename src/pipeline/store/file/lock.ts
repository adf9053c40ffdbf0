import Database from "better-sqlite3";
import { refuse } from "../../../core/errors.ts";

/**
 * Takes the one writer's lock of a database: an exclusive transaction on a tiny file beside it, which the system lets go
 * of when the process ends, however it ends. Readers are not concerned. Returns the release.
 */
export function lockDatabase(path: string): () => void {
  const side = new Database(`${path}.lock`, { timeout: 0 });
  try {
    side.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    side.close();
    if ((error as { code?: string }).code !== "SQLITE_BUSY") throw error;
    refuse({
      code: "database-in-use",
      where: path,
      problem: "needs to be the only collector of this database; another one is writing to it",
      hint: "Stop that one, or pass another --db.",
      facts: { path },
    });
  }
  return () => side.close();
}
