import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "../../src/core/random.ts";
import type { TradeColumns } from "../../src/core/trade-columns.ts";
import { createBatch } from "../../src/pipeline/store/write/batch.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";

export interface Pair {
  readonly y: Float64Array;
  readonly x: Float64Array;
  /** y − 0.8 x. */
  readonly s: Float64Array;
}

/** Seeded inputs, made once and written down for the peers. */
export interface Inputs {
  readonly folder: string;
  pair(n: number): Pair;
  /** Daily returns. */
  returns(n: number): Float64Array;
  /** 0.01 s apart on average. */
  trades(n: number): TradeColumns;
  /** A database of so many trades of one series: its path. */
  stored(n: number): string;
}

export const VENUE = { name: "sim-bench", kind: "simulated", detail: "bench" } as const;
export const SYMBOL = "BTCUSDT";
const START_US = Date.UTC(2024, 7, 9) * 1000;

export function inputsIn(folder: string): Inputs {
  const write = (name: string, values: ArrayLike<number>): void =>
    writeFileSync(join(folder, `${name}.f64`), new Uint8Array(Float64Array.from(values).buffer));
  const made = new Map<string, unknown>();
  const once = <T>(key: string, make: () => T): T => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as T;
  };
  return {
    folder,
    pair: (n) =>
      once(`pair ${n}`, () => {
        const pair = pairOf(n);
        write(`y-${n}`, pair.y);
        write(`x-${n}`, pair.x);
        return pair;
      }),
    returns: (n) =>
      once(`returns ${n}`, () => {
        const { normal } = random(3);
        const returns = Float64Array.from({ length: n }, () => 3e-4 + 0.01 * normal());
        write(`returns-${n}`, returns);
        return returns;
      }),
    trades: (n) =>
      once(`trades ${n}`, () => {
        const trades = tradesOf(n);
        for (const name of ["id", "tradeTimeUs", "price", "qty", "isBuyerMaker"] as const)
          write(`${name}-${n}`, trades[name]);
        return trades;
      }),
    stored: (n) =>
      once(`stored ${n}`, () => {
        const file = join(folder, `trades-${n}.db`);
        store(file, n);
        return file;
      }),
  };
}

/** Two prices that belong together: y is 5 + 0.8 x and what reverts to 0 by 2 % a step. */
function pairOf(n: number): Pair {
  const { normal } = random(7);
  let [level, apart] = [0, 0];
  const x = Float64Array.from({ length: n }, () => {
    level += 2e-4 * normal();
    return 100 * Math.exp(level);
  });
  const y = x.map((price) => {
    apart = 0.98 * apart + 0.02 * normal();
    return 5 + 0.8 * price + apart;
  });
  return { y, x, s: y.map((price, t) => price - 0.8 * x[t]!) };
}

function tradesOf(length: number): TradeColumns {
  const { uniform } = random(7);
  const column = (): Float64Array => new Float64Array(length);
  const [id, tradeTimeUs, price, qty] = [column(), column(), column(), column()];
  const isBuyerMaker = new Uint8Array(length);
  let [timeUs, cents] = [START_US, 6_000_000];
  for (let i = 0; i < length; i++) {
    timeUs += Math.floor(20_000 * uniform());
    cents += Math.round(3 * (uniform() - 0.5));
    id[i] = i + 1;
    tradeTimeUs[i] = timeUs;
    price[i] = cents / 100;
    qty[i] = (1 + Math.floor(1e6 * uniform())) / 1e5;
    isBuyerMaker[i] = uniform() < 0.5 ? 1 : 0;
  }
  return { length, id, tradeTimeUs, price, qty, isBuyerMaker };
}

function store(file: string, n: number): void {
  const writer = openWriter(file, { venue: VENUE, symbols: [SYMBOL] });
  try {
    for (let from = 1; from <= n; from += 20_000) {
      const batch = createBatch(20_000);
      batch.length = Math.min(20_000, n + 1 - from);
      for (let i = 0; i < batch.length; i++) {
        const id = from + i;
        const us = START_US + 10_000 * id;
        batch.id[i] = id;
        batch.priceE8[i] = 6_000_000_000_000n + BigInt(id % 10_000) * 1_000_000n;
        batch.qtyE8[i] = BigInt(1 + (id % 1000)) * 1000n;
        batch.tradeTimeUs[i] = us;
        batch.eventTimeUs[i] = us + 1000;
        batch.receivedUs[i] = us + 2000;
        batch.isBuyerMaker[i] = id % 2;
      }
      writer.append(batch, START_US);
    }
  } finally {
    writer.close();
  }
}
