import type Database from "better-sqlite3";
import type { IdRange } from "../ledger/id-ranges.ts";
import type { Hole, Ledger } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";
import type { TradeBatch } from "./batch.ts";
import { mergedRows } from "./merged-rows.ts";

/**
 * What became of a page that is to fill a hole: stored as a whole; or not at all, because it contradicts as many trades that
 * are held as it agrees with, or has none in common with what is held, by which it could be judged from another symbol's. One
 * that is contradicted among others that are not stays as it is, and is listed in `conflicts`.
 */
export type RepairResult =
  | { readonly kind: "stored"; readonly stored: number; readonly holes: readonly Hole[] }
  | { readonly kind: "conflict"; readonly id: number }
  | { readonly kind: "unanchored" };

/** Stores pages of one symbol; to be used inside a transaction. */
export interface Repair {
  /** `holeId` undefined: the trades after the newest. */
  fill(holeId: number | undefined, batch: TradeBatch, nowUs: number): RepairResult;
  /** Rows follow each other without a gap; what they say about ids outside the hole is not stored. */
  merge(holeId: number, rows: readonly MergedTrade[], nowUs: number): RepairResult;
  /**
   * Takes merged trades from a file, for whatever ids of theirs are missing; a contradiction is listed in `conflicts`. The
   * missing ids of `span` become holes where they are none yet.
   */
  adopt(rows: readonly MergedTrade[], span: IdRange, nowUs: number): Adopted;
}

/** What became of merged trades from a file, in rows. */
export interface Adopted {
  readonly stored: number;
  readonly known: number;
  readonly conflicts: number;
}

export interface RepairParts {
  readonly symbolId: number;
  readonly ledger: Ledger;
  /** Whether a trade of the batch equals the one that is stored; undefined: none is stored. */
  readonly equalsStored: (batch: TradeBatch, index: number) => boolean | undefined;
  /** Stores the trades of a batch and returns how many were new. */
  readonly append: (batch: TradeBatch) => number;
}

/** `source` of a conflict. */
const FROM_REST = 1;
const FROM_FILE = 2;

export function repair(
  db: Database.Database,
  { symbolId, ledger, equalsStored, append }: RepairParts,
): Repair {
  const { examine, put, listConflict } = mergedRows(db, symbolId, ledger);
  return {
    fill: (holeId, batch, nowUs) => {
      let agree = 0;
      const contradicted: number[] = [];
      for (let i = 0; i < batch.length; i++) {
        if (ledger.classify(batch.id[i]!) !== "known") continue;
        if (equalsStored(batch, i) === false) contradicted.push(batch.id[i]!);
        else agree++;
      }
      if (agree + contradicted.length === 0) return { kind: "unanchored" };
      if (contradicted.length >= Math.max(1, agree)) return { kind: "conflict", id: contradicted[0]! };
      const stored = append(batch);
      if (holeId !== undefined && stored > 0) ledger.attempt(holeId);
      return { kind: "stored", stored, holes: ledger.settle(nowUs) };
    },
    merge: (holeId, rows, nowUs) => {
      const hole = ledger.span(holeId);
      if (hole === undefined) return { kind: "stored", stored: 0, holes: [] };
      const examined = rows.map((row) => ({ row, found: examine(row, hole) }));
      const conflicts = examined.filter(({ found }) => found.verdict === "conflict");
      const agree = examined.filter(({ found }) => found.verdict === "same" || found.verdict === "rest");
      if (agree.length + conflicts.length === 0) return { kind: "unanchored" };
      if (conflicts.length >= Math.max(1, agree.length))
        return { kind: "conflict", id: conflicts[0]!.row.first };
      for (const { row } of conflicts) listConflict(row, nowUs, FROM_REST);
      let stored = 0;
      for (const { row, found } of examined) {
        if (!("first" in found)) continue;
        put(row, found);
        stored += found.last - found.first + 1;
      }
      if (stored > 0) ledger.attempt(holeId);
      return { kind: "stored", stored, holes: ledger.settle(nowUs) };
    },
    adopt: (rows, span, nowUs) => {
      ledger.list(span, nowUs, "import");
      const result = { stored: 0, known: 0, conflicts: 0 };
      for (const row of rows) {
        const found = examine(row, row);
        if ("first" in found) {
          put(row, found);
          result.stored++;
        } else if (found.verdict === "conflict") {
          listConflict(row, nowUs, FROM_FILE);
          result.conflicts++;
        } else result.known++;
      }
      ledger.settle(nowUs);
      return result;
    },
  };
}
