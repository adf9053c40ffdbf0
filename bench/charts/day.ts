import { join } from "node:path";
import { pairHistory } from "../../src/app/pair/pair-history.ts";
import { sliceBars } from "../../src/core/bars.ts";
import { random } from "../../src/core/random.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { createBatch } from "../../src/pipeline/store/write/batch.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { pairChart } from "../../src/render/chart/pair/pair-chart.ts";
import type { View } from "../../src/render/view.ts";
import { simulated } from "../../tests/support/bars.ts";
import type { Stretch } from "./page.ts";
import { PAIR } from "./views.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT"] as const;
const PER_SECOND = 10;
const BEGIN_US = Date.UTC(2026, 2, 13) * 1000;
export const END_US: number = BEGIN_US + 86_400e6;

/** A day of two symbols with ten trades a second each. */
function fill(db: string): void {
  const writer = openWriter(db, { venue: simulated, symbols: [...SYMBOLS] });
  const source = random(2);
  const batch = createBatch(3600 * 2 * PER_SECOND);
  let price = 6_000_000;
  let id = 0;
  for (let hour = 0; hour < 24; hour++) {
    let n = 0;
    for (let k = 0; k < 3600 * PER_SECOND; k++) {
      price += Math.round(8 * source.normal());
      id++;
      const us = BEGIN_US + hour * 3600e6 + Math.floor((k * 1e6) / PER_SECOND);
      for (const symbol of SYMBOLS.keys()) {
        batch.symbol[n] = symbol;
        batch.id[n] = id;
        batch.priceE8[n] = BigInt(symbol === 0 ? price : Math.round(price / 20)) * 1_000_000n;
        batch.qtyE8[n] = 1_000_000n;
        batch.tradeTimeUs[n] = us;
        batch.eventTimeUs[n] = us;
        batch.receivedUs[n] = us;
        batch.isBuyerMaker[n] = k % 2;
        n++;
      }
    }
    batch.length = n;
    writer.append(batch, BEGIN_US);
  }
  writer.close();
}

export interface Day {
  /** What a kernel shows of a stretch of the day: as many bars as there is room for. */
  answer(stretch: Stretch): View;
  /** How long each answer took, ms. */
  readonly answeredMs: number[];
  close(): void;
}

export function openDay(folder: string): Day {
  const db = join(folder, "day.db");
  fill(db);
  const reader = openReader(db);
  const [y, x] = SYMBOLS.map((name) => reader.series().find(({ symbol }) => symbol === name)!);
  const history = pairHistory(reader, [y!, x!], 1e6);
  const line = { window: 60, hedge: { alpha: 2, beta: 1, prices: "log" as const }, closedUs: END_US };
  const answeredMs: number[] = [];
  return {
    answer: ({ firstMs, lastMs, bars }) => {
      const from = performance.now();
      const stretch = { fromUs: firstMs * 1000, toUs: lastMs * 1000, bars };
      const past = history.past(stretch, line);
      const { spread, zScore, oldestUs, readFromUs, holes } = past;
      const forming = sliceBars(past.bars, past.bars.length);
      const rows = { venue: simulated, closed: past.bars, forming, timeUs: past.bars.startUs };
      const view = pairChart(
        { ...rows, spread: spread.last, zScore: zScore.last, within: { spread, zScore } },
        {
          ...{ ...PAIR, intervalUs: 1e6, holes, oldestUs, readFromUs, isPast: true },
          domainUs: [Math.max(stretch.fromUs, oldestUs), stretch.toUs],
        },
      );
      answeredMs.push(performance.now() - from);
      return view;
    },
    answeredMs,
    close: () => reader.close(),
  };
}
