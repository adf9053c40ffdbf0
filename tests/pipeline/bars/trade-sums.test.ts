import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import { sliceTrades, type TradeColumns } from "../../../src/core/trade-columns.ts";
import { SUM_COLUMNS, type SumColumn, type TradeSums } from "../../../src/core/trade-sums.ts";
import { barBuilder } from "../../../src/pipeline/bars/builder.ts";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { barRule } from "../../../src/pipeline/bars/rule.ts";
import { simulated } from "../../support/bars.ts";
import { assertSameBars } from "../../support/same-bars.ts";

const OF = { venue: simulated, symbol: "BTCUSDT" };
const STEP = 1_000_000;

/** Trades in order of time, some ids missing, and what is missing. */
function trades(count: number, seed: number): TradeColumns {
  const chance = random(seed);
  const column = (value: () => number): Float64Array => Float64Array.from({ length: count }, value);
  let [id, us] = [0, 1.7e15];
  const holes: { first: number; last: number }[] = [];
  const ids = column(() => {
    const step = chance.uniform() < 0.01 ? 2 + Math.floor(5 * chance.uniform()) : 1;
    if (step > 1) holes.push({ first: id + 1, last: id + step - 1 });
    id += step;
    return id;
  });
  return {
    length: count,
    id: ids,
    tradeTimeUs: column(() => {
      us += Math.floor(chance.uniform() * 300_000);
      return us;
    }),
    price: column(() => Math.round(1e8 * (60_000 + 500 * chance.normal())) / 1e8),
    qty: column(() => Math.round(1e8 * (1e-8 + 100 * chance.uniform() ** 6)) / 1e8),
    isBuyerMaker: Uint8Array.from({ length: count }, () => (chance.uniform() < 0.5 ? 1 : 0)),
    holes,
  };
}

/** Sums by whole numbers; rows end with a step of time or where an id is missing. */
function sumsOf(all: TradeColumns, holes: TradeSums["holes"]): TradeSums {
  const e8 = (value: number): bigint => BigInt(Math.round(value * 1e8));
  const rows: Record<SumColumn, number>[] = [];
  for (let i = 0; i < all.length; ) {
    const startUs = Math.floor(all.tradeTimeUs[i]! / STEP) * STEP;
    const from = i;
    let [v, b, z, high, low] = [0n, 0n, 0n, 0, Number.POSITIVE_INFINITY];
    do {
      const [price, qty] = [e8(all.price[i]!), e8(all.qty[i]!)];
      v += qty;
      if (all.isBuyerMaker[i] === 0) b += qty;
      z += price * qty;
      high = Math.max(high, all.price[i]!);
      low = Math.min(low, all.price[i]!);
      i++;
    } while (
      i < all.length &&
      all.tradeTimeUs[i]! < startUs + STEP &&
      all.id[i]! - all.id[from]! === i - from
    );
    const low26 = (value: bigint): number => Number(BigInt.asUintN(26, value));
    const low52 = (value: bigint): bigint => BigInt.asUintN(52, value);
    rows.push({
      ...{ startUs, newestUs: all.tradeTimeUs[i - 1]!, firstId: all.id[from]!, lastId: all.id[i - 1]! },
      ...{ open: all.price[from]!, high, low, close: all.price[i - 1]! },
      ...{ v1: Number(v) - low26(v), v0: low26(v), b1: Number(b) - low26(b), b0: low26(b) },
      ...{ z2: Number(z - low52(z)), z1: Number(low52(z)) - low26(z), z0: low26(z) },
    });
  }
  const columns = SUM_COLUMNS.map((name) => [name, Float64Array.from(rows, (row) => row[name])] as const);
  return {
    ...(Object.fromEntries(columns) as Record<SumColumn, Float64Array>),
    ...{ length: rows.length, holes },
  };
}

test("bars of sums, and of sums and trades in turn, are those of the trades to the last bit", () => {
  for (const seed of [1, 2, 3]) {
    const all = trades(4000, seed);
    const chance = random(seed);
    for (const every of ["1s", "5s", "1m", "1h"]) {
      const builder = barBuilder({ ...OF, rule: barRule(every) });
      for (let from = 0; from < all.length; ) {
        const to = Math.min(all.length, from + 1 + Math.floor(400 * chance.uniform()));
        const piece = sliceTrades(all, from, to);
        if (chance.uniform() < 0.3) builder.push(piece);
        else builder.pushSums(sumsOf(piece, all.holes!));
        from = to;
      }
      assertSameBars(builder.bars(), barsFromTrades(all, { ...OF, every }));
    }
  }
});
