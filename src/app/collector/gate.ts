import { quote } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import type { Trade } from "../../core/trade.ts";
import { tradeDefect } from "../../pipeline/store/write/batch.ts";
import type { Log } from "../terminal/log.ts";

export interface GateSettings {
  readonly symbols: readonly string[];
  /** The last ids held at the start, by symbol. */
  readonly newestIds: readonly (number | undefined)[];
  readonly log: Log;
  /** Keeps what was received and can't be stored. */
  readonly quarantine: (why: string, what: unknown) => void;
  /** On to the store. */
  readonly pass: (symbolIndex: number, trade: Trade) => void;
}

/** Lets through what can be a trade of the symbols asked for. */
export interface Gate {
  received(trade: Trade): void;
  reject(why: string, what: unknown): void;
  /** How much was rejected. */
  rejected(): number;
  /** The highest id known of a symbol. */
  newestId(symbol: string): number | undefined;
}

/** The oldest exchange of this kind opened in 2017. */
const EARLIEST_US = 1_483_228_800_000_000;
const DAY_US = 86_400_000_000;

export function openGate({ symbols, newestIds, log, quarantine, pass }: GateSettings): Gate {
  const index = new Map(symbols.map((symbol, s) => [symbol, s]));
  const newest = [...newestIds];
  let rejected = 0;
  const reject = (why: string, what: unknown): void => {
    rejected++;
    quarantine(why, what);
    log({ level: "error", event: "bad-trade", message: `left out: ${why}: ${quote(what)}` });
  };
  return {
    received: (trade) => {
      const s = index.get(trade.symbol);
      const defect = s === undefined ? "the symbol was not asked for" : tradeDefect(trade);
      if (s === undefined || defect !== undefined) {
        reject(defect!, trade);
        return;
      }
      const { symbol, id, tradeTimeUs, receivedUs } = trade;
      if (!(tradeTimeUs > EARLIEST_US && tradeTimeUs < receivedUs + DAY_US)) {
        const message = `${symbol}: trade ${id} says it happened at ${quote(formatUtc(tradeTimeUs))}; stored as it came`;
        log({ level: "warn", event: "odd-time", symbol, message });
      }
      newest[s] = Math.max(newest[s] ?? id, id);
      pass(s, trade);
    },
    reject,
    rejected: () => rejected,
    newestId: (symbol) => newest[index.get(symbol)!],
  };
}
