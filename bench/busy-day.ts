import { random } from "../src/core/random.ts";
import { createBatch } from "../src/pipeline/store/write/batch.ts";
import { openWriter } from "../src/pipeline/store/write/writer.ts";

export const DAY_US: number = Date.UTC(2026, 2, 13) * 1000;

/** A busy day: two thirds of the trades share their millisecond, prices move by cents, sizes have heavy tails. */
export function busyDay(db: string, trades: number): void {
  const writer = openWriter(db, {
    venue: { name: "binance", kind: "real", detail: "bench" },
    symbols: ["BTCUSDT"],
  });
  const source = random(1);
  const step = 86_000_000 / (trades / 3);
  let [ms, price] = [0, 6_183_763];
  for (let from = 0; from <= trades; from += 50_000) {
    const batch = createBatch(50_000);
    // the last one is of the next day
    const count = Math.min(50_000, trades + 1 - from);
    for (let i = 0; i < count; i++) {
      if (source.uniform() < 1 / 3) {
        ms += -step * Math.log(1 - source.uniform());
        price += Math.round(10 * source.normal());
      }
      const timeUs =
        from + i === trades ? DAY_US + 86_400e6 : DAY_US + Math.min(86_399_999, Math.floor(ms)) * 1000;
      batch.id[i] = 6_000_000_000 + from + i;
      batch.priceE8[i] = BigInt(price) * 1_000_000n;
      batch.qtyE8[i] = BigInt(1 + Math.floor(20 / (1 - source.uniform()))) * 1000n;
      batch.tradeTimeUs[i] = timeUs;
      batch.eventTimeUs[i] = timeUs + (source.uniform() < 0.5 ? 1000 : 0);
      batch.receivedUs[i] = timeUs + 40_000 + Math.floor(3000 * source.uniform());
      batch.isBuyerMaker[i] = source.uniform() < 0.5 ? 1 : 0;
    }
    batch.length = count;
    writer.append(batch, 1);
  }
  writer.close();
}
