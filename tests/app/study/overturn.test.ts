import assert from "node:assert/strict";
import { test } from "node:test";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import { namedStrategy } from "../../../src/analytics/backtest/strategies/named-strategies.ts";
import { backtestData } from "../../../src/app/study/data.ts";
import { type BacktestRun, runOn } from "../../../src/app/study/run.ts";
import { type Overturn, overturnTable, whatWouldOverturn } from "../../../src/app/study/verdict/overturn.ts";

const SETTINGS = {
  hedge: { method: "fixed", calibrationBars: 200 },
  window: 120,
  entry: 1.5,
  size: { by: "notional", notional: 50_000 },
};
const COSTS = { feeBps: 0.5, halfSpreadBps: 0.25, slippageBps: 0.25 };
const data = backtestData({ source: "sim:7", y: "ETHUSDT", x: "BTCUSDT", bars: 1500 });

function ran(settings: object = {}, costs: object = {}): BacktestRun {
  const strategy = namedStrategy({ name: "mean reversion", settings: { ...SETTINGS, ...settings } });
  return runOn(data, strategy, { costs: { ...COSTS, ...costs } }, true);
}

const named = ({ challenges }: Overturn, what: RegExp) => challenges.filter((one) => what.test(one.what));

test("whatWouldOverturn takes one thing at a time another way, each as a run of its own would", () => {
  const run = ran();
  assert.ok(run.performance.totalReturn > 0);
  const overturn = whatWouldOverturn(run);
  assert.deepEqual(
    overturn.challenges.map(({ what }) => what),
    [
      ...["costs × 1.5", "costs × 2", "costs × 3", "every fill one bar later"],
      `${data.market.legs[1]!.symbol} filled one bar after ${data.market.legs[0]!.symbol}`,
      ...["the first half alone", "the second half alone"],
      ...["without the best round trip", "without the best 2 round trips"],
      ...["window 80 in place of 120", "window 180 in place of 120"],
      ...["entry 1 in place of 1.5", "entry 2.25 in place of 1.5"],
      ...["hedge.calibrationBars 133 in place of 200", "hedge.calibrationBars 300 in place of 200"],
    ],
  );
  const [dearer] = named(overturn, /× 2/);
  assert.equal(
    dearer!.totalReturn,
    ran({}, { feeBps: 1, halfSpreadBps: 0.5, slippageBps: 0.5 }).performance.totalReturn,
  );
  assert.equal(named(overturn, /^window 80/)[0]!.totalReturn, ran({ window: 80 }).performance.totalReturn);
  for (const { totalReturn, overturns } of overturn.challenges) assert.equal(overturns, totalReturn <= 0);
});

test("the halves of the time make the whole, and without the best round trip their profit is missing", () => {
  const run = ran();
  const overturn = whatWouldOverturn(run);
  const [first, second] = named(overturn, /half/);
  const whole = (1 + first!.totalReturn) * (1 + second!.totalReturn) - 1;
  assert.ok(Math.abs(whole - run.performance.totalReturn) < 1e-12);
  assert.equal(first!.roundTrips + second!.roundTrips, run.result.roundTrips.length);
  const best = Math.max(...run.result.roundTrips.map(({ profit }) => profit));
  const without = named(overturn, /best round trip$/)[0]!;
  assert.ok(Math.abs(run.performance.totalReturn - without.totalReturn - best / 100_000) < 1e-12);
});

test("where sizes follow the equity, without the best round trips their growth is missing, and never more than all is lost", () => {
  const run = ran({ size: { by: "equity", share: 30 } }, { feeBps: 20 });
  const { roundTrips, equity, startCash } = run.result;
  const growths = roundTrips
    .map(({ profit, entryBar }) => 1 + profit / equity[entryBar - 1]!)
    .sort((a, b) => b - a);
  const end = equity.at(-1)!;
  assert.ok(end > 0 && end < 0.5 * startCash, `${end}`);
  const [best, bests] = named(whatWouldOverturn(run), /without the best/);
  assert.ok(Math.abs(best!.totalReturn - (end / growths[0]! / startCash - 1)) < 1e-12);
  assert.ok(Math.abs(bests!.totalReturn - (end / (growths[0]! * growths[1]!) / startCash - 1)) < 1e-12);
  assert.ok(bests!.totalReturn > -1);
});

test("an account that is gone in the first half has no second one", () => {
  const run = ran({ size: { by: "notional", notional: 5e6 } }, { feeBps: 900 });
  assert.ok(run.performance.totalReturn < -1);
  const [first, second] = named(whatWouldOverturn(run), /half/);
  assert.ok(first!.totalReturn < -1);
  assert.deepEqual([second!.totalReturn, second!.overturns], [Number.NaN, false]);
  // three times these costs are beyond all bounds: they are left out
  assert.equal(named(whatWouldOverturn(run), /costs/).length, 0);
});

test("a fill one bar later has the open of the bar after the one that it would have had", () => {
  const run = ran({}, { feeBps: 0, halfSpreadBps: 0, slippageBps: 0 });
  const { fills, startCash } = run.result;
  const { legs } = data.market;
  // the same decisions: sizes here do not follow the equity
  const money = fills.reduce(
    (sum, { leg, bar, quantity }) => sum + quantity * (legs[leg]!.close.at(-1)! - legs[leg]!.open[bar + 1]!),
    0,
  );
  const [later] = named(whatWouldOverturn(run), /later/);
  assert.ok(Math.abs(later!.totalReturn - money / startCash) < 1e-9, `${later!.totalReturn}`);
});

test("the sentence names what breaks a gain, or what would turn a loss, and the fee at which nothing is left", () => {
  const { sentence, breakEven } = whatWouldOverturn(ran());
  assert.match(sentence, /^It gained 0\.\d\d %\. \d+ of 15 changes turns? that into a loss: costs × /);
  assert.equal(breakEven.verdict, "found");
  assert.ok(sentence.endsWith(`at a fee of ${breakEven.feeBps.toFixed(2)} basis points; 0.5 were paid.`));
  const atThat = runBacktest(data.market, ran().strategy, {
    costs: { ...COSTS, feeBps: breakEven.feeBps },
  });
  assert.ok(Math.abs(atThat.equity.at(-1)! - 100_000) < 1);
  assert.match(whatWouldOverturn(ran({}, { feeBps: 20 })).sentence, /^It lost \d+\.\d\d %\. None of 15 /);
  assert.equal(
    whatWouldOverturn(ran({ entry: 9 })).sentence,
    "It never traded: there is nothing to overturn.",
  );
});

test("a rule of one's own has no settings to be varied; the rest is asked of it, too", () => {
  const strategy = { ...ran().strategy, name: "my own" };
  const overturn = whatWouldOverturn(runOn(data, strategy, { costs: COSTS }, false));
  assert.equal(overturn.challenges.length, 9);
  const table = overturnTable(overturn);
  assert.equal(table.length, 10);
  assert.equal(table.columns[1]!.values[0], 100 * overturn.totalReturn);
  assert.equal(table.columns[2]!.values[0], ran().result.roundTrips.length);
});
