import type Database from "better-sqlite3";
import type { Ledger } from "../ledger/ledger.ts";
import type { TradeBatch } from "./batch.ts";
import { tradeInserts } from "./insert-trades.ts";

/** What became of one symbol's trades in a batch. */
export interface SymbolResult {
  stored: number;
  /** Known already, with the same content. */
  duplicates: number;
  /** Known already, with another content: the first is kept, the second listed in `conflicts`. */
  conflicts: number;
  /** From the stream, with an id below all that were ever held: not stored, the sequence is another one. */
  regressed: number;
}

export interface AppendOptions {
  /** Trades of the stream below all that were ever held are of this sequence: another collector's, which began earlier. */
  readonly takesOlder?: boolean;
}

/** Trades as rows, each as its symbol's ledger takes it; to be used inside a transaction. */
export interface TradeRows {
  /** Stores a batch; what became of it, in the order of the symbols. */
  put(batch: TradeBatch, options?: AppendOptions): SymbolResult[];
  /** Whether a trade of the batch equals the one that is stored; undefined: none is stored. */
  equalsStored(batch: TradeBatch, i: number): boolean | undefined;
  /** Forgets what waits: the transaction failed. */
  reset(): void;
}

interface Row {
  price_e8: bigint;
  qty_e8: bigint;
  trade_time_us: bigint;
  is_buyer_maker: bigint;
}

/** `source` of a trade that came over the WebSocket. */
const FROM_STREAM = 0;

export function tradeRows(
  db: Database.Database,
  symbolIds: readonly number[],
  ledgers: readonly Ledger[],
): TradeRows {
  const inserts = tradeInserts(db);
  const known = db
    .prepare<unknown[], Row>(
      "SELECT price_e8, qty_e8, trade_time_us, is_buyer_maker FROM trades WHERE symbol_id = ? AND trade_id = ?",
    )
    .safeIntegers();
  const conflict = db.prepare(
    `INSERT INTO conflicts (symbol_id, trade_id, found_us, price_e8, qty_e8, trade_time_us, is_buyer_maker, source)
     SELECT :symbol, :id, :found, :price, :qty, :time, :maker, :source WHERE NOT EXISTS (
       SELECT 1 FROM conflicts WHERE symbol_id = :symbol AND trade_id = :id AND price_e8 = :price AND qty_e8 = :qty
         AND trade_time_us = :time AND is_buyer_maker = :maker)`,
  );

  const equalsStored: TradeRows["equalsStored"] = (batch, i) => {
    const first = known.get(symbolIds[batch.symbol[i]!], batch.id[i]);
    return first && sameTrade(first, batch, i);
  };

  return {
    equalsStored,
    reset: inserts.reset,
    put: (batch, { takesOlder = false } = {}) => {
      const symbols = symbolIds.map(() => ({ stored: 0, duplicates: 0, conflicts: 0, regressed: 0 }));
      for (let i = 0; i < batch.length; i++) {
        const s = batch.symbol[i]!;
        const result = symbols[s]!;
        const ledger = ledgers[s]!;
        const id = batch.id[i]!;
        const source = batch.source[i]!;
        const arrival = ledger.classify(id);
        if (arrival === "before" && source === FROM_STREAM && !takesOlder) {
          result.regressed++;
          continue;
        }
        const received = batch.receivedUs[i]!;
        if (arrival !== "known") {
          inserts.add(symbolIds[s]!, batch, i);
          ledger.arrive(id, received);
          result.stored++;
          continue;
        }
        inserts.flush();
        // an archived trade is held without a row here: nothing to compare with
        if (equalsStored(batch, i) !== false) result.duplicates++;
        else {
          const [price, qty, time] = [batch.priceE8[i]!, batch.qtyE8[i]!, batch.tradeTimeUs[i]!];
          const maker = batch.isBuyerMaker[i]!;
          conflict.run({ symbol: symbolIds[s], id, found: received, price, qty, time, maker, source });
          result.conflicts++;
        }
      }
      inserts.flush();
      return symbols;
    },
  };
}

function sameTrade(first: Row, batch: TradeBatch, i: number): boolean {
  return (
    first.price_e8 === batch.priceE8[i] &&
    first.qty_e8 === batch.qtyE8[i] &&
    sameTime(Number(first.trade_time_us), batch.tradeTimeUs[i]!) &&
    Number(first.is_buyer_maker) === batch.isBuyerMaker[i]
  );
}

/** One source may give milliseconds where the other gave microseconds. */
export function sameTime(a: number, b: number): boolean {
  if (a === b) return true;
  return (a % 1000 === 0 || b % 1000 === 0) && Math.floor(a / 1000) === Math.floor(b / 1000);
}
