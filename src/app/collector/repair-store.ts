import type { Trade } from "../../core/trade.ts";
import type { RepairStore } from "../../pipeline/feed/backfill.ts";
import { type Hole, totalOf } from "../../pipeline/store/ledger/ledger.ts";
import type { MergedTrade } from "../../pipeline/store/ledger/merged.ts";
import type { BackgroundWriter } from "../../pipeline/store/write/background-writer.ts";
import { createBatch, pushTrade, type TradeBatch } from "../../pipeline/store/write/batch.ts";

/** A writer as the place where fetched trades go. `stored` counts single trades. */
export function repairStore(
  writer: BackgroundWriter,
  indexOf: (symbol: string) => number,
  events: { stored(symbolIndex: number, trades: number): void; changed(hole: Hole): void },
): RepairStore {
  return {
    fill: async (symbol, holeId, page) => {
      const s = indexOf(symbol);
      const isMerged = "aggId" in page[0]!;
      const rows = isMerged ? (page as readonly MergedTrade[]) : batch(s, page as readonly Trade[]);
      const result = await writer.fill(s, holeId, rows);
      if (result.kind === "stored") {
        if (!isMerged) events.stored(s, result.stored);
        for (const hole of result.holes) events.changed(hole);
      }
      return result;
    },
    note: ({ symbol, holeId }, change) => writer.noteHole(indexOf(symbol), { holeId, ...change }),
    holesBelow: ({ symbol, below, most }) => writer.holesBelow(indexOf(symbol), below, most),
    missing: () => totalOf(writer.missing()),
    pending: () => writer.pending(),
  };
}

function batch(symbolIndex: number, trades: readonly Trade[]): TradeBatch {
  const filled = createBatch(trades.length);
  for (const trade of trades) pushTrade(filled, symbolIndex, trade);
  return filled;
}
