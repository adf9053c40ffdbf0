import type Database from "better-sqlite3";
import type { TradeBatch } from "./batch.ts";

/** Inserts rows of batches, many by one statement: half the time of one by one. To be used inside a transaction. */
export interface TradeInserts {
  add(symbolId: number, batch: TradeBatch, i: number): void;
  /** Writes what waits: before anything is read, and at the end. */
  flush(): void;
  /** Forgets what waits: the transaction failed. */
  reset(): void;
}

const ROWS = 50;
const COLUMNS = 10;

export function tradeInserts(db: Database.Database): TradeInserts {
  const statement = (rows: number): Database.Statement<unknown[]> =>
    db.prepare(
      `INSERT INTO trades (symbol_id, trade_id, price_e8, qty_e8, trade_time_us, event_time_us, received_us,
       is_buyer_maker, source, decimals) VALUES ${new Array(rows).fill("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").join(", ")}`,
    );
  const [one, many] = [statement(1), statement(ROWS)];
  const values: unknown[] = new Array(ROWS * COLUMNS);
  let waiting = 0;
  return {
    add: (symbolId, batch, i) => {
      const eventTime = batch.eventTimeUs[i]!;
      let at = waiting * COLUMNS;
      values[at++] = symbolId;
      values[at++] = batch.id[i];
      values[at++] = batch.priceE8[i];
      values[at++] = batch.qtyE8[i];
      values[at++] = batch.tradeTimeUs[i];
      values[at++] = Number.isNaN(eventTime) ? null : eventTime;
      values[at++] = batch.receivedUs[i];
      values[at++] = batch.isBuyerMaker[i];
      values[at++] = batch.source[i];
      values[at] = batch.decimals[i];
      if (++waiting < ROWS) return;
      waiting = 0;
      many.run(values);
    },
    flush: () => {
      const rows = waiting;
      waiting = 0;
      for (let k = 0; k < rows; k++) one.run(values.slice(k * COLUMNS, (k + 1) * COLUMNS));
    },
    reset: () => {
      waiting = 0;
    },
  };
}
