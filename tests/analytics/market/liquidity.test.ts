import assert from "node:assert/strict";
import { test } from "node:test";
import {
  amihud,
  liquidity,
  secondsBetweenTrades,
  takerImbalance,
} from "../../../src/analytics/market/liquidity.ts";
import { rollingRollSpread, rollSpread } from "../../../src/analytics/market/liquidity-roll.ts";
import { thinBars, withoutThin } from "../../../src/analytics/market/liquidity-thin.ts";
import { percentileRank, percentileRankOperator } from "../../../src/analytics/rolling/percentile-rank.ts";
import { sliceBars } from "../../../src/core/bars.ts";
import { random } from "../../../src/core/random.ts";
import { fillEmpty } from "../../../src/pipeline/bars/fill-empty.ts";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { simulated, walkBars } from "../../support/bars.ts";
import { ticks } from "../../support/ticks.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { assertCausal, noise } from "../support/laws.ts";

const nan = Number.NaN;
const of = (...values: number[]): Float64Array => Float64Array.from(values);

test("taker imbalance by hand: per bar, and over a window as a ratio of sums", () => {
  const bars = { volume: of(10, 0, 4, 6), takerBuyVolume: of(10, 0, 1, 3) };
  assertAllClose(takerImbalance(bars), [1, nan, -0.5, 0], 1e-15);
  assertAllClose(takerImbalance(bars, { window: 2 }), [nan, 1, -0.5, -0.2], 1e-15);
});

test("Amihud's illiquidity by hand: moves per million of quote currency, bars without a trade left out", () => {
  const bars = { close: of(100, 101, 101, 99.99), quoteVolume: of(5e5, 2e6, 0, 1e6) };
  assertAllClose(amihud(bars), [nan, 0.005, nan, 0.01], 1e-12);
  assertAllClose(amihud(bars, { window: 3 }), [nan, nan, nan, (0.005 + 0.01) / 2], 1e-12);
  assertAllClose(amihud(bars, { perQuote: 2e6 }), [nan, 0.01, nan, 0.02], 1e-12);
});

test("seconds between trades by hand: length over trades, NaN without one", () => {
  const bars = { startUs: of(0, 1e7, 2e7), endUs: of(1e7, 2e7, 3e7), tradeCount: of(5, 0, 2) };
  assertAllClose(secondsBetweenTrades(bars), [2, nan, 5], 1e-15);
  assertAllClose(secondsBetweenTrades(bars, { window: 2 }), [nan, 4, 10], 1e-15);
});

test("Roll's spread of a price that jumps between bid and ask is that spread", () => {
  const source = random(9);
  const spread = 0.04;
  let middle = 100;
  const prices = Float64Array.from({ length: 200_000 }, () => {
    middle += 0.002 * source.normal();
    return middle + (source.uniform() < 0.5 ? -spread : spread) / 2;
  });
  assertClose(rollSpread(prices, { prices: "raw" }), spread, 0.02);
  assertClose(rollSpread(prices), spread / 100, 0.05);
});

test("Roll's spread by hand and against two passes over each view; NaN where moves do not turn back", () => {
  // moves 1, −1, 1, −1: pairs (−1, 1), (1, −1), (−1, 1), mean −⅓ and ⅓, covariance −(8/3) / 2
  assertClose(rollSpread(of(1, 2, 1, 2, 1), { prices: "raw" }), 2 * Math.sqrt(4 / 3), 1e-14);
  assert.ok(Number.isNaN(rollSpread(of(1, 2, 4, 8, 16, 32), { prices: "raw" })));
  const prices = noise(3, 300).map((value) => 100 + value);
  const window = 25;
  const expected = prices.map((_, t) => {
    if (t < window - 1) return nan;
    const view = prices.subarray(t - window + 1, t + 1);
    const moves = Array.from(view.subarray(1), (price, i) => Math.log(price) - Math.log(view[i]!));
    const [now, before] = [moves.slice(1), moves.slice(0, -1)];
    const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    const [a, b] = [mean(now), mean(before)];
    const covariance = now.reduce((sum, v, i) => sum + (v - a) * (before[i]! - b), 0) / (now.length - 1);
    return covariance < 0 ? 2 * Math.sqrt(-covariance) : nan;
  });
  assertAllClose(rollingRollSpread(prices, { window }), expected, 1e-9);
});

