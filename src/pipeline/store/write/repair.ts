import type Database from "better-sqlite3";
import { DECIMAL_PLACES, decimalsOf, parseE8 } from "../../../core/decimal.ts";
import type { IdRange } from "../ledger/id-ranges.ts";
import type { Hole, Ledger } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";
import type { TradeBatch } from "./batch.ts";

/**
 * What became of a page that is to fill a hole: stored as a whole; or not at all, because it contradicts as many trades that
 * are held as it agrees with, or has none in common with what is held, by which it could be told from another symbol's. One
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

interface Fill {
  price_e8: bigint;
  qty_e8: bigint;
  is_buyer_maker: bigint;
}

interface Stored extends Fill {
  first_id: bigint;
  last_id: bigint;
}

export function repair(
  db: Database.Database,
  { symbolId, ledger, equalsStored, append }: RepairParts,
): Repair {
  const fills = db
    .prepare<number[], Fill>(
      "SELECT price_e8, qty_e8, is_buyer_maker FROM trades WHERE symbol_id = ? AND trade_id BETWEEN ? AND ?",
    )
    .safeIntegers();
  const storedRow = db
    .prepare<number[], Stored>(
      `SELECT first_id, last_id, price_e8, qty_e8, is_buyer_maker FROM agg_trades
       WHERE symbol_id = ? AND agg_id = ?`,
    )
    .safeIntegers();
  const insert = db.prepare(
    `INSERT INTO agg_trades (symbol_id, agg_id, first_id, last_id, price_e8, qty_e8, trade_time_us, received_us,
       is_buyer_maker, decimals) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const conflict = db.prepare(
    `INSERT INTO conflicts (symbol_id, trade_id, found_us, price_e8, qty_e8, trade_time_us, is_buyer_maker, source, agg_id)
     SELECT :symbol, :id, :found, :price, :qty, :time, :maker, :source, :agg WHERE NOT EXISTS (
       SELECT 1 FROM conflicts WHERE symbol_id = :symbol AND trade_id = :id AND price_e8 = :price AND qty_e8 = :qty
         AND trade_time_us = :time AND is_buyer_maker = :maker AND agg_id = :agg)`,
  );
  const listConflict = (row: MergedTrade, nowUs: number, source: number): void => {
    conflict.run({
      symbol: symbolId,
      id: row.first,
      found: nowUs,
      price: parseE8(row.price)!,
      qty: parseE8(row.qty)!,
      time: row.tradeTimeUs,
      maker: row.isBuyerMaker ? 1 : 0,
      source,
      agg: row.aggId,
    });
  };

  /** How a merged row stands to what is stored, and what is new in it inside the hole. */
  const examine = (row: MergedTrade, hole: IdRange): Examined => {
    const price = parseE8(row.price)!;
    const qty = parseE8(row.qty)!;
    const before = storedRow.get(symbolId, row.aggId);
    if (before !== undefined) {
      const [first, last] = [Number(before.first_id), Number(before.last_id)];
      const isWhole = first === row.first && last === row.last;
      const isSame =
        sameSide(before, price, row) &&
        first >= row.first &&
        last <= row.last &&
        (!isWhole || before.qty_e8 === qty);
      return { verdict: isSame ? "same" : "conflict" };
    }
    const missing = ledger.missing(row);
    const heldIds = missing.reduce(
      (count, gap) => count - (gap.last - gap.first + 1),
      row.last - row.first + 1,
    );
    const gap = missing.length === 1 ? missing[0]! : undefined;
    const isInside = gap !== undefined && gap.first >= hole.first && gap.last <= hole.last;
    if (heldIds === 0) return isInside ? { verdict: "new", ...gap, price, qty } : { verdict: "apart" };
    const held = fills.all(symbolId, row.first, row.last);
    if (!held.every((fill) => sameSide(fill, price, row))) return { verdict: "conflict" };
    // archived trades are held without a row here: nothing to compare with, nothing to subtract
    if (held.length !== heldIds) return { verdict: "same" };
    const rest = held.reduce((sum, fill) => sum - fill.qty_e8, qty);
    if (missing.length === 0) return { verdict: rest === 0n ? "same" : "conflict" };
    if (rest <= 0n) return { verdict: "conflict" };
    // with trades missing on both sides of a held one, nobody can tell how the rest is shared
    return isInside ? { verdict: "rest", ...gap, price, qty: rest } : { verdict: "same" };
  };

  const put = (row: MergedTrade, { verdict, first, last, price, qty }: New): void => {
    const qtyDecimals = verdict === "rest" ? DECIMAL_PLACES : decimalsOf(row.qty);
    const decimals = (DECIMAL_PLACES - decimalsOf(row.price)) * 9 + DECIMAL_PLACES - qtyDecimals;
    const side = row.isBuyerMaker ? 1 : 0;
    const times = [row.tradeTimeUs, row.receivedUs] as const;
    insert.run(symbolId, row.aggId, first, last, price, qty, ...times, side, decimals);
    ledger.merge({ first, last });
  };

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

/** `source` of a conflict. */
const FROM_REST = 1;
const FROM_FILE = 2;

/** `apart`: none of its ids is held or of this hole. `rest`: the ids not held, the quantity of the held ones taken off. */
type Examined = { readonly verdict: "same" | "conflict" | "apart" } | New;

interface New extends IdRange {
  readonly verdict: "new" | "rest";
  readonly price: bigint;
  readonly qty: bigint;
}

/** All fills of a merged trade have its price and its side. */
function sameSide(fill: Fill, price: bigint, row: MergedTrade): boolean {
  return fill.price_e8 === price && Number(fill.is_buyer_maker) === (row.isBuyerMaker ? 1 : 0);
}
