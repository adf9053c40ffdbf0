import type Database from "better-sqlite3";
import { refuse } from "../../../core/errors.ts";
import { openLocked } from "../file/open.ts";
import { noteUndone, readPublished } from "../file/published.ts";
import { type IdRange, type IdRanges, idRanges } from "../ledger/id-ranges.ts";
import type { ImportEntry } from "./import-journal.ts";

/** What an import had brought, and is gone. */
export interface Undone {
  readonly file: string;
  readonly venue: string;
  readonly symbol: string;
  readonly kind: ImportEntry["kind"];
  readonly removed: number;
}

interface Entry {
  readonly importId: number;
  readonly startedUs: number;
  readonly symbolId: number;
  readonly file: string;
  readonly venue: string;
  readonly symbol: string;
  readonly kind: ImportEntry["kind"];
}

/**
 * Takes imports back: those of a content, or of a name where the file is gone. Only what they brought goes; rows that were held
 * before, or came from elsewhere since, stay. The ids become holes where others lie around them. One transaction.
 */
export function undoImport(
  path: string,
  what: { readonly file: string; readonly sha256: string | undefined },
  nowUs: number,
): Undone[] {
  return openLocked(path, ({ db, release }) => {
    try {
      return db.transaction(() => undoIn(db, path, what, nowUs)).immediate();
    } finally {
      db.close();
      release();
    }
  });
}

/** The same in a database that is open, inside a transaction. */
export function undoIn(
  db: Database.Database,
  path: string,
  what: { readonly file: string; readonly sha256: string | undefined },
  nowUs: number,
): Undone[] {
  const isPublished = readPublished(path) !== undefined;
  return entriesOf(db, path, what).map((entry) => undo(db, entry, nowUs, isPublished ? path : undefined));
}

function entriesOf(
  db: Database.Database,
  path: string,
  { file, sha256 }: { readonly file: string; readonly sha256: string | undefined },
): Entry[] {
  const entries = db
    .prepare(
      `SELECT import_id AS importId, started_us AS startedUs, symbol_id AS symbolId, file, venues.name AS venue, symbol, imports.kind AS kind
       FROM imports JOIN symbols USING (symbol_id) JOIN venues USING (venue_id)
       WHERE ${sha256 === undefined ? "file = ?" : "sha256 = ?"} ORDER BY import_id DESC`,
    )
    .all(sha256 ?? file) as Entry[];
  if (entries.length > 0) return entries;
  return refuse({
    code: "no-import",
    where: file,
    problem: `needs a file that was imported into ${path}; ${sha256 === undefined ? "none of this name was" : "this content was not"}`,
    hint: "The table imports lists what was.",
  });
}

/** `published`: the path of a database whose relay has to know. */
function undo(db: Database.Database, entry: Entry, nowUs: number, published: string | undefined): Undone {
  const { importId, startedUs, symbolId, file, venue, symbol, kind } = entry;
  const runs =
    "(SELECT at_us FROM import_runs WHERE import_id = ? UNION SELECT started_us FROM imports WHERE import_id = ?)";
  const archived = db
    .prepare(`SELECT count(*) FROM archived WHERE symbol_id = ? AND state = 'archived'`)
    .pluck()
    .get(symbolId) as number;
  if (kind !== "bars" && archived > 0) {
    refuse({
      code: "archived",
      where: file,
      problem: `needs trades of ${symbol} that are all in the database to take an import back; ${archived} days of them are archived`,
      hint: "Begin another database, and import there what is to stay.",
    });
  }
  const gone = idRanges();
  let removed = 0;
  const take = (sql: string): void => {
    for (const { first, last } of db.prepare<unknown[], IdRange>(sql).all(symbolId, importId, importId)) {
      gone.hold(first, last);
      removed++;
    }
  };
  if (kind === "bars")
    removed = db.prepare("DELETE FROM imported_bars WHERE import_id = ?").run(importId).changes;
  else if (kind === "aggTrades")
    take(
      `DELETE FROM agg_trades WHERE symbol_id = ? AND received_us IN ${runs} RETURNING first_id AS first, last_id AS last`,
    );
  // a file of merged trades may have single ones, too
  if (kind !== "bars")
    take(
      `DELETE FROM trades WHERE symbol_id = ? AND source = 2 AND received_us IN ${runs} RETURNING trade_id AS first, trade_id AS last`,
    );
  db.prepare(`DELETE FROM conflicts WHERE symbol_id = ? AND source = 2 AND found_us IN ${runs}`).run(
    symbolId,
    importId,
    importId,
  );
  if (kind !== "bars") mendLedger(db, symbolId, gone, nowUs);
  if (kind !== "bars" && published !== undefined) {
    const receivedUs = db.prepare<unknown[], number>(runs.slice(1, -1)).pluck().all(importId, importId);
    noteUndone(published, { importId, startedUs, venue, symbol, kind, ids: gone.ranges, receivedUs });
  }
  db.prepare("DELETE FROM import_runs WHERE import_id = ?").run(importId);
  db.prepare("UPDATE imported_bars SET import_id = NULL WHERE import_id = ?").run(importId);
  db.prepare("DELETE FROM imports WHERE import_id = ?").run(importId);
  return { file, venue, symbol, kind, removed };
}

