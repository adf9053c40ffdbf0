import { join } from "node:path";
import { clusterOrder } from "../../src/analytics/correlation/cluster-order.ts";
import { correlationMatrix } from "../../src/analytics/correlation/correlation.ts";
import { diagnose } from "../../src/app/doctor/doctor.ts";
import { pairsMonitor } from "../../src/app/pair/pairs-monitor.ts";
import { screenPairs } from "../../src/app/pair/screen-pairs.ts";
import { random } from "../../src/core/random.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import type { Growth } from "./growth.ts";
import { appendTrades, VENUE } from "./stored.ts";

const SIZES = [2, 5, 16, 50, 158, 500];
const pairsOf = (n: number): number => (n * (n - 1)) / 2;
const pairwise = { unit: "symbols", amount: pairsOf, grows: "the pairs" } as const;
const each = { unit: "symbols", sizes: SIZES, amount: (n: number) => n, grows: "the symbols" } as const;
const namesOf = (n: number): string[] =>
  Array.from({ length: n }, (_, k) => `S${String(k).padStart(3, "0")}USDT`);
const fileOf = (folder: string, n: number): string => join(folder, `symbols-${n}.db`);

/** Prices of so many symbols that have a common part. */
function pricesOf(n: number, bars: number): Record<string, Float64Array> {
  const { normal } = random(5);
  const common = Float64Array.from({ length: bars }, () => normal());
  return Object.fromEntries(
    namesOf(n).map((name) => {
      let level = 0;
      const prices = common.map((move) => {
        level += 1e-3 * (move + normal());
        return 100 * Math.exp(level);
      });
      return [name, prices];
    }),
  );
}

export const symbols: readonly Growth[] = [
  {
    ...pairwise,
    sizes: SIZES,
    what: "correlations of 1,000 bars",
    prepare: (_, n) => {
      const prices = pricesOf(n, 1000);
      return () => correlationMatrix(prices);
    },
  },
  {
    ...pairwise,
    sizes: SIZES,
    what: "ranks' correlations of 1,000 bars",
    prepare: (_, n) => {
      const prices = pricesOf(n, 1000);
      return () => correlationMatrix(prices, { method: "spearman" });
    },
  },
  {
    ...each,
    sizes: SIZES,
    amount: (n) => n ** 3,
    grows: "the symbols cubed",
    what: "order of a heat map",
    prepare: (_, n) => {
      const matrix = correlationMatrix(pricesOf(n, 200));
      return () => clusterOrder(matrix);
    },
  },
  {
    ...pairwise,
    sizes: SIZES.slice(0, 4),
    what: "which pairs are pairs? 1,000 bars",
    prepare: (_, n) => {
      const prices = pricesOf(n, 1000);
      return () => screenPairs(prices);
    },
  },
  {
    ...each,
    what: "1,000 trades of each written",
    once: true,
    prepare: (folder, n) => () => {
      const writer = openWriter(fileOf(folder, n), { venue: VENUE, symbols: namesOf(n) });
      for (let symbol = 0; symbol < n; symbol++) appendTrades(writer, { symbol, count: 1000, stepUs: 3.6e6 });
      writer.close();
    },
  },
  {
    ...each,
    what: "doctor",
    prepare: (folder, n) => {
      const reader = openReader(fileOf(folder, n));
      return () => diagnose(reader, {}, Date.now() * 1000);
    },
  },
  {
    ...pairwise,
    sizes: SIZES.slice(0, 4),
    what: "a look at all pairs, live",
    prepare: (folder, n) => {
      const reader = openReader(fileOf(folder, n));
      const look = pairsMonitor(reader, {
        symbols: namesOf(n),
        interval: "1m",
        window: 30,
        calibrationBars: 40,
        bars: 50,
      });
      // a pair is calibrated when it is looked at first, seven at a look
      for (let i = 0; i <= pairsOf(n) / 7; i++) look();
      return look;
    },
  },
];
