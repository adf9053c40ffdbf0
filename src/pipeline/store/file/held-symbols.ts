import Database from "better-sqlite3";

/** The symbols that a database knows of a venue; none where there is no such database, or it can't be read at the moment. */
export function heldSymbols(file: string, venue: string): readonly string[] {
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 1000 });
    try {
      return db
        .prepare("SELECT s.symbol FROM symbols s JOIN venues v USING (venue_id) WHERE v.name = ?")
        .pluck()
        .all(venue) as string[];
    } finally {
      db.close();
    }
  } catch {
    return [];
  }
}
