import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { simulatedMarket } from "../../../../src/pipeline/exchange/market/market.ts";
import { WORLD, type World } from "../../../../src/pipeline/exchange/market/world.ts";
import type { MarketTrade } from "../../../../src/pipeline/exchange/source.ts";

const START = 1_790_000_000_000_000;
const MINUTE = 60_000_000;
const market = simulatedMarket(7);
const tenMinutes = market.between(START, START + 10 * MINUTE);
const ofSymbol = (trades: readonly MarketTrade[], symbol: number): MarketTrade[] =>
  trades.filter((trade) => trade.symbol === symbol);
const SYMBOLS = market.symbols.map((_, index) => index);

test("the same seed and time give the same bytes, whatever was asked before", () => {
  const fresh = simulatedMarket(7);
  fresh.between(START - 400 * 86_400_000_000, START - 400 * 86_400_000_000 + MINUTE);
  fresh.trades(2, 5, 25, 100);
  assert.deepEqual(fresh.between(START, START + MINUTE), market.between(START, START + MINUTE));
});

test("a minute of seed 7 has the bytes it always had", () => {
  // of the symbols that it always had
  const text = JSON.stringify(market.between(START, START + MINUTE).filter(({ symbol }) => symbol < 4));
  const digest = createHash("sha256").update(text).digest("hex");
  assert.equal(digest, "8e7a0216ebe4713016b78b1d6dcc220159c76c7ceb775e58375d8b2c2269109f");
});

test("another seed is another market", () => {
  const other = simulatedMarket(8).between(START, START + 1_000_000);
  assert.notDeepEqual(other, market.between(START, START + 1_000_000));
});

test("adding a symbol leaves the others as they were", () => {
  const extra = { ...WORLD.symbols[2]!, symbol: "ADAUSDT", base: "ADA" };
  const world: World = { ...WORLD, symbols: [...WORLD.symbols, extra] };
  const wider = simulatedMarket(7, world);
  assert.deepEqual(wider.trades(1, 1000, 1100, 50), market.trades(1, 1000, 1100, 50));
});

test("ids are contiguous per symbol, times never go back, no trade is published before it happens", () => {
  for (const symbol of SYMBOLS) {
    const trades = ofSymbol(tenMinutes, symbol);
    assert.ok(trades.length > 1000);
    for (let i = 1; i < trades.length; i++) {
      const [before, trade] = [trades[i - 1]!, trades[i]!];
      assert.equal(trade.id, before.id + 1);
      assert.ok(trade.aggregateId === before.aggregateId || trade.aggregateId === before.aggregateId + 1);
      assert.ok(trade.tradeTimeUs >= before.tradeTimeUs);
      assert.ok(trade.eventTimeUs >= before.eventTimeUs);
      assert.ok(trade.eventTimeUs >= trade.tradeTimeUs);
    }
  }
});

test("all symbols together come in the order of their event times", () => {
  for (let i = 1; i < tenMinutes.length; i++) {
    assert.ok(tenMinutes[i]!.eventTimeUs >= tenMinutes[i - 1]!.eventTimeUs);
  }
});

test("a range cut anywhere is the same range", () => {
  const cuts = [0, 1, 999_999, 1_000_000, 1_000_001, 17_345_678, 60_000_000];
  const parts = cuts.slice(1).flatMap((cut, i) => market.between(START + cuts[i]!, START + cut));
  assert.deepEqual(parts, market.between(START, START + MINUTE));
});

test("a range found by id is the range found by time", () => {
  for (const symbol of SYMBOLS) {
    const trades = ofSymbol(tenMinutes, symbol);
    const [first, last] = [trades[0]!, trades.at(-1)!];
    assert.deepEqual(market.trades(symbol, first.id, last.id, 1e9), trades);
    assert.equal(market.lastId(symbol, START, "event"), first.id - 1);
    assert.equal(market.lastId(symbol, START + 10 * MINUTE, "event"), last.id);
    assert.equal(market.lastId(symbol, first.tradeTimeUs - 1, "trade"), first.id - 1);
    assert.deepEqual(market.trades(symbol, first.id + 10, last.id, 3), trades.slice(10, 13));
  }
});

