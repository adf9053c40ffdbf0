import type Database from "better-sqlite3";
import { keepsWorldClock, type Venue } from "../../core/trade.ts";
import { venueKind } from "./file/schema.ts";
import { type IdRange, idRanges } from "./ledger/id-ranges.ts";

/** Newest trades whose times tell a symbol's day: one wrong time among them moves nothing. */
const NEWEST = 101;
const DAY_US = 86_400_000_000;

/**
 * Where each symbol's venue is in time: the begin of its newest day, by the median of the newest trades of the symbol that is
 * furthest; never beyond this machine's clock where the venue keeps the same one. By symbol.
 */
export function newestDays(db: Database.Database, nowUs: number): ReadonlyMap<number, number> {
  const venues = db
    .prepare(`SELECT venue_id AS venueId, name, ${venueKind(db)} AS kind, detail FROM venues`)
    .all() as (Venue & { readonly venueId: number })[];
  const symbols = db.prepare<[number], number>("SELECT symbol_id FROM symbols WHERE venue_id = ?").pluck();
  const times = db
    .prepare<[number], number>(
      `SELECT trade_time_us FROM trades WHERE symbol_id = ? ORDER BY trade_id DESC LIMIT ${NEWEST}`,
    )
    .pluck();
  const days = new Map<number, number>();
  for (const venue of venues) {
    const ids = symbols.all(venue.venueId);
    const newest = ids.map((id) => {
      const sorted = times.all(id).sort((a, b) => a - b);
      return sorted[sorted.length >> 1] ?? Number.NEGATIVE_INFINITY;
    });
    const us = Math.min(Math.max(...newest), keepsWorldClock(venue) ? nowUs : Number.POSITIVE_INFINITY);
    for (const id of ids) days.set(id, Math.floor(us / DAY_US) * DAY_US);
  }
  return days;
}

/**
 * Lets archived files of one symbol go, in one transaction of the caller: they are `writing` again, so that whoever clears
 * what is unfinished removes them. What lies below all that is still held is as if it had never been collected; an id above
 * that is a hole which says why. A file that brought such trades may be imported again.
 */
export function dropParts(
  db: Database.Database,
  symbolId: number,
  partIds: readonly number[],
  nowUs: number,
): void {
  const some = JSON.stringify(partIds);
  const gone = db
    .prepare<[string], IdRange>(
      `SELECT first_id AS first, last_id AS last FROM archived_ids
       WHERE part_id IN (SELECT value FROM json_each(?)) ORDER BY first_id`,
    )
    .all(some);
  const untilUs = db
    .prepare<[string], number | null>(
      "SELECT max(at_us) FROM archived WHERE part_id IN (SELECT value FROM json_each(?))",
    )
    .pluck()
    .get(some);
  db.prepare("DELETE FROM archived_ids WHERE part_id IN (SELECT value FROM json_each(?))").run(some);
  db.prepare("UPDATE archived SET state = 'writing' WHERE part_id IN (SELECT value FROM json_each(?))").run(
    some,
  );
  forgetImports(db, symbolId, untilUs ?? 0);
  const first = firstHeld(db, symbolId);
  for (const table of ["agg_trades", "holes"])
    db.prepare(`DELETE FROM ${table} WHERE symbol_id = ? AND last_id < ?`).run(symbolId, first);
  for (const table of ["conflicts", "odd_times"])
    db.prepare(`DELETE FROM ${table} WHERE symbol_id = ? AND trade_id < ?`).run(symbolId, first);
  db.prepare("UPDATE holes SET first_id = ? WHERE symbol_id = ? AND first_id < ?").run(
    first,
    symbolId,
    first,
  );
  const held = idRanges(
    db
      .prepare<[number], IdRange>(
        "SELECT first_id AS first, last_id AS last FROM ranges WHERE symbol_id = ? ORDER BY first_id",
      )
      .all(symbolId),
  );
  const hole = db.prepare(
    `INSERT INTO holes (symbol_id, first_id, last_id, found_us, reason, state, note, changed_us)
     VALUES (?, ?, ?, ?, 'retention', 'unrecoverable', 'removed, as it was older than what is kept', ?)`,
  );
  for (const ids of gone) {
    held.release(ids.first, ids.last);
    if (ids.last > first) hole.run(symbolId, Math.max(ids.first, first), ids.last, nowUs, nowUs);
  }
  db.prepare("DELETE FROM ranges WHERE symbol_id = ?").run(symbolId);
  const put = db.prepare("INSERT INTO ranges (symbol_id, first_id, last_id) VALUES (?, ?, ?)");
  for (const range of held.ranges) put.run(symbolId, range.first, range.last);
}

/** The lowest id that is in the database or in a file that counts; beyond all ids where there is none. */
function firstHeld(db: Database.Database, symbolId: number): number {
  const stored = db.prepare<[number], number | null>("SELECT min(trade_id) FROM trades WHERE symbol_id = ?");
  const archived = db.prepare<[number], number | null>(
    `SELECT min(i.first_id) FROM archived_ids i JOIN archived a USING (part_id)
     WHERE a.symbol_id = ? AND a.state = 'archived'`,
  );
  const ids = [stored, archived].map((one) => one.pluck().get(symbolId) ?? Number.MAX_SAFE_INTEGER);
  return Math.min(...ids);
}

function forgetImports(db: Database.Database, symbolId: number, untilUs: number): void {
  const old = "SELECT import_id FROM imports WHERE symbol_id = ? AND kind <> 'bars' AND started_us <= ?";
  db.prepare(`DELETE FROM import_runs WHERE import_id IN (${old})`).run(symbolId, untilUs);
  db.prepare(`DELETE FROM imports WHERE import_id IN (${old})`).run(symbolId, untilUs);
}
