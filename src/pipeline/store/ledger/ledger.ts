import type Database from "better-sqlite3";
import { type Arrival, type IdRange, type IdRanges, idRanges } from "./id-ranges.ts";
import { type HoleRow, type HoleState, type LedgerRows, ledgerRows } from "./ledger-rows.ts";
import { type MergedIds, mergedIds } from "./merged.ts";

export type { HoleState } from "./ledger-rows.ts";

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
  /** Its state until now; undefined: it is new. */
  readonly before: HoleState | undefined;
  /** Attempts to fill it. */
  readonly tries: number;
  readonly note: string;
  /** The ids still missing, ascending; the first 100 ranges at the most. */
  readonly missing: readonly IdRange[];
  /** Those of them that no merged trade stands for either; likewise. */
  readonly uncovered: readonly IdRange[];
}

export interface HoleTotals {
  readonly holes: number;
  /** Ids that are not held. */
  readonly missing: number;
}

/** What is missing of several symbols together. */
export function totalOf(totals: readonly HoleTotals[]): HoleTotals {
  return totals.reduce(
    (sum, { holes, missing }) => ({ holes: sum.holes + holes, missing: sum.missing + missing }),
    { holes: 0, missing: 0 },
  );
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
  /** The newest of them that begin below an id, newest first. */
  openBelow(below: number, most: number): Hole[];
  /** What is missing: of the holes which are neither filled nor given up nor aggregated. */
  totals(): HoleTotals;
  /** Undefined: the hole has gone meanwhile, filled by the stream. */
  note(change: HoleNote, nowUs: number): Hole | undefined;
  /** The last id held; undefined without any. */
  lastId(): number | undefined;
}

export function openLedger(db: Database.Database, symbolId: number, symbol: string): Ledger {
  return new SymbolLedger(ledgerRows(db, symbolId), mergedIds(db, symbolId), symbol);
}

type Gap = IdRange & { readonly foundUs: number; readonly reason: string };

/** What is held, known by heart, beside the tables; what came since the last settling waits to be written. */
class SymbolLedger implements Ledger {
  readonly #rows: LedgerRows;
  readonly #merged: MergedIds;
  readonly #symbol: string;
  #held: IdRanges = idRanges();
  #gaps: Gap[] = [];
  #late: IdRanges = idRanges();
  #newlyMerged: IdRanges = idRanges();
  /** Aggregated holes whose merged trades have not been looked at: there may be very many of them. */
  #unread: Set<number> = new Set();
  /** The last id that is in a hole: merged trades may reach beyond the last one held. */
  #lastListed = -1;
  /** The ids seen since the last settling lie in here: ranges that touch it may have changed. */
  #touched: IdRange | undefined;
  /** Whether an id outside all that were held has come since the ledger was opened, and as of the last settling. */
  #seen = false;
  #seenSettled = false;
  /** The ids missing in each hole that counts, and in all of them. */
  #missingIn: Map<number, number> = new Map();
  #missingIds = 0;

  constructor(rows: LedgerRows, merged: MergedIds, symbol: string) {
    this.#rows = rows;
    this.#merged = merged;
    this.#symbol = symbol;
    this.reset();
  }

  reset(): void {
    this.#held = idRanges(this.#rows.ranges());
    this.#begin();
    this.#seen = this.#seenSettled;
    this.#merged.forget();
    this.#lastListed = this.#rows.listed()?.last ?? -1;
    this.#unread = new Set();
    this.#missingIn = new Map();
    this.#missingIds = 0;
    for (const row of this.#rows.openHoles()) {
      this.#count(row);
      if (row.state === "aggregated") this.#unread.add(row.hole_id);
      else if (row.state === "partly filled") this.#merged.load(idsOf(row));
    }
  }

  classify(id: number): Arrival {
    return this.#held.classify(id);
  }

  list(span: IdRange, atUs: number, reason: string): void {
    this.#list(span, atUs, reason);
    this.#lastListed = Math.max(this.#lastListed, span.last);
  }

