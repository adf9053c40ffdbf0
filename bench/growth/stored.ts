import type { Venue } from "../../src/core/trade.ts";
import { createBatch } from "../../src/pipeline/store/write/batch.ts";
import type { StoreWriter } from "../../src/pipeline/store/write/writer.ts";

export const VENUE: Venue = { name: "sim-bench", kind: "simulated", detail: "bench" };
export const SYMBOL = "BTCUSDT";
export const START_US: number = Date.UTC(2026, 0, 1) * 1000;
export const STEP_US = 10_000;
const MOST = 20_000;

interface Some {
  /** The first id; 1 unless told. */
  readonly from?: number;
  readonly count: number;
  /** From one id to the next; 2 leaves a hole after each. */
  readonly idStep?: number;
  readonly stepUs?: number;
  readonly symbol?: number;
}

/** Appends trades of a market that goes on for ever, a batch at a time. */
export function appendTrades(writer: StoreWriter, some: Some): void {
  const { from = 1, count, idStep = 1, stepUs = STEP_US, symbol = 0 } = some;
  for (let done = 0; done < count; ) {
    const batch = createBatch(Math.min(MOST, count - done));
    batch.length = Math.min(MOST, count - done);
    for (let i = 0; i < batch.length; i++, done++) {
      const id = from + idStep * done;
      const us = START_US + stepUs * id;
      batch.symbol[i] = symbol;
      batch.id[i] = id;
      batch.priceE8[i] =
        6_000_000_000_000n + BigInt(Math.round(1e4 * Math.sin(id / 5e3) + (id % 97))) * 1_000_000n;
      batch.qtyE8[i] = BigInt(1 + (id % 1000)) * 1000n;
      batch.tradeTimeUs[i] = us;
      batch.eventTimeUs[i] = us + 1000;
      batch.receivedUs[i] = us + 2000;
      batch.isBuyerMaker[i] = id % 2;
    }
    writer.append(batch, START_US);
  }
}