/** Ranges and holes of a symbol as its rows have them now. */
function mendLedger(db: Database.Database, symbolId: number, gone: IdRanges, nowUs: number): void {
  const islands = (table: string, first: string, last: string): IdRanges => {
    const found = idRanges();
    const rows = db.prepare<unknown[], IdRange>(
      `SELECT ${first} AS first, ${last} AS last FROM ${table} WHERE symbol_id = ? ORDER BY ${first}`,
    );
    for (const row of rows.iterate(symbolId)) found.hold(row.first, row.last);
    return found;
  };
  const held = islands("trades", "trade_id", "trade_id");
  const merged = islands("agg_trades", "first_id", "last_id");
  db.prepare("DELETE FROM ranges WHERE symbol_id = ?").run(symbolId);
  const put = db.prepare("INSERT INTO ranges (symbol_id, first_id, last_id) VALUES (?, ?, ?)");
  for (const { first, last } of held.ranges) put.run(symbolId, first, last);
  const revise = db.prepare(
    "INSERT INTO revisions (symbol_id, first_id, last_id, at_us) VALUES (?, ?, ?, ?)",
  );
  for (const { first, last } of gone.ranges) revise.run(symbolId, first, last, nowUs);
  const ends = [...held.ranges, ...merged.ranges];
  const span =
    ends.length === 0
      ? undefined
      : {
          first: Math.min(...ends.map(({ first }) => first)),
          last: Math.max(...ends.map(({ last }) => last)),
        };
  mendHoles(db, symbolId, { held, merged, span }, nowUs);
}

interface Held {
  readonly held: IdRanges;
  readonly merged: IdRanges;
  readonly span: IdRange | undefined;
}

function mendHoles(
  db: Database.Database,
  symbolId: number,
  { held, merged, span }: Held,
  nowUs: number,
): void {
  const outside = db.prepare("DELETE FROM holes WHERE symbol_id = ? AND (first_id > ? OR last_id < ?)");
  outside.run(symbolId, span?.last ?? -1, span?.first ?? Number.MAX_SAFE_INTEGER);
  if (span === undefined) {
    db.prepare("DELETE FROM holes WHERE symbol_id = ?").run(symbolId);
    return;
  }
  const listed = idRanges();
  const set = db.prepare("UPDATE holes SET state = ?, changed_us = ? WHERE hole_id = ?");
  const holes = db
    .prepare<unknown[], IdRange & { id: number; state: string }>(
      "SELECT hole_id AS id, first_id AS first, last_id AS last, state FROM holes WHERE symbol_id = ?",
    )
    .all(symbolId);
  const stateOf = (hole: IdRange): string => {
    const missing = held.missing(hole);
    if (missing.length === 0) return "filled";
    const all = missing.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    const asMerged = missing.reduce((sum, gap) => sum + merged.count(gap), 0);
    if (asMerged === all) return "aggregated";
    return all < hole.last - hole.first + 1 || asMerged > 0 ? "partly filled" : "detected";
  };
  for (const hole of holes) {
    const state = stateOf(hole);
    if (state !== "filled") listed.hold(hole.first, hole.last);
    if (hole.state !== "unrecoverable" && state !== hole.state) set.run(state, nowUs, hole.id);
  }
  const put = db.prepare(
    `INSERT INTO holes (symbol_id, first_id, last_id, found_us, reason, state, changed_us) VALUES (?, ?, ?, ?, 'import taken back', ?, ?)`,
  );
  for (const gap of held.missing(span)) {
    for (const { first, last } of listed.missing(gap)) {
      if (first >= gap.first && last <= gap.last)
        put.run(symbolId, first, last, nowUs, stateOf({ first, last }), nowUs);
    }
  }
}
