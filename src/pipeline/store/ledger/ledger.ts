import type Database from "better-sqlite3";
import { type Arrival, type IdRange, type IdRanges, idRanges } from "./id-ranges.ts";
import { mergedIds } from "./merged.ts";

export type HoleState = "detected" | "partly filled" | "filled" | "aggregated" | "unrecoverable";

/** Ids of one symbol that were missed, and what has become of them since. */
export interface Hole {
  readonly holeId: number;
  readonly symbol: string;
  readonly first: number;
  readonly last: number;
  readonly foundUs: number;
  /** `restart`: missed while no collector ran. `gap`: missed by a running one. */
  readonly reason: string;
  readonly state: HoleState;
  /** Attempts to fill it. */
  readonly tries: number;
  readonly note: string;
  /** The ids still missing, ascending; the first 100 ranges at the most. */
  readonly missing: readonly IdRange[];
  /** Those of them that no merged trade stands for either; likewise. */
  readonly uncovered: readonly IdRange[];
}

/** What a repair has to say about a hole. */
export interface HoleNote {
  readonly holeId: number;
  readonly tries?: number;
  readonly note?: string;
  /** Given up. */
  readonly state?: "unrecoverable";
}

/** One symbol's ids in the database's ledger; to be used inside a transaction. */
export interface Ledger {
  classify(id: number): Arrival;
  /** Marks an id as held; a jump ahead opens a hole. */
  arrive(id: number, atUs: number): void;
  /** Opens holes for the ids from what is known up to a span, and inside it, that are neither held nor in one. */
  list(span: IdRange, atUs: number, reason: string): void;
  /** Marks ids as there in merged trades. */
  merge(ids: IdRange): void;
  /** The ids of a span that are not held. */
  missing(span: IdRange): IdRange[];
  /** Undefined: there is no such hole (any more). */
  span(holeId: number): IdRange | undefined;
  /** Counts an attempt to fill a hole; one that the stream has filled by itself, and without attempts, is forgotten. */
  attempt(holeId: number): void;
  /** Writes what changed since the last call and returns the holes that did. */
  settle(nowUs: number): Hole[];
  /** Forgets what was not settled: the transaction failed. */
  reset(): void;
  /** The holes which are neither filled nor given up; `aggregated` ones are among them. */
  open(): Hole[];
  /** Undefined: the hole has gone meanwhile, filled by the stream. */
  note(change: HoleNote, nowUs: number): Hole | undefined;
  /** The last id held; undefined without any. */
  lastId(): number | undefined;
}

interface HoleRow {
  hole_id: number;
  first_id: number;
  last_id: number;
  found_us: number;
  reason: string;
  state: HoleState;
  tries: number;
  note: string;
}

