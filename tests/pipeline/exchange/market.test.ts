import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { simulatedMarket } from "../../../src/pipeline/exchange/market.ts";
import type { MarketTrade } from "../../../src/pipeline/exchange/source.ts";
import { WORLD, type World } from "../../../src/pipeline/exchange/world.ts";

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
  const text = JSON.stringify(market.between(START, START + MINUTE));
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

test("the pair's hedge ratio and half-life can be found from its trades", () => {
  const [pair] = market.truth().pairs;
  assert.equal(pair!.y, "ETHUSDT");
  const stepS = 10;
  const count = (12 * 3600) / stepS;
  const lastPrice = (symbol: number, us: number): number => {
    const id = market.lastId(symbol, us, "event");
    return Math.log(Number(market.trades(symbol, id, id, 1)[0]!.price));
  };
  const at = Array.from({ length: count }, (_, i) => START + i * stepS * 1_000_000);
  const x = at.map((us) => lastPrice(0, us));
  const y = at.map((us) => lastPrice(1, us));
  const { slope, intercept } = leastSquares(x, y);
  assert.ok(Math.abs(slope - pair!.beta) < 0.06, `beta ${slope}`);
  const spread = y.map((value, i) => value - intercept - slope * x[i]!);
  const sd = Math.sqrt(spread.reduce((sum, value) => sum + value * value, 0) / count);
  assert.ok(sd > 0.7 * pair!.sd && sd < 1.3 * pair!.sd, `sd ${sd}`);
  const { slope: phi } = leastSquares(spread.slice(0, -1), spread.slice(1));
  const halfLifeS = (-Math.LN2 / Math.log(phi)) * stepS;
  assert.ok(halfLifeS > 0.6 * pair!.halfLifeS && halfLifeS < 1.5 * pair!.halfLifeS, `half-life ${halfLifeS}`);
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
