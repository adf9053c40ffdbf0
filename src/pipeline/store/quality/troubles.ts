import Database from "better-sqlite3";

/** Why trades of a symbol were not stored, as the collector has noted it. Times are µs since 1970 UTC. */
export interface Trouble {
  readonly venue: string;
  readonly symbol: string;
  /** `ids-anew`: the exchange's ids have started over. `ids-below`: they lie below all that were ever held. */
  readonly kind: string;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly trades: number;
}

/** Holes of a symbol that only the exchange's files can fill. */
export interface FileHoles {
  readonly venue: string;
  readonly symbol: string;
  readonly holes: number;
  readonly ids: number;
}

export interface CollectorFacts {
  /** A collector, or another command that writes, has the database open. */
  readonly running: boolean;
  readonly troubles: readonly Trouble[];
  readonly fileHoles: readonly FileHoles[];
}

/** What a database says of its collector. `left`: the note of holes that are left to files. */
export function collectorFacts(path: string, left: string): CollectorFacts {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    const has = db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'troubles'").pluck().get();
    const troubles = db.prepare<[], Trouble>(
      `SELECT v.name AS venue, s.symbol, t.kind, first_us AS firstUs, last_us AS lastUs, trades
       FROM ${has === 1 ? "troubles" : "(SELECT 0 AS symbol_id, '' AS kind, 0 AS first_us, 0 AS last_us, 0 AS trades)"} t
       JOIN symbols s USING (symbol_id) JOIN venues v USING (venue_id) ORDER BY symbol_id, t.kind`,
    );
    const fileHoles = db.prepare<[string], FileHoles>(
      `SELECT v.name AS venue, s.symbol, count(*) AS holes, sum(last_id - first_id + 1) AS ids
       FROM holes JOIN symbols s USING (symbol_id) JOIN venues v USING (venue_id)
       WHERE state IN ('detected', 'partly filled') AND note = ? GROUP BY symbol_id ORDER BY symbol_id`,
    );
    return { running: isLocked(path), troubles: troubles.all(), fileHoles: fileHoles.all(left) };
  } finally {
    db.close();
  }
}

/** Whether somebody holds the writer's lock. */
function isLocked(path: string): boolean {
  try {
    const side = new Database(`${path}.lock`, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      side.prepare("SELECT count(*) FROM sqlite_schema").get();
      return false;
    } finally {
      side.close();
    }
  } catch (error) {
    return (error as { code?: string }).code === "SQLITE_BUSY";
  }
}
