import type Database from "better-sqlite3";
import { MOST_BACK_US } from "../../../core/trade-columns.ts";
import type { NewestTrade } from "../trade-store.ts";

/** Where a time lies among the ids of a symbol, and where its trades end; merged ones included. */
export interface Edges {
  /** As `TradeStore` has them. */
  firstIdAt(symbolId: number, timeUs: number): number | undefined;
  newest(symbolId: number, belowId?: number): NewestTrade | undefined;
}

export function edgesOf(db: Database.Database): Edges {
  const mergedFrom = db
    .prepare<number[], number | null>(
      `SELECT min(first_id) FROM agg_trades WHERE symbol_id = ? AND first_id > ? AND first_id < ?
       AND trade_time_us >= ?`,
    )
    .pluck();
  const lastBelow = db
    .prepare<number[], number | null>("SELECT max(trade_id) FROM trades WHERE symbol_id = ? AND trade_id < ?")
    .pluck();
  const atOrAfter = db.prepare<unknown[], { id: number; timeUs: number }>(
    `SELECT trade_id AS id, coalesce(time_us, trade_time_us) AS timeUs FROM trades LEFT JOIN odd_times USING (symbol_id, trade_id)
     WHERE symbol_id = ? AND trade_id >= ? ORDER BY trade_id LIMIT 1`,
  );
  const firstAfter = db
    .prepare<number[], number>(
      `SELECT trade_id FROM trades LEFT JOIN odd_times USING (symbol_id, trade_id)
       WHERE symbol_id = ? AND trade_id >= ? AND coalesce(time_us, trade_time_us) >= ? ORDER BY trade_id LIMIT 1`,
    )
    .pluck();
  const first = db.prepare("SELECT min(trade_id) FROM trades WHERE symbol_id = ?").pluck();
  const last = db.prepare<unknown[], NewestTrade>(
    `SELECT trade_id AS id, coalesce(event_time_us, trade_time_us) AS timeUs, received_us AS receivedUs FROM trades
     WHERE symbol_id = ? AND trade_id < ? ORDER BY trade_id DESC LIMIT 1`,
  );
  const lastMerged = db.prepare<unknown[], NewestTrade>(
    `SELECT last_id AS id, trade_time_us AS timeUs, received_us AS receivedUs FROM agg_trades
     WHERE symbol_id = ? AND first_id < ? ORDER BY first_id DESC LIMIT 1`,
  );

  return {
    firstIdAt: (symbolId, timeUs) => {
      const end = last.get(symbolId, Number.MAX_SAFE_INTEGER);
      // merged trades alone
      if (end === undefined)
        return mergedFrom.get(symbolId, -1, Number.MAX_SAFE_INTEGER, timeUs) ?? undefined;
      // where times cross a minute before: all trades below are earlier than `timeUs`
      const crossedUs = timeUs - MOST_BACK_US;
      let low = first.get(symbolId) as number;
      let high = end.id + 1;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const trade = atOrAfter.get(symbolId, middle)!;
        if (trade.timeUs >= crossedUs) high = middle;
        else low = trade.id + 1;
      }
      const found = firstAfter.get(symbolId, low, timeUs);
      const before = lastBelow.get(symbolId, low) ?? -1;
      return mergedFrom.get(symbolId, before, found ?? Number.MAX_SAFE_INTEGER, timeUs) ?? found;
    },
    newest: (symbolId, belowId = Number.MAX_SAFE_INTEGER) => {
      const [single, merged] = [last.get(symbolId, belowId), lastMerged.get(symbolId, belowId)];
      return single === undefined || (merged !== undefined && merged.id > single.id) ? merged : single;
    },
  };
}