test("liquidity gives every measure, per bar and rolling, also of filled bars", () => {
  const bars = fillEmpty(barsFromTrades(ticks(3000), { venue: simulated, symbol: "X", every: "1s" }));
  const one = liquidity(bars);
  assert.deepEqual(one.volume, bars.volume);
  assert.deepEqual(one.tradeCount, bars.tradeCount);
  assert.ok(one.rollSpread.every(Number.isNaN));
  const rolling = liquidity(bars, { window: 30 });
  for (const column of Object.values(rolling) as Float64Array[]) assert.equal(column.length, bars.length);
  const t = bars.length - 1;
  const view = sliceBars(bars, t - 29);
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  assertClose(rolling.volume[t]!, sum(view.volume), 1e-12);
  assertClose(rolling.quoteVolume[t]!, sum(view.quoteVolume), 1e-12);
  assertClose(rolling.takerImbalance[t]!, (2 * sum(view.takerBuyVolume)) / sum(view.volume) - 1, 1e-9);
  assertClose(rolling.secondsBetweenTrades[t]!, 30 / sum(view.tradeCount), 1e-12);
});

test("all measures of liquidity are causal", () => {
  const bars = walkBars(60);
  assertCausal(
    60,
    (end) => Object.values(liquidity(sliceBars(bars, 0, end), { window: 7 })) as Float64Array[],
  );
  const rules = {
    minTrades: 4,
    percentile: { of: "volume", share: 0.2, window: 10 },
  } as const;
  assertCausal(60, (end) => [thinBars(sliceBars(bars, 0, end), rules)]);
});

test("percentileRank by hand: the share of the values before that are not above", () => {
  assertAllClose(percentileRank(of(1, 3, 2, 2, 9, 0), { window: 2 }), [nan, nan, 0.5, 0.5, 1, 0], 0);
  assertAllClose(percentileRank(of(1, nan, 2, 2, 2), { window: 2 }), [nan, nan, nan, nan, 1], 0);
  const operator = percentileRankOperator({ window: 2 });
  assert.deepEqual(
    [1, 3, 2].map((value) => operator.push(value)),
    [nan, nan, 0.5],
  );
});

test("a bar is thin by volume, trades or its place among the bars before; a missing bar always", () => {
  const bars = {
    volume: of(5, 1, nan, 5, 5),
    quoteVolume: of(50, 10, nan, 50, 2),
    tradeCount: of(9, 9, nan, 1, 9),
  };
  assert.deepEqual([...thinBars(bars, {})], [0, 0, 1, 0, 0]);
  assert.throws(() => thinBars(bars, { minTrades: -1 }), {
    message: "thinBars: minTrades must be a number of at least 0; got -1. Pass 0, or more.",
  });
  assert.throws(() => thinBars(bars, { percentile: { of: "close" as never, share: 0.5, window: 2 } }), {
    message: /^thinBars: percentile\.of must be one of "volume", "quoteVolume", "tradeCount"; got "close"\./,
  });
  assert.deepEqual([...thinBars(bars, { minVolume: 2 })], [0, 1, 1, 0, 0]);
  assert.deepEqual([...thinBars(bars, { minTrades: 2, minQuoteVolume: 5 })], [0, 0, 1, 1, 1]);
  const steady = {
    volume: of(4, 4, 4, 4, 1, 4),
    quoteVolume: of(1, 1, 1, 1, 1, 1),
    tradeCount: of(1, 1, 1, 1, 1, 1),
  };
  const percentile = { of: "volume", share: 0.5, window: 3 } as const;
  assert.deepEqual([...thinBars(steady, { percentile })], [0, 0, 0, 0, 1, 0]);
  assert.deepEqual(
    [...withoutThin(of(1, 2, 3, 4, 5, 6), thinBars(steady, { percentile }))],
    [1, 2, 3, 4, nan, 6],
  );
});

test("windows, shares and limits that make no sense are refused", () => {
  const bars = walkBars(10);
  assert.throws(() => liquidity(bars, { window: 0 }), { code: "bad-window" });
  assert.throws(() => amihud(bars, { perQuote: 0 }), { code: "bad-setting" });
  assert.throws(() => rollSpread(of(1, 2, 3)), { code: "bad-window" });
  assert.throws(() => rollingRollSpread(bars.close, { window: 3 }), { code: "bad-window" });
  assert.throws(() => thinBars(bars, { minVolume: -1 }), { code: "bad-setting" });
  assert.throws(() => thinBars(bars, { percentile: { of: "volume", share: 1, window: 5 } }), {
    code: "bad-setting",
  });
  assert.throws(() => withoutThin(of(1), new Uint8Array(2)), { code: "length-mismatch" });
});

test("no bars give empty columns", () => {
  for (const column of Object.values(liquidity(walkBars(0), { window: 5 })) as Float64Array[])
    assert.equal(column.length, 0);
  assert.equal(thinBars(walkBars(0), { minTrades: 1 }).length, 0);
});
