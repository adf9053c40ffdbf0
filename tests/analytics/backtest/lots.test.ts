import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import type { Rule } from "../../../src/analytics/backtest/strategy.ts";
import { assertClose } from "../support/assert-close.ts";
import { marketOf } from "./support/markets.ts";

const flat = (price: number): number[] => new Array<number>(6).fill(price);
const market = marketOf([
  { symbol: "YUSDT", open: flat(100), close: flat(100) },
  { symbol: "XUSDT", open: flat(50), close: flat(50) },
]);
const asks =
  (...units: readonly [number, number]): Rule =>
  ({ bar }) =>
    bar === 0 ? { units } : bar === 3 ? { units: [0, 0] } : undefined;
const run = (rule: Rule, legs: readonly object[]) =>
  runBacktest(market, rule, { startCash: 1000, costs: { legs } });

describe("lots and least orders, by hand", () => {
  test("each leg is held in whole lots, rounded towards 0, and closed whole", () => {
    const { units, fills, counts } = run(asks(1.37, -2.9), [{ lotStep: 0.1 }, { lotStep: 1 }]);
    assertClose(units[0]![1]!, 1.3, 1e-12);
    assert.equal(units[1]![1], -2);
    assert.deepEqual([units[0]![4], units[1]![4]], [0, 0]);
    assert.equal(fills.length, 4);
    assert.deepEqual(counts, {});
  });

  test("a number of lots that is whole but for rounding stays", () => {
    const { units } = run(asks(0.3, -0.7), [{ lotStep: 0.1 }, { lotStep: 0.1 }]);
    assertClose(units[0]![1]!, 0.3, 1e-12);
    assertClose(units[1]![1]!, -0.7, 1e-12);
  });

  test("a leg smaller than one lot keeps the other one out: nothing is traded, and it is counted", () => {
    const { fills, counts, equity } = run(asks(1, -2), [{}, { lotStep: 5 }]);
    assert.equal(fills.length, 0);
    assert.deepEqual(counts, { tooSmall: 1 });
    assert.ok(equity.every((money) => money === 1000));
  });

  test("lots larger than the account are never bought", () => {
    const weights: Rule = ({ bar }) => (bar < 3 ? { weights: [0.5, -0.5] } : undefined);
    const { fills, counts } = run(weights, [{ lotStep: 100 }, { lotStep: 100 }]);
    assert.deepEqual([fills.length, counts.tooSmall], [0, 3]);
  });

  test("an order below the least is not made, in no leg; one that closes a leg is", () => {
    assert.equal(run(asks(1, -1), [{}, { minOrder: 60 }]).fills.length, 0);
    assert.equal(run(asks(1, -1), [{}, { minOrder: 50 }]).fills.length, 4);
    const smaller: Rule = ({ bar }) =>
      bar === 0 ? { units: [2, -2] } : bar === 2 ? { units: [1.9, -2] } : undefined;
    const { units, counts } = run(smaller, [{ minOrder: 20 }, {}]);
    assert.deepEqual([units[0]![5], counts.tooSmall], [2, 1]);
  });

  test("lots and orders that can't be are refused in their own units", () => {
    for (const [legs, says] of [
      [[{ lotStep: -1 }], /costs\.legs\[0\]\.lotStep must be base units from 0 .*; got -1\./],
      [[{ lotStep: Number.NaN }], /lotStep must be base units from 0 .*; got NaN/],
      [[{ minOrder: Number.POSITIVE_INFINITY }], /minOrder must be money from 0 /],
    ] as const)
      assert.throws(() => run(asks(1, -1), legs), { code: "bad-setting", message: says });
  });
});