test("the first trade of an aggregate is found by the aggregate's id", () => {
  const trades = ofSymbol(tenMinutes, 0);
  const change = trades.findIndex(({ aggregateId }) => aggregateId > trades[0]!.aggregateId);
  assert.equal(market.firstIdOfAggregate(0, trades[change]!.aggregateId), trades[change]!.id);
});

test("ids begin at 0 on the first day, and no market is older", () => {
  const [first] = market.trades(0, 0, 0, 1);
  assert.equal(first?.id, 0);
  assert.equal(market.lastId(0, market.startUs - 1, "event"), -1);
  assert.deepEqual(market.between(market.startUs - MINUTE, market.startUs - 1), []);
});

test("prices lie on the tick, quantities on the step, both with 8 places", () => {
  for (const trade of tenMinutes) {
    const { tickSize, stepSize } = market.symbols[trade.symbol]!;
    for (const [text, grid] of [
      [trade.price, tickSize],
      [trade.qty, stepSize],
    ] as const) {
      assert.match(text, /^\d+\.\d{8}$/);
      assert.equal(BigInt(text.replace(".", "")) % BigInt(grid.replace(".", "")), 0n);
      assert.ok(Number(text) > 0);
    }
  }
});

test("trades come in clusters: most share their millisecond, and seconds differ more than a Poisson count would", () => {
  for (const symbol of SYMBOLS) {
    const trades = ofSymbol(tenMinutes, symbol);
    const ms = trades.map(({ tradeTimeUs }) => Math.floor(tradeTimeUs / 1000));
    const shared = ms.filter((time, i) => i > 0 && time === ms[i - 1]).length / ms.length;
    assert.ok(shared > 0.5 && shared < 0.85, `${shared}`);
    const perSecond = new Float64Array(600);
    for (const time of ms) perSecond[Math.min(599, Math.floor((time - START / 1000) / 1000))]!++;
    const mean = trades.length / 600;
    const variance = perSecond.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 599;
    assert.ok(variance / mean > 3, `dispersion ${variance / mean}`);
  }
});

/** log prices of the last trades, and the relation between two symbols that they show. */
function relation(
  y: string,
  x: string,
  from: number,
  { stepS, count }: { readonly stepS: number; readonly count: number },
): { slope: number; sd: number; halfLifeS: number } {
  const lastPrices = (name: string): number[] => {
    const symbol = market.symbols.findIndex((one) => one.symbol === name);
    return Array.from({ length: count }, (_, i) => {
      const id = market.lastId(symbol, from + i * stepS * 1_000_000, "event");
      return Math.log(Number(market.trades(symbol, id, id, 1)[0]!.price));
    });
  };
  const [xs, ys] = [lastPrices(x), lastPrices(y)];
  const { slope, intercept } = leastSquares(xs, ys);
  const spread = ys.map((value, i) => value - intercept - slope * xs[i]!);
  const { slope: phi } = leastSquares(spread.slice(0, -1), spread.slice(1));
  return {
    slope,
    sd: Math.sqrt(spread.reduce((sum, value) => sum + value * value, 0) / count),
    halfLifeS: (-Math.LN2 / Math.log(phi)) * stepS,
  };
}

const HALF_YEAR = 182 * 86_400_000_000;
for (const { y, x, beta, sd, halfLifeS, endsUs } of market.truth().pairs) {
  test(`the hedge ratio and half-life of ${y} on ${x} can be found from their trades`, () => {
    const stepS = halfLifeS / 18;
    const found = relation(y, x, endsUs === undefined ? START : endsUs - HALF_YEAR, { stepS, count: 4320 });
    assert.ok(Math.abs(found.slope - beta) < 0.06, `beta ${found.slope}`);
    assert.ok(found.sd > 0.7 * sd && found.sd < 1.4 * sd, `sd ${found.sd}`);
    assert.ok(
      found.halfLifeS > 0.6 * halfLifeS && found.halfLifeS < 1.5 * halfLifeS,
      `half-life ${found.halfLifeS}`,
    );
  });
}

