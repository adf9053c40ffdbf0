import type Database from "better-sqlite3";
import type { IdRange } from "./id-ranges.ts";

export type HoleState = "detected" | "partly filled" | "filled" | "aggregated" | "unrecoverable";

/** A hole as the table has it. */
export interface HoleRow {
  readonly hole_id: number;
  readonly first_id: number;
  readonly last_id: number;
  readonly found_us: number;
  readonly reason: string;
  readonly state: HoleState;
  readonly tries: number;
  readonly note: string;
}

/** One symbol's rows of the ledger's tables: each call is one statement. */
export interface LedgerRows {
  ranges(): IdRange[];
  /** Puts these ranges in the place of those that begin in `within`. */
  replaceRanges(within: IdRange, ranges: readonly IdRange[]): void;
  /** From the first to the last id that is in a hole, whatever became of it; undefined: there was never one. */
  listed(): IdRange | undefined;
  openHole(ids: IdRange, foundUs: number, reason: string, nowUs: number): HoleRow;
  hole(holeId: number): HoleRow | undefined;
  /** Neither filled nor given up, ascending. */
  openHoles(): HoleRow[];
  /** The newest of them that begin below an id, newest first. */
  openBelow(below: number, most: number): HoleRow[];
  /** Not filled, given up ones included, each once. */
  unfilled(within: readonly IdRange[]): HoleRow[];
  /** Writes what may change in a row: its state, tries and note. */
  update(row: HoleRow, nowUs: number): void;
  countTry(holeId: number): void;
  drop(holeId: number): void;
  revise(ids: IdRange, nowUs: number): void;
}

const HOLE = "hole_id, first_id, last_id, found_us, reason, state, tries, note";

export function ledgerRows(db: Database.Database, symbolId: number): LedgerRows {
  const ranges = db.prepare<[number], IdRange>(
    "SELECT first_id AS first, last_id AS last FROM ranges WHERE symbol_id = ? ORDER BY first_id",
  );
  const dropRanges = db.prepare("DELETE FROM ranges WHERE symbol_id = ? AND first_id BETWEEN ? AND ?");
  const putRange = db.prepare("INSERT INTO ranges (symbol_id, first_id, last_id) VALUES (?, ?, ?)");
  const listed = db.prepare<[number], { first: number | null; last: number | null }>(
    "SELECT min(first_id) AS first, max(last_id) AS last FROM holes WHERE symbol_id = ?",
  );
  const putHole = db.prepare<unknown[], HoleRow>(
    `INSERT INTO holes (symbol_id, first_id, last_id, found_us, reason, state, changed_us)
     VALUES (?, ?, ?, ?, ?, 'detected', ?) RETURNING ${HOLE}`,
  );
  const hole = db.prepare<number[], HoleRow>(`SELECT ${HOLE} FROM holes WHERE hole_id = ? AND symbol_id = ?`);
  const openHoles = db.prepare<number[], HoleRow>(
    `SELECT ${HOLE} FROM holes WHERE symbol_id = ? AND state <> 'filled' AND state <> 'unrecoverable'
     ORDER BY first_id`,
  );
  const openBelow = db.prepare<number[], HoleRow>(
    `SELECT ${HOLE} FROM holes WHERE symbol_id = ? AND state <> 'filled' AND state <> 'unrecoverable'
     AND first_id < ? ORDER BY first_id DESC LIMIT ?`,
  );
  // unfilled holes do not overlap: of those that begin before the first id only the last can reach it
  const unfilled = db.prepare<Record<string, number>, HoleRow>(
    `SELECT ${HOLE} FROM holes WHERE symbol_id = :symbol AND state <> 'filled' AND last_id >= :first
       AND first_id <= :last AND first_id >= coalesce((SELECT max(first_id) FROM holes
         WHERE symbol_id = :symbol AND state <> 'filled' AND first_id < :first), 0)
     ORDER BY first_id`,
  );
  const update = db.prepare(
    "UPDATE holes SET state = ?, tries = ?, note = ?, changed_us = ? WHERE hole_id = ?",
  );
  const countTry = db.prepare("UPDATE holes SET tries = tries + 1 WHERE hole_id = ? AND symbol_id = ?");
  const drop = db.prepare("DELETE FROM holes WHERE hole_id = ?");
  const revise = db.prepare(
    "INSERT INTO revisions (symbol_id, first_id, last_id, at_us) VALUES (?, ?, ?, ?)",
  );
  return {
    ranges: () => ranges.all(symbolId),
    replaceRanges: (within, changed) => {
      dropRanges.run(symbolId, within.first, within.last);
      for (const { first, last } of changed) putRange.run(symbolId, first, last);
    },
    listed: () => {
      const { first, last } = listed.get(symbolId)!;
      return first === null || last === null ? undefined : { first, last };
    },
    openHole: ({ first, last }, foundUs, reason, nowUs) =>
      putHole.get(symbolId, first, last, foundUs, reason, nowUs)!,
    hole: (holeId) => hole.get(holeId, symbolId),
    openHoles: () => openHoles.all(symbolId),
    openBelow: (below, most) => openBelow.all(symbolId, below, most),
    unfilled: (within) => {
      const rows = new Map<number, HoleRow>();
      for (const { first, last } of within) {
        for (const row of unfilled.all({ symbol: symbolId, first, last })) rows.set(row.hole_id, row);
      }
      return [...rows.values()];
    },
    update: ({ state, tries, note, hole_id }, nowUs) => update.run(state, tries, note, nowUs, hole_id),
    countTry: (holeId) => countTry.run(holeId, symbolId),
    drop: (holeId) => drop.run(holeId),
    revise: ({ first, last }, nowUs) => revise.run(symbolId, first, last, nowUs),
  };
}
