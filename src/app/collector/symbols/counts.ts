import type { Trade } from "../../../core/trade.ts";
import type { AppendResult } from "../../../pipeline/store/write/writer.ts";

/** How one symbol stands. */
export interface SymbolStatus {
  /** Committed since the start. */
  stored: number;
  duplicates: number;
  conflicts: number;
  /** Trades refused because their ids lie below all that were ever held. */
  regressed: number;
  /** Trades refused because the exchange's ids have started over; 0: they have not. */
  anew: number;
  /** Ids known to be missing: in holes which are neither filled nor given up. */
  missing: number;
  /** Trades received in the last second. */
  rate: number;
  /** When the newest trade was received; NaN before one. */
  lastReceivedUs: number;
  /** Receipt minus event time of the newest trade; NaN before one, and where the venue's time is not ours. */
  lagMs: number;
}

/** Counts what becomes of each symbol's trades. */
export interface SymbolCounts {
  /** One more symbol, with the next index. */
  add(): void;
  received(symbolIndex: number, trade: Trade): void;
  committed(counts: AppendResult["symbols"]): void;
  /** Fetched ones. */
  filled(symbolIndex: number, trades: number): void;
  /** A second is over. */
  second(): void;
  status(symbolIndex: number): SymbolStatus;
}

/** `hasLag`: the venue's time is ours. */
export function symbolCounts(hasLag: boolean): SymbolCounts {
  const each: SymbolStatus[] = [];
  const inSecond: number[] = [];
  return {
    add: () => {
      each.push({
        stored: 0,
        duplicates: 0,
        conflicts: 0,
        regressed: 0,
        anew: 0,
        missing: 0,
        rate: 0,
        lastReceivedUs: Number.NaN,
        lagMs: Number.NaN,
      });
      inSecond.push(0);
    },
    received: (s, { receivedUs, eventTimeUs }) => {
      inSecond[s]!++;
      each[s]!.lastReceivedUs = receivedUs;
      if (hasLag) each[s]!.lagMs = (receivedUs - eventTimeUs!) / 1000;
    },
    committed: (counts) => {
      for (const [s, { stored, duplicates, conflicts, regressed }] of counts.entries()) {
        const status = each[s]!;
        status.stored += stored;
        status.duplicates += duplicates;
        status.conflicts += conflicts;
        status.regressed += regressed;
      }
    },
    filled: (s, trades) => {
      each[s]!.stored += trades;
    },
    second: () => {
      for (const [s, status] of each.entries()) {
        status.rate = inSecond[s]!;
        inSecond[s] = 0;
      }
    },
    status: (s) => each[s]!,
  };
}