  arrive(id: number, atUs: number): void {
    const { ranges } = this.#held;
    const arrival = this.#held.classify(id);
    const gap = (first: number, last: number): void => {
      this.#gaps.push({ first, last, foundUs: atUs, reason: this.#seen ? "gap" : "restart" });
    };
    // before any trade there may be merged ones
    if (arrival === "first" && this.#lastListed >= 0) this.#list({ first: id, last: id }, atUs, "restart");
    if (arrival === "gap") gap(ranges.at(-1)!.last + 1, id - 1);
    if (arrival === "before") gap(id + 1, ranges[0]!.first - 1);
    // what fills an old hole does not end the downtime
    if (arrival !== "late") this.#seen = true;
    if (arrival === "late" || arrival === "before" || id <= this.#lastListed) this.#late.hold(id, id);
    this.#held.hold(id, id);
    const { first, last } = this.#touched ?? { first: id, last: id };
    this.#touched = { first: Math.min(first, id), last: Math.max(last, id) };
  }

  merge({ first, last }: IdRange): void {
    this.#merged.hold(first, last);
    this.#newlyMerged.hold(first, last);
  }

  missing(span: IdRange): IdRange[] {
    return this.#held.missing(span);
  }

  span(holeId: number): IdRange | undefined {
    const row = this.#rows.hole(holeId);
    return row && idsOf(row);
  }

  attempt(holeId: number): void {
    this.#rows.countTry(holeId);
  }

  settle(nowUs: number): Hole[] {
    this.#writeRanges();
    const opened = this.#gaps.flatMap((gap) => this.#openHoles(gap, nowUs));
    for (const ids of this.#late.ranges) {
      this.#merged.displace(ids);
      this.#rows.revise(ids, nowUs);
    }
    for (const ids of this.#newlyMerged.ranges) this.#rows.revise(ids, nowUs);
    const isNew = new Set(opened.map(({ holeId }) => holeId));
    const touched = this.#rows
      .unfilled([...this.#late.ranges, ...this.#newlyMerged.ranges])
      .filter(({ hole_id }) => !isNew.has(hole_id))
      .map((row) => this.#refresh(row, nowUs));
    this.#seenSettled = this.#seen;
    this.#begin();
    return [...opened, ...touched];
  }

  open(): Hole[] {
    return this.#rows.openHoles().map((row) => this.#hole(row, row.state));
  }

  openBelow(below: number, most: number): Hole[] {
    return this.#rows.openBelow(below, most).map((row) => this.#hole(row, row.state));
  }

  totals(): HoleTotals {
    return { holes: this.#missingIn.size, missing: this.#missingIds };
  }

  note({ holeId, tries, note, state }: HoleNote, nowUs: number): Hole | undefined {
    const row = this.#rows.hole(holeId);
    if (row === undefined) return undefined;
    const noted = { ...row, tries: tries ?? row.tries, note: note ?? row.note, state: state ?? row.state };
    const settled = { ...noted, state: this.#stateOf(noted) };
    this.#rows.update(settled, nowUs);
    this.#count(settled);
    return this.#hole(settled, row.state);
  }

  lastId(): number | undefined {
    return this.#held.ranges.at(-1)?.last;
  }

  /** Nothing waits to be written. */
  #begin(): void {
    this.#gaps = [];
    this.#late = idRanges();
    this.#newlyMerged = idRanges();
    this.#touched = undefined;
  }

  /** Opens a hole between a span and what the ledger knows before and after it. */
  #list(span: IdRange, foundUs: number, reason: string): void {
    const listed = this.#rows.listed();
    const { ranges } = this.#held;
    const known = [listed?.first, listed?.last, ranges[0]?.first, ranges.at(-1)?.last];
    const ends = known.filter((id) => id !== undefined);
    this.#gaps.push({
      first: Math.min(span.first, ...ends),
      last: Math.max(span.last, ...ends),
      foundUs,
      reason,
    });
  }

  /** Writes the ranges that what was seen has made, and none beside them: there may be very many. */
  #writeRanges(): void {
    if (this.#touched === undefined) return;
    const changed = this.#held.within(this.#touched);
    this.#rows.replaceRanges({ first: changed[0]!.first, last: changed.at(-1)!.last }, changed);
  }

  #openHoles(gap: Gap, nowUs: number): Hole[] {
    // what has come meanwhile, in another order, was never missing; what is in an unfilled hole is listed
    const listed = idRanges();
    for (const row of this.#rows.unfilled([gap])) listed.hold(row.first_id, row.last_id);
    const ids = this.#held.missing(gap).flatMap((missing) => listed.missing(missing));
    return ids.map((missing) => {
      const row = this.#rows.openHole(missing, gap.foundUs, gap.reason, nowUs);
      const state = this.#stateOf(row);
      if (state !== row.state) this.#rows.update({ ...row, state }, nowUs);
      this.#count({ ...row, state });
      return this.#hole({ ...row, state }, undefined);
    });
  }

  /** A hole in which something has come. */
  #refresh(row: HoleRow, nowUs: number): Hole {
    if (this.#unread.delete(row.hole_id)) this.#merged.load(idsOf(row));
    const state = this.#stateOf(row);
    // what kept it from being filled is over
    const note = state === "filled" || state === "aggregated" ? "" : row.note;
    // filled by the stream itself before anybody tried: trades out of order, not a loss
    if (state === "filled" && row.tries === 0) this.#rows.drop(row.hole_id);
    else this.#rows.update({ ...row, state, note }, nowUs);
    this.#count({ ...row, state });
    return this.#hole({ ...row, state, note }, row.state);
  }

  /** Keeps the totals true to what has become of a hole. */
  #count(row: HoleRow): void {
    this.#missingIds -= this.#missingIn.get(row.hole_id) ?? 0;
    this.#missingIn.delete(row.hole_id);
    if (row.state !== "detected" && row.state !== "partly filled") return;
    const missing = row.last_id - row.first_id + 1 - this.#held.count(idsOf(row));
    this.#missingIn.set(row.hole_id, missing);
    this.#missingIds += missing;
  }

  /** The state that the ids held give a hole. */
  #stateOf(row: HoleRow): HoleState {
    const size = row.last_id - row.first_id + 1;
    const count = this.#held.count(idsOf(row));
    if (count === size) return "filled";
    if (row.state === "unrecoverable" || this.#unread.has(row.hole_id)) return row.state;
    const mergedCount = this.#merged.count(idsOf(row));
    if (count + mergedCount === size) return "aggregated";
    return count + mergedCount > 0 ? "partly filled" : "detected";
  }

  #hole(row: HoleRow, before: HoleState | undefined): Hole {
    const missing = this.#held.missing(idsOf(row)).slice(0, MOST_RANGES);
    const isCovered = row.state === "aggregated";
    return {
      holeId: row.hole_id,
      symbol: this.#symbol,
      first: row.first_id,
      last: row.last_id,
      foundUs: row.found_us,
      reason: row.reason,
      state: row.state,
      before,
      tries: row.tries,
      note: row.note,
      missing,
      uncovered: isCovered ? [] : missing.flatMap(this.#merged.missing).slice(0, MOST_RANGES),
    };
  }
}

const MOST_RANGES = 100;

function idsOf({ first_id, last_id }: HoleRow): IdRange {
  return { first: first_id, last: last_id };
}
