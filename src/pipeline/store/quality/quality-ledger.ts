import type Database from "better-sqlite3";
import { type IdRange, type IdRanges, idRanges } from "../ledger/id-ranges.ts";
import type { HoleState } from "../ledger/ledger.ts";
import { mergedIds } from "../ledger/merged.ts";
import { edgeTimes } from "./edge-times.ts";
import type { Coverage, HoleSpan, LedgerCheck, LedgerDefect } from "./quality-types.ts";

export interface HoleRow extends IdRange {
  readonly state: HoleState;
  readonly reason: string;
  readonly tries: number;
  readonly note: string;
  readonly foundUs: number;
}

/** A set of ids that can be counted. */
export type Ids = Pick<IdRanges, "count">;

export interface LedgerChecks {
  held(symbolId: number): IdRanges;
  /** The missing ids that merged trades stand for; the state `aggregated` is believed, there may be very many of them. */
  merged(symbolId: number, held: IdRanges, holes: readonly HoleRow[]): Ids;
  holeRows(symbolId: number): HoleRow[];
  countHoles(
    held: IdRanges,
    holes: readonly HoleRow[],
  ): Record<HoleState, { holes: number; missingIds: number }>;
  spans(symbolId: number, most: number): HoleSpan[];
  /** Compares the newest `most` ids of a span, and looks for trades outside it. */
  check(symbolId: number, span: IdRange, most: number): LedgerCheck;
}

/** Ids compared in one transaction: it must not keep the collector's log from being emptied. */
const CHUNK = 1_000_000;
const MOST_DEFECTS = 10;

export function coverageOf(held: IdRanges, merged: Ids, within: IdRange): Coverage {
  const ids = size(within);
  const missing = held.missing(within);
  const missingIds = missing.reduce((sum, gap) => sum + size(gap), 0);
  const aggregatedIds = missing.reduce((sum, gap) => sum + merged.count(gap), 0);
  const heldIds = ids - missingIds;
  return {
    ids,
    heldIds,
    missingIds,
    aggregatedIds,
    rawPercent: (100 * heldIds) / ids,
    withAggregatedPercent: (100 * (heldIds + aggregatedIds)) / ids,
  };
}

/** Holes and the ids that are missing in them, by state. */
export function countHoles(
  ids: IdRanges,
  rows: readonly HoleRow[],
): Record<HoleState, { holes: number; missingIds: number }> {
  const none = (): { holes: number; missingIds: number } => ({ holes: 0, missingIds: 0 });
  const counts = {
    detected: none(),
    "partly filled": none(),
    filled: none(),
    aggregated: none(),
    unrecoverable: none(),
  };
  for (const row of rows) {
    counts[row.state].holes++;
    counts[row.state].missingIds += size(row) - ids.count(row);
  }
  return counts;
}

