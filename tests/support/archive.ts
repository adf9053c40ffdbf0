import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import { readStored } from "../../src/pipeline/archive/parquet.ts";
import { openArchiveList } from "../../src/pipeline/store/archive-writer.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { rows } from "./import.ts";
import { batchOf, trade } from "./trades.ts";

export const VENUE = { name: "binance", kind: "real", detail: "wss" } as const;
export const SYMBOLS: readonly string[] = ["BTCUSDT", "PEPEUSDT"];
export const DAY_US = 86_400_000_000;
export const FIRST_DAY_US: number = Date.UTC(2024, 7, 8) * 1000;

/**
 * Trades of three and a half days, with everything that a store may hold: quantities beyond 2^53, all numbers of decimals, no
 * event time, times that jump back over midnight, ids that are missing.
 */
export function fewDays(count: number, seed: number = 7): Trade[] {
  const source = random(seed);
  const trades: Trade[] = [];
  for (const symbol of SYMBOLS) {
    const step = (3.5 * DAY_US) / count;
    for (let i = 0; i < count; i++) {
      if (source.uniform() < 0.01) continue;
      const decimals = Math.floor(source.uniform() * 9);
      const digits = String(1 + Math.floor(source.uniform() * 1e8)).padStart(9, "0");
      const fraction = decimals === 0 ? "" : `.${digits.slice(1, 1 + decimals)}`;
      const whole = symbol === "PEPEUSDT" ? 9_000_000_000 + i * 8_000_000 : 1 + (i % 60_000);
      const isLate = source.uniform() < 0.02;
      const tradeTimeUs = Math.floor(FIRST_DAY_US + i * step - (isLate ? source.uniform() * 5e6 : 0));
      trades.push(
        trade(1_000_000 + i, {
          symbol,
          price: (1 + (i % 977) / 100).toFixed(decimals),
          qty: `${whole}${fraction}`,
          tradeTimeUs: Math.max(FIRST_DAY_US, tradeTimeUs),
          eventTimeUs: source.uniform() < 0.3 ? null : tradeTimeUs + 1500,
          receivedUs: tradeTimeUs + 20_003,
          isBuyerMaker: source.uniform() < 0.5,
          source: (["ws", "rest", "import"] as const)[Math.floor(source.uniform() * 3)]!,
        }),
      );
    }
  }
  return trades;
}

export function storeTrades(
  db: string,
  trades: readonly Trade[],
  nowUs: number = FIRST_DAY_US,
  symbols: readonly string[] = SYMBOLS,
): void {
  const writer = openWriter(db, { venue: VENUE, symbols });
  try {
    writer.append(batchOf(trades, symbols), nowUs);
  } finally {
    writer.close();
  }
}

/** Every trade of a database and of its archive's files that count, with all that is known of it, as text. */
export function everyTrade(db: string): string[] {
  const stored = rows(
    db,
    `SELECT symbol_id, trade_id, trade_time_us, coalesce(event_time_us, 'NaN'), received_us,
       CAST(price_e8 AS TEXT), CAST(qty_e8 AS TEXT), is_buyer_maker, source, decimals FROM trades`,
  ).map((row) => (row as unknown[]).join(" "));
  const list = openArchiveList(db);
  try {
    for (const part of list.all()) {
      const path = join(dirname(db), part.path);
      const t = readStored(readFileSync(path), path);
      for (let i = 0; i < t.length; i++) {
        const times = [t.tradeTimeUs[i], t.eventTimeUs[i], t.receivedUs[i]];
        const rest = [t.priceE8[i], t.qtyE8[i], t.isBuyerMaker[i], t.source[i], t.decimals[i]];
        stored.push([part.symbolId, t.id[i], ...times, ...rest].join(" "));
      }
    }
  } finally {
    list.close();
  }
  return stored.sort();
}
