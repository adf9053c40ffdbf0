import type Database from "better-sqlite3";
import { DECIMAL_PLACES, decimalsOf, parseE8 } from "../../../core/decimal.ts";
import type { IdRange } from "../ledger/id-ranges.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";

/** Merged trades of one symbol as rows; to be used inside a transaction. */
export interface MergedRows {
  /** How a merged trade stands to what is stored, and what is new in it inside the hole. */
  examine(row: MergedTrade, hole: IdRange): Examined;
  /** Stores what is new in it. */
  put(row: MergedTrade, what: New): void;
  /** Lists that it contradicts what is stored. `source`: 1 REST, 2 a file. */
  listConflict(row: MergedTrade, nowUs: number, source: number): void;
}

/** `apart`: none of its ids is held or of this hole. `rest`: the ids not held, the quantity of the held ones taken off. */
export type Examined = { readonly verdict: "same" | "conflict" | "apart" } | New;

export interface New extends IdRange {
  readonly verdict: "new" | "rest";
  readonly price: bigint;
  readonly qty: bigint;
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

export function mergedRows(db: Database.Database, symbolId: number, ledger: Ledger): MergedRows {
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
  const storedByIds = db
    .prepare<number[], Stored>(
      `SELECT first_id, last_id, price_e8, qty_e8, is_buyer_maker FROM agg_trades
       WHERE symbol_id = ? AND first_id = ?`,
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

  const examine: MergedRows["examine"] = (row, hole) => {
    const price = parseE8(row.price)!;
    const qty = parseE8(row.qty)!;
    // without a number of its own it is known by its ids
    const before = row.aggId < 0 ? storedByIds.get(symbolId, row.first) : storedRow.get(symbolId, row.aggId);
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

  return {
    examine,
    put: (row, { verdict, first, last, price, qty }) => {
      const qtyDecimals = verdict === "rest" ? DECIMAL_PLACES : decimalsOf(row.qty);
      const decimals = (DECIMAL_PLACES - decimalsOf(row.price)) * 9 + DECIMAL_PLACES - qtyDecimals;
      const side = row.isBuyerMaker ? 1 : 0;
      const times = [row.tradeTimeUs, row.receivedUs] as const;
      insert.run(symbolId, row.aggId, first, last, price, qty, ...times, side, decimals);
      ledger.merge({ first, last });
    },
    listConflict: (row, nowUs, source) => {
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
    },
  };
}

/** All fills of a merged trade have its price and its side. */
function sameSide(fill: Fill, price: bigint, row: MergedTrade): boolean {
  return fill.price_e8 === price && Number(fill.is_buyer_maker) === (row.isBuyerMaker ? 1 : 0);
}