export function ledgerChecks(db: Database.Database): LedgerChecks {
  const ranges = db.prepare<[number], IdRange>(
    "SELECT first_id AS first, last_id AS last FROM ranges WHERE symbol_id = ? ORDER BY first_id",
  );
  const holeRows = db.prepare<[number, number], HoleRow>(
    `SELECT first_id AS first, last_id AS last, state, reason, tries, note, found_us AS foundUs
     FROM holes WHERE symbol_id = ? ORDER BY first_id DESC LIMIT ?`,
  );
  const anyMerged = db
    .prepare<[number], number>("SELECT EXISTS (SELECT 1 FROM agg_trades WHERE symbol_id = ?)")
    .pluck();
  const edges = edgeTimes(db);
  const compare = comparison(db);

  const held = (symbolId: number): IdRanges => idRanges(ranges.all(symbolId));
  const newestHoles = (symbolId: number, most: number): HoleRow[] => holeRows.all(symbolId, most).reverse();

  /** Ids of aggregated holes which neither a trade nor a merged one stands for. */
  const notMerged = db.transaction((symbolId: number): LedgerDefect[] => {
    const ids = held(symbolId);
    return newestHoles(symbolId, -1)
      .filter(({ state }) => state === "aggregated")
      .flatMap((hole) => ids.missing(hole))
      .flatMap((gap) => {
        const found = mergedIds(db, symbolId);
        found.load(gap);
        return found.missing(gap).map((range): LedgerDefect => ({ ...range, kind: "no merged trade" }));
      });
  });

  return {
    held,
    merged: (symbolId, ids, holes) => {
      const found = mergedIds(db, symbolId);
      // where there are none, no hole is asked about: there may be very many
      const isAny = anyMerged.get(symbolId) === 1;
      for (const hole of holes.filter(({ state }) => state !== "filled")) {
        for (const gap of ids.missing(hole)) {
          if (hole.state === "aggregated") found.hold(gap.first, gap.last);
          else if (isAny) found.load(gap);
        }
      }
      return found;
    },
    holeRows: (symbolId) => newestHoles(symbolId, -1),
    countHoles,
    spans: db.transaction((symbolId: number, most: number) => {
      const ids = held(symbolId);
      return newestHoles(symbolId, most).map((row) => ({
        ...row,
        missingIds: size(row) - ids.count(row),
        fromUs: edges.before(symbolId, row.first)?.timeUs ?? Number.NaN,
        toUs: edges.after(symbolId, row.last)?.timeUs ?? Number.NaN,
      }));
    }),
    check: (symbolId, { first, last }, most) => {
      const fromId = Math.max(first, last - most + 1);
      const defects = compare(symbolId, { first: 0, last: first - 1 });
      for (let start = fromId; start <= last && defects.length < MOST_DEFECTS; start += CHUNK) {
        // whatever lies above the newest id belongs to the last part
        const end = start + CHUNK > last ? Number.MAX_SAFE_INTEGER : start + CHUNK - 1;
        defects.push(...compare(symbolId, { first: start, last: end }));
      }
      const whole = fromId === first;
      if (whole) defects.push(...notMerged(symbolId));
      return { fromId, whole, defects: defects.slice(0, MOST_DEFECTS) };
    },
  };
}

/**
 * Compares the ledger with the trades of a span of ids, in one transaction. Ids are unique, so a range is stored when
 * its count is its length; only where it is not are the islands of ids looked for.
 */
function comparison(db: Database.Database): (symbolId: number, within: IdRange) => LedgerDefect[] {
  const touching = db.prepare<number[], IdRange>(
    `SELECT first_id AS first, last_id AS last FROM ranges
     WHERE symbol_id = ? AND last_id >= ? AND first_id <= ? ORDER BY first_id`,
  );
  const archived = db.prepare<number[], IdRange>(
    `SELECT i.first_id AS first, i.last_id AS last FROM archived a JOIN archived_ids i USING (part_id)
     WHERE a.symbol_id = ? AND a.state = 'archived' AND i.last_id >= ? AND i.first_id <= ?`,
  );
  const SPAN = "FROM trades WHERE symbol_id = ? AND trade_id BETWEEN ? AND ?";
  const count = db.prepare<number[], number>(`SELECT count(*) ${SPAN}`).pluck();
  const any = db.prepare<number[], number>(`SELECT EXISTS (SELECT 1 ${SPAN})`).pluck();
  const islands = db.prepare<number[], IdRange>(
    `SELECT min(trade_id) AS first, max(trade_id) AS last FROM
     (SELECT trade_id, trade_id - row_number() OVER (ORDER BY trade_id) AS island ${SPAN})
     GROUP BY island ORDER BY first`,
  );
  const stored = (symbolId: number, { first, last }: IdRange): IdRange[] =>
    islands.all(symbolId, first, last);

  return db.transaction((symbolId: number, within: IdRange) => {
    const held = touching.all(symbolId, within.first, within.last).map(({ first, last }) => ({
      first: Math.max(first, within.first),
      last: Math.min(last, within.last),
    }));
    const here = idRanges(held);
    for (const { first, last } of archived.all(symbolId, within.first, within.last))
      here.release(first, last);
    const lost = here.ranges
      .filter((range) => count.get(symbolId, range.first, range.last) !== size(range))
      .flatMap((range) => idRanges(stored(symbolId, range)).missing(range))
      .map((range): LedgerDefect => ({ ...range, kind: "no trade" }));
    const stray = idRanges(held)
      .missing(within)
      .filter((gap) => any.get(symbolId, gap.first, gap.last) === 1)
      .flatMap((gap) => stored(symbolId, gap))
      .map((range): LedgerDefect => ({ ...range, kind: "not in the ledger" }));
    return [...lost, ...stray].sort((a, b) => a.first - b.first);
  });
}

function size({ first, last }: IdRange): number {
  return last - first + 1;
}