export function openLedger(db: Database.Database, symbolId: number, symbol: string): Ledger {
  const selectRanges = db.prepare<[number], { first: number; last: number }>(
    "SELECT first_id AS first, last_id AS last FROM ranges WHERE symbol_id = ? ORDER BY first_id",
  );
  const dropRanges = db.prepare("DELETE FROM ranges WHERE symbol_id = ? AND first_id BETWEEN ? AND ?");
  const putRange = db.prepare("INSERT INTO ranges (symbol_id, first_id, last_id) VALUES (?, ?, ?)");
  const putHole = db.prepare(
    `INSERT INTO holes (symbol_id, first_id, last_id, found_us, reason, state, changed_us)
     VALUES (?, ?, ?, ?, ?, 'detected', ?)`,
  );
  const touchedHoles = db.prepare<number[], HoleRow>(
    `SELECT hole_id, first_id, last_id, found_us, reason, state, tries, note FROM holes
     WHERE symbol_id = ? AND first_id <= ? AND last_id >= ? AND state <> 'filled' ORDER BY first_id`,
  );
  const holeById = db.prepare<number[], HoleRow>("SELECT * FROM holes WHERE hole_id = ? AND symbol_id = ?");
  const openHoles = db.prepare<number[], HoleRow>(
    `SELECT * FROM holes WHERE symbol_id = ? AND state IN ('detected', 'partly filled', 'aggregated')
     ORDER BY first_id`,
  );
  const listedSpan = db.prepare<[number], { first: number | null; last: number | null }>(
    "SELECT min(first_id) AS first, max(last_id) AS last FROM holes WHERE symbol_id = ?",
  );
  const setHole = db.prepare(
    "UPDATE holes SET state = ?, tries = ?, note = ?, changed_us = ? WHERE hole_id = ?",
  );
  const countTry = db.prepare("UPDATE holes SET tries = tries + 1 WHERE hole_id = ? AND symbol_id = ?");
  const dropHole = db.prepare("DELETE FROM holes WHERE hole_id = ?");
  const putRevision = db.prepare(
    "INSERT INTO revisions (symbol_id, first_id, last_id, at_us) VALUES (?, ?, ?, ?)",
  );

  let held: IdRanges;
  let gaps: (IdRange & { readonly foundUs: number; readonly reason: string })[] = [];
  let late: IdRanges = idRanges();
  const merged = mergedIds(db, symbolId);
  let newlyMerged: IdRanges = idRanges();
  /** Aggregated holes whose merged trades have not been looked at: there may be very many of them. */
  let unread = new Set<number>();
  /** The last id that is in a hole: merged trades may reach beyond the last one held. */
  let lastListed: number;
  /** The first id seen since the last settling: ranges from its own range on may have changed. */
  let lowest: number;
  /** Whether an id outside all that were held has come since the ledger was opened, and as of the last settling. */
  let seen = false;
  let seenSettled = false;

  const reset = (): void => {
    held = idRanges(selectRanges.all(symbolId));
    gaps = [];
    late = idRanges();
    newlyMerged = idRanges();
    lowest = Number.POSITIVE_INFINITY;
    seen = seenSettled;
    merged.forget();
    lastListed = listedSpan.get(symbolId)!.last ?? -1;
    unread = new Set();
    for (const row of openHoles.all(symbolId)) {
      if (row.state === "aggregated") unread.add(row.hole_id);
      else merged.load({ first: row.first_id, last: row.last_id });
    }
  };
  reset();

  const toHole = (row: HoleRow): Hole => {
    const missing = held.missing({ first: row.first_id, last: row.last_id }).slice(0, 100);
    return {
      holeId: row.hole_id,
      symbol,
      first: row.first_id,
      last: row.last_id,
      foundUs: row.found_us,
      reason: row.reason,
      state: row.state,
      tries: row.tries,
      note: row.note,
      missing,
      uncovered: row.state === "aggregated" ? [] : missing.flatMap(merged.missing).slice(0, 100),
    };
  };

  /** The state that the ids held give a hole. */
  const stateOf = (row: HoleRow): HoleState => {
    const size = row.last_id - row.first_id + 1;
    const count = held.count({ first: row.first_id, last: row.last_id });
    if (count === size) return "filled";
    if (row.state === "unrecoverable" || unread.has(row.hole_id)) return row.state;
    const mergedCount = merged.count({ first: row.first_id, last: row.last_id });
    if (count + mergedCount === size) return "aggregated";
    return count + mergedCount > 0 ? "partly filled" : "detected";
  };

  /** The ids of a span that are in no unfilled hole. */
  const unlisted = (span: IdRange): IdRange[] => {
    const listed = idRanges();
    for (const row of touchedHoles.all(symbolId, span.last, span.first))
      listed.hold(row.first_id, row.last_id);
    return listed.missing(span);
  };

  const writeRanges = (): void => {
    const changed = held.ranges.filter(({ last }) => last >= lowest);
    if (changed.length === 0) return;
    dropRanges.run(symbolId, changed[0]!.first, Number.MAX_SAFE_INTEGER);
    for (const { first, last } of changed) putRange.run(symbolId, first, last);
  };

  /** The unfilled holes that lie in these ranges of ids, each once. */
  const touched = (ranges: readonly IdRange[]): HoleRow[] => {
    const rows = new Map<number, HoleRow>();
    for (const { first, last } of ranges) {
      for (const row of touchedHoles.all(symbolId, last, first)) rows.set(row.hole_id, row);
    }
    return [...rows.values()];
  };

  /** Opens a hole between a span and what the ledger knows before and after it. */
  const list = (span: IdRange, foundUs: number, reason: string): void => {
    const { first, last } = listedSpan.get(symbolId)!;
    const ends = [first, last, held.ranges[0]?.first, held.ranges.at(-1)?.last].filter((id) => id != null);
    gaps.push({ first: Math.min(span.first, ...ends), last: Math.max(span.last, ...ends), foundUs, reason });
  };

  return {
    classify: (id) => held.classify(id),
    list: (span, atUs, reason) => {
      list(span, atUs, reason);
      lastListed = Math.max(lastListed, span.last);
    },
    arrive: (id, atUs) => {
      const arrival = held.classify(id);
      const gap = (first: number, last: number): void => {
        gaps.push({ first, last, foundUs: atUs, reason: seen ? "gap" : "restart" });
      };
      // before any trade there may be merged ones
      if (arrival === "first" && lastListed >= 0) list({ first: id, last: id }, atUs, "restart");
      if (arrival === "gap") gap(held.ranges.at(-1)!.last + 1, id - 1);
      if (arrival === "before") gap(id + 1, held.ranges[0]!.first - 1);
      // what fills an old hole does not end the downtime
      if (arrival !== "late") seen = true;
      if (arrival === "late" || arrival === "before" || id <= lastListed) late.hold(id, id);
      held.hold(id, id);
      lowest = Math.min(lowest, id);
    },
    merge: ({ first, last }) => {
      merged.hold(first, last);
      newlyMerged.hold(first, last);
    },
    missing: (span) => held.missing(span),
    span: (holeId) => {
      const row = holeById.get(holeId, symbolId);
      return row && { first: row.first_id, last: row.last_id };
    },
    attempt: (holeId) => countTry.run(holeId, symbolId),
    settle: (nowUs) => {
      if (lowest < Number.POSITIVE_INFINITY) writeRanges();
      const changed: Hole[] = [];
      for (const gap of gaps) {
        // what has come meanwhile, in another order, was never missing
        for (const { first, last } of held.missing(gap).flatMap(unlisted)) {
          const id = putHole.run(symbolId, first, last, gap.foundUs, gap.reason, nowUs).lastInsertRowid;
          const row = holeById.get(Number(id), symbolId)!;
          const state = stateOf(row);
          if (state !== row.state) setHole.run(state, row.tries, row.note, nowUs, row.hole_id);
          changed.push(toHole({ ...row, state }));
        }
      }
      for (const ids of late.ranges) {
        merged.displace(ids);
        putRevision.run(symbolId, ids.first, ids.last, nowUs);
      }
      for (const { first, last } of newlyMerged.ranges) putRevision.run(symbolId, first, last, nowUs);
      for (const row of touched([...late.ranges, ...newlyMerged.ranges])) {
        if (changed.some(({ holeId }) => holeId === row.hole_id)) continue;
        if (unread.delete(row.hole_id)) merged.load({ first: row.first_id, last: row.last_id });
        const state = stateOf(row);
        // what kept it from being filled is over
        const note = state === "filled" || state === "aggregated" ? "" : row.note;
        // filled by the stream itself before anybody tried: trades out of order, not a loss
        if (state === "filled" && row.tries === 0) dropHole.run(row.hole_id);
        else setHole.run(state, row.tries, note, nowUs, row.hole_id);
        changed.push(toHole({ ...row, state, note }));
      }
      seenSettled = seen;
      gaps = [];
      late = idRanges();
      newlyMerged = idRanges();
      lowest = Number.POSITIVE_INFINITY;
      return changed;
    },
    reset,
    open: () => openHoles.all(symbolId).map(toHole),
    note: ({ holeId, tries, note, state }, nowUs) => {
      const row = holeById.get(holeId, symbolId);
      if (row === undefined) return undefined;
      const noted = { ...row, tries: tries ?? row.tries, note: note ?? row.note, state: state ?? row.state };
      const settled = { ...noted, state: stateOf(noted) };
      setHole.run(settled.state, settled.tries, settled.note, nowUs, holeId);
      return toHole(settled);
    },
    lastId: () => held.ranges.at(-1)?.last,
  };
}
