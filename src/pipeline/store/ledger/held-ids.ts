import type Database from "better-sqlite3";
import { type IdRange, idRanges } from "./id-ranges.ts";

/**
 * The ids of one symbol that are missing between `first` and `last`, or next to them, as the ledger has it: each hole in full,
 * ascending; ids that merged trades stand for are not missing. What came before the first id ever held counts as missing.
 */
export type MissingWithin = (symbolId: number, first: number, last: number) => IdRange[];

export function missingIds(db: Database.Database): MissingWithin {
  const around = db.prepare<Record<string, number>, IdRange>(
    `SELECT first_id AS first, last_id AS last FROM ranges WHERE symbol_id = :symbol
       AND first_id >= coalesce((SELECT max(first_id) FROM ranges WHERE symbol_id = :symbol AND first_id < :first), 0)
       AND first_id <= coalesce((SELECT min(first_id) FROM ranges WHERE symbol_id = :symbol AND first_id > :last), :last)
     ORDER BY first_id`,
  );
  const earliest = db
    .prepare<number[], number | null>("SELECT min(first_id) FROM ranges WHERE symbol_id = ?")
    .pluck();
  const merged = db.prepare<number[], IdRange>(
    `SELECT first_id AS first, last_id AS last FROM agg_trades
     WHERE symbol_id = ? AND first_id >= ? AND first_id <= ? ORDER BY first_id`,
  );
  const anyMerged = db
    .prepare<number[], number>(
      "SELECT EXISTS (SELECT 1 FROM agg_trades WHERE symbol_id = ? AND first_id >= ? AND first_id <= ?)",
    )
    .pluck();
  return (symbolId, first, last) => {
    const touches = (hole: IdRange): boolean => hole.last >= first - 1 && hole.first <= last + 1;
    const found: IdRange[] = [];
    const start = earliest.get(symbolId) ?? 0;
    // ids begin at 0 or 1
    if (start > 1) found.push({ first: 0, last: start - 1 });
    let before: IdRange | undefined;
    for (const range of around.iterate({ symbol: symbolId, first, last })) {
      if (before !== undefined) found.push({ first: before.last + 1, last: range.first - 1 });
      before = range;
    }
    const touching = found.filter(touches);
    const [lowest, highest] = [touching[0], touching.at(-1)];
    // where nothing is merged, no hole is asked about: there may be very many
    if (lowest === undefined || anyMerged.get(symbolId, lowest.first, highest!.last) === 0) return touching;
    return touching.flatMap((hole) => {
      const rows = merged.all(symbolId, hole.first, hole.last);
      if (rows.length === 0) return [hole];
      const covered = idRanges();
      for (const row of rows) covered.hold(row.first, row.last);
      return covered.missing(hole).filter(touches);
    });
  };
}
