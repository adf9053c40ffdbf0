import { random } from "../../src/core/random.ts";
import { createBatch, pushTrade } from "../../src/pipeline/store/write/batch.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";

export const TAPE_VENUE = { name: "tape", kind: "real", detail: "made for a test" } as const;
export const TAPE_BEGIN_US: number = Date.UTC(2025, 0, 1) * 1000;
const DAY_US = 86_400e6;

export interface ThinTape {
  readonly symbols: readonly string[];
  readonly days: number;
  /** Of each symbol in a day. */
  readonly tradesPerDay: number;
}

export const symbolNames = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `S${String(i).padStart(3, "0")}USDT`);

/** A tape as a database: so many trades a day, spread as chance has it, ids from 1 on. Returns how many of each symbol. */
export function makeThinTape(db: string, { symbols, days, tradesPerDay }: ThinTape): number {
  const writer = openWriter(db, { venue: TAPE_VENUE, symbols });
  const draw = random(8, symbols.length);
  for (let day = 0; day < days; day++) {
    const batch = createBatch(symbols.length * tradesPerDay);
    for (const [s, symbol] of symbols.entries()) {
      const times = Array.from({ length: tradesPerDay }, () => Math.floor(draw.uniform() * DAY_US)).sort(
        (a, b) => a - b,
      );
      for (const [i, offset] of times.entries()) {
        const at = TAPE_BEGIN_US + day * DAY_US + offset;
        pushTrade(batch, s, {
          symbol,
          id: day * tradesPerDay + i + 1,
          price: (100 + 10 * draw.uniform()).toFixed(8),
          qty: (0.001 + draw.uniform()).toFixed(8),
          tradeTimeUs: at,
          eventTimeUs: at + 500,
          receivedUs: at + 20_000,
          isBuyerMaker: draw.uniform() < 0.5,
          source: "ws",
        });
      }
    }
    writer.append(batch, TAPE_BEGIN_US);
  }
  writer.close();
  return days * tradesPerDay;
}