test("the relation that ends does so at the time that is told: its spread then leaves its range for good", () => {
  const [pair, ...others] = market.truth().pairs.filter(({ endsUs }) => endsUs !== undefined);
  assert.ok(pair !== undefined && others.length === 0);
  const place = (name: string): number => market.symbols.findIndex(({ symbol }) => symbol === name);
  const spread = (us: number): number =>
    market.logPrice(place(pair.y), us) - pair.alpha - pair.beta * market.logPrice(place(pair.x), us);
  const day = 86_400_000_000;
  for (let days = 1; days <= 60; days++) assert.ok(Math.abs(spread(pair.endsUs! - days * day)) < 5 * pair.sd);
  const after = Array.from({ length: 60 }, (_, i) => Math.abs(spread(pair.endsUs! + (i + 5) * day)));
  assert.ok(after.filter((value) => value > 5 * pair.sd).length > 50, `${after}`);
});

test("symbols that only look related are correlated in their moves, and no relation holds them together", () => {
  const { lookalikes } = market.truth();
  const { y, x } = lookalikes.find((one) => one.y === "BNBUSDT" && one.x === "SOLUSDT")!;
  const place = (name: string): number => market.symbols.findIndex(({ symbol }) => symbol === name);
  const path = (name: string): number[] =>
    Array.from({ length: 1500 }, (_, i) => market.logPrice(place(name), START - i * 3_600_000_000));
  const moves = (values: number[]): number[] => values.slice(1).map((value, i) => value - values[i]!);
  const [a, b] = [path(y), path(x)];
  const there = leastSquares(moves(a), moves(b)).slope;
  const back = leastSquares(moves(b), moves(a)).slope;
  assert.ok(Math.sqrt(there * back) > 0.5, `correlation ${Math.sqrt(there * back)}`);
  const { slope, intercept } = leastSquares(b, a);
  const residual = a.map((value, i) => value - intercept - slope * b[i]!);
  const { slope: phi } = leastSquares(residual.slice(0, -1), residual.slice(1));
  assert.ok(-Math.LN2 / Math.log(phi) > 24, `half-life ${-Math.LN2 / Math.log(phi)} hours`);
});

test("the truth names at least eight symbols, several pairs, one relation that ends, and a factor in common", () => {
  const { world, pairs, lookalikes } = market.truth();
  assert.ok(world.symbols.length >= 8);
  assert.ok(pairs.filter(({ endsUs }) => endsUs === undefined).length >= 3);
  assert.equal(pairs.filter(({ endsUs }) => endsUs !== undefined).length, 1);
  assert.ok(lookalikes.some(({ shared, own }) => shared.includes("alts") && own.length === 2));
});

test("a factor with a beginning is 0 before it and moves after it", () => {
  const fromUs = START + MINUTE;
  const world: World = {
    ...WORLD,
    factors: { ...WORLD.factors, rift: { halfLifeS: 5e6, sd: 0.2, time: "activity", fromUs } },
    symbols: WORLD.symbols.map((model) =>
      model.symbol === "SOLUSDT"
        ? { ...model, price: { price: 150, loadings: { btc: 0.6, alts: 1.1, sol: 1, rift: 1 } } }
        : model,
    ),
  };
  const broken = simulatedMarket(7, world);
  assert.equal(broken.logPrice(2, fromUs), market.logPrice(2, fromUs));
  assert.notEqual(broken.logPrice(2, fromUs + MINUTE), market.logPrice(2, fromUs + MINUTE));
});

test("a seed that is not a whole number is refused", () => {
  assert.throws(() => simulatedMarket(1.5), /seed: must be a whole number from 0 to \d+; got 1.5\. Pass/);
  assert.throws(() => simulatedMarket(-1), { code: "bad-seed" });
});

function leastSquares(x: readonly number[], y: readonly number[]): { slope: number; intercept: number } {
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const sxy = x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  const sxx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const slope = sxy / sxx;
  return { slope, intercept: my - slope * mx };
}
