import type { Trade } from "../../core/trade.ts";
import type { AppendResult } from "../../pipeline/store/write/writer.ts";

/** How one symbol stands. */
export interface SymbolStatus {
  /** Committed since the start. */
  stored: number;
  duplicates: number;
  conflicts: number;
  /** Trades refused because their ids lie below all that were ever held. */
  regressed: number;
  /** Trades refused because the exchange's ids have started anew; 0: they have not. */
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
  received(symbolIndex: number, trade: Trade): void;
  committed(counts: AppendResult["symbols"]): void;
  /** Fetched ones. */
  filled(symbolIndex: number, trades: number): void;
  /** A second is over. */
  second(): void;
  /** `missing`: ids known to be missing, by symbol. */
  status(missing: readonly number[], anew: readonly number[]): Record<string, SymbolStatus>;
}

/** `hasLag`: the venue's time is ours. */
export function symbolCounts(symbols: readonly string[], hasLag: boolean): SymbolCounts {
  const each = symbols.map(
    (): SymbolStatus => ({
      stored: 0,
      duplicates: 0,
      conflicts: 0,
      regressed: 0,
      anew: 0,
      missing: 0,
      rate: 0,
      lastReceivedUs: Number.NaN,
      lagMs: Number.NaN,
    }),
  );
  const inSecond = symbols.map(() => 0);
  return {
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
    status: (missing, anew) =>
      Object.fromEntries(
        symbols.map((symbol, s) => [symbol, { ...each[s]!, missing: missing[s]!, anew: anew[s]! }]),
      ),
  };
}
