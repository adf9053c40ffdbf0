import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type BacktestSettings,
  briefRuns,
  runBacktest,
} from "../../../src/analytics/backtest/run-backtest.ts";
import { buyAndHold } from "../../../src/analytics/backtest/strategies/buy-and-hold.ts";
import { movingAverageCross } from "../../../src/analytics/backtest/strategies/moving-average-cross.ts";
import type { Rule } from "../../../src/analytics/backtest/strategy.ts";
import type { Market } from "../../../src/analytics/backtest/types.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { marketOf, seededMarket } from "./support/markets.ts";

const nan = Number.NaN;
const flat: Rule = () => undefined;
const small = (open: readonly number[], close = open): Market => marketOf([{ symbol: "A", open, close }]);
const at = (decisions: Readonly<Record<number, readonly number[]>>): Rule => {
  return ({ bar }) => decisions[bar] && { units: decisions[bar]! };
};

describe("runBacktest", () => {
  test("without a decision rests at its cash: an empty result, and no NaN", () => {
    const run = runBacktest(small([1, 2, 3]), flat, { startCash: 50, costs: {} });
    assert.deepEqual([...run.equity], [50, 50, 50]);
    assert.deepEqual([run.orders, run.fills, run.roundTrips], [[], [], []]);
    assert.deepEqual([...run.exposure, ...run.turnover, ...run.paid], [0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("leaves a decision at the last close open", () => {
    const run = runBacktest(small([1, 2, 3]), at({ 2: [1] }), { costs: {} });
    assert.deepEqual(
      run.orders.map(({ state }) => state),
      ["open"],
    );
    assert.deepEqual(run.fills, []);
  });

  test("never fills where a leg never trades again", () => {
    const run = runBacktest(small([1, nan, nan], [1, 1, 1]), at({ 0: [1] }), { costs: {} });
    assert.deepEqual(
      run.orders.map(({ state }) => state),
      ["open"],
    );
    assert.deepEqual(run.fills, []);
  });

  test("keeps an order that waits when the same is decided again, and drops it when nothing is to be held", () => {
    const market = small([1, nan, nan, nan, 5], [1, 1, 1, 1, 5]);
    const again = runBacktest(market, () => ({ units: [1] }), { costs: {} });
    assert.deepEqual(
      again.orders.map(({ bar, state }) => [bar, state]),
      [[0, "filled"]],
    );
    const dropped = runBacktest(market, at({ 0: [1], 2: [0] }), { costs: {} });
    assert.deepEqual(
      dropped.orders.map(({ bar, state }) => [bar, state]),
      [[0, "cancelled"]],
    );
  });

  test("takes a copy of what a rule decides: the rule may use its array again", () => {
    const own = [0];
    const run = runBacktest(
      small([1, 1, 1, 1]),
      ({ bar }) => {
        own[0] = bar + 1;
        return { units: own };
      },
      { costs: {} },
    );
    assert.deepEqual([...run.units[0]!], [0, 1, 2, 3]);
  });

  test("marks what is held at the last close that was known", () => {
    const market = small([10, 11, nan, 13], [10, 12, nan, 14]);
    const run = runBacktest(market, at({ 0: [2] }), { startCash: 100, costs: {} });
    assert.deepEqual([...run.equity], [100, 102, 102, 106]);
  });

  test("splits a turn from long to short into two round trips at one open", () => {
    const run = runBacktest(small([10, 10, 12, 12, 9]), at({ 0: [1], 1: [-2], 3: [0] }), {
      startCash: 100,
      costs: { feeBps: 100 },
    });
    // bought at 10, turned at 12 (1 closes, 2 open), closed at 9: fees 0.1, 0.36 (a third of it closes), 0.18
    assert.deepEqual(
      run.roundTrips.map(({ side, entryBar, exitBar }) => [side, entryBar, exitBar]),
      [
        [1, 1, 2],
        [-1, 2, 4],
      ],
    );
    assertClose(run.roundTrips[0]!.profit, 2 - 0.1 - 0.12, 1e-12);
    assertClose(run.roundTrips[1]!.profit, 6 - 0.24 - 0.18, 1e-12);
    assertClose(run.roundTrips[0]!.costs, 0.22, 1e-12);
  });

  test("turns weights into units at the closes of the decision, also where the last one is older", () => {
    const market = marketOf([
      { symbol: "A", open: [10, 20, 20], close: [10, 20, 20] },
      { symbol: "B", open: [4, nan, 5], close: [4, nan, 5] },
    ]);
    const run = runBacktest(market, ({ bar }) => (bar === 1 ? { weights: [0.5, -0.25] } : undefined), {
      startCash: 1000,
      costs: {},
    });
    assert.deepEqual([run.units[0]![2], run.units[1]![2]], [25, -62.5]);
  });

  test("charges financing for the time of missing rows, too, on shorts and on negative cash", () => {
    const market = small([100, 100, 100, 100]);
    // two hours without a row before the last bar
    market.startUs[3] = market.startUs[3]! + 2 * 3600e6;
    const costs = { financingBpsPerYear: 8760 };
    const short = runBacktest(market, at({ 0: [-1] }), { startCash: 1000, costs });
    // 0.01 % an hour of 100
    assertAllClose(short.paid, [0, 0.01, 0.01, 0.03], 1e-12, "paid", 1e-15);
    const borrowed = runBacktest(market, at({ 0: [3] }), { startCash: 100, costs });
    // 200 borrowed, and the interest on it
    assertClose(borrowed.paid[1]!, 0.02, 1e-12);
    assertClose(borrowed.paid[2]!, 0.0001 * 200.02, 1e-12);
  });

  test("closes the position and asks the rule no more when the equity is gone", () => {
    let asked = -1;
    const rule: Rule = ({ bar }) => {
      asked = bar;
      return bar === 0 ? { units: [-10] } : undefined;
    };
    const run = runBacktest(small([10, 10, 25, 26, 27, 28]), rule, { startCash: 100, costs: {} });
    assert.equal(asked, 1);
    assert.deepEqual(
      run.orders.map(({ bar, reason, state }) => [bar, reason, state]),
      [
        [0, "entry", "filled"],
        [2, "ruin", "filled"],
      ],
    );
    assert.deepEqual([...run.equity], [100, 100, -50, -60, -60, -60]);
    assert.equal(run.roundTrips[0]!.profit, -160);
  });

  test("takes a cost that is undefined for 0", () => {
    const costs = { feeBps: undefined, slippageBps: 10 } as never;
    const run = runBacktest(small([10, 10, 10]), at({ 0: [1] }), { startCash: 100, costs });
    assert.equal(run.costs.feeBps, 0);
    assertClose(run.equity.at(-1)!, 99.99, 1e-12);
  });

  test("pays a maker his rebate", () => {
    const run = runBacktest(small([10, 10, 10]), at({ 0: [1] }), { startCash: 100, costs: { feeBps: -10 } });
    assertClose(run.equity[2]!, 100.01, 1e-14);
    assertClose(run.fills[0]!.fee, -0.01, 1e-14);
  });
});

describe("buyAndHold", () => {
  test("of either leg earns what its price earns from its first open after a known close", () => {
    const market = seededMarket({ seed: 4, length: 300 });
    for (const leg of [0, 1]) {
      const { open, close } = market.legs[leg]!;
      const run = runBacktest(market, buyAndHold({ leg }), { startCash: 1000, costs: {} });
      const units = 1000 / close[0]!;
      assertClose(run.equity.at(-1)!, 1000 + units * (close.at(-1)! - open[1]!), 1e-12);
      assert.equal(run.orders.length, 1);
    }
  });
});

describe("movingAverageCross", () => {
  test("is long while the fast mean stands above the slow one", () => {
    const close = [5, 4, 3, 2, 3, 4, 5, 4, 3, 2, 1];
    const strategy = movingAverageCross({ fast: 2, slow: 4, size: { by: "units", units: 3 } });
    const run = runBacktest(small(close), strategy, { costs: {} });
    // means of 2 and 4: above from bar 5 (3.5, 3) to bar 7 (4.5, 4), below from bar 8 (3.5, 4)
    assert.deepEqual(
      run.orders.map(({ bar, quantity, reason }) => [bar, quantity, reason]),
      [
        [5, 3, "entry"],
        [8, -3, "exit"],
      ],
    );
  });

  test("refuses means in the wrong order", () => {
    const size = { by: "units", units: 1 } as const;
    assert.throws(() => movingAverageCross({ fast: 5, slow: 5, size }), { code: "bad-thresholds" });
  });
});

describe("runBacktest refuses", () => {
  const good = small([1, 2, 3]);
  const refused = (
    market: Market,
    rule: Rule,
    settings: BacktestSettings,
    code: string,
    message: RegExp,
  ): void => {
    assert.throws(() => runBacktest(market, rule, settings), { code, message });
  };
  const refusedMarket = (more: Partial<Market>, code: string, message: RegExp): void =>
    refused({ ...good, ...more }, flat, { costs: {} }, code, message);

  test("bars that do not align", () => {
    const late = good.startUs.map((us, t) => us + (t === 2 ? 1 : 0));
    refusedMarket({ startUs: late }, "bars-do-not-align", /bar 2 begins 3600000001 µs after bar 1/);
    refusedMarket({ startUs: good.startUs.toReversed() }, "bars-do-not-align", /on one grid/);
    refusedMarket(
      { legs: [{ symbol: "A", open: new Float64Array(3), close: new Float64Array(2) }] },
      "length-mismatch",
      /A close with 2/,
    );
    refusedMarket(
      { legs: [{ ...good.legs[0]!, volume: new Float64Array(2) }] },
      "length-mismatch",
      /A volume with 2/,
    );
    refusedMarket({ legs: [] }, "bad-market", /one leg or two; got 0/);
    refusedMarket(
      {
        length: 0,
        startUs: new Float64Array(),
        legs: [{ symbol: "A", open: new Float64Array(), close: new Float64Array() }],
      },
      "too-few-values",
      /at least 1 bar; got 0/,
    );
  });

  test("what is no market, and no strategy", () => {
    const needs = /needs a market: startUs, and legs with open and close/;
    for (const none of [
      undefined,
      null,
      "bars",
      {},
      { ...good, legs: [null] },
      { ...good, startUs: [1, 2, 3] },
    ])
      refused(none as never, flat, { costs: {} }, "bad-market", needs);
    for (const none of [undefined, null, "z", {}, { begin: () => ({}) }, { begin: () => undefined }])
      refused(good, none as never, { costs: {} }, "bad-strategy", /a rule with a function decide/);
    for (const none of [undefined, null, 5, []])
      refused(good, flat, none as never, "bad-setting", /needs settings as an object; got/);
  });

  test("prices that are none, with the bar and its time", () => {
    for (const bad of [0, -1, Number.POSITIVE_INFINITY]) {
      refused(
        small([1, bad, 3], [1, 1, 1]),
        flat,
        { costs: {} },
        "not-a-price",
        /as open of "A" at bar 1, 2025-01-01/,
      );
      refused(small([1, 1, 1], [1, 1, bad]), flat, { costs: {} }, "not-a-price", /as close of "A" at bar 2/);
    }
  });

  test("a fee of 50 %, and costs that it does not know", () => {
    refused(
      good,
      flat,
      { costs: { feeBps: 5000 } },
      "bad-setting",
      /costs.feeBps .* from -100 to 1000; got 5000, which is 50 %/,
    );
    refused(good, flat, { costs: { slippageBps: -1 } }, "bad-setting", /slippageBps/);
    refused(good, flat, { costs: { halfSpreadBps: nan } }, "bad-setting", /got NaN\./);
    refused(good, flat, { costs: { feeBps: "2" as never } }, "bad-setting", /got "2"/);
    refused(good, flat, { costs: { feeBps: null as never } }, "bad-setting", /got null/);
    refused(good, flat, { costs: 5 as never }, "bad-setting", /needs costs as an object; got 5/);
    refused(good, flat, { costs: {}, startCash: "9" as never }, "bad-setting", /got "9"/);
    refused(good, flat, { costs: { fee: 1 } as never }, "unknown-setting", /got "fee"/);
    refused(
      good,
      flat,
      { costs: {}, startCash: 0 },
      "bad-setting",
      /startCash must be a number above 0; got 0/,
    );
    refused(good, flat, { costs: {}, cash: 1 } as never, "unknown-setting", /got "cash"/);
    refused(good, flat, {} as never, "bad-setting", /costs/);
  });

  test("a decision that is none", () => {
    for (const none of [{}, null, 5, { units: 1 }]) {
      const message =
        /needs units or weights, a finite number for each of 1 legs; got .* at bar 0, 2025-01-01/;
      refused(good, () => none as never, { costs: {} }, "bad-decision", message);
    }
    refused(
      good,
      () => ({ units: [1, 2] }),
      { costs: {} },
      "bad-decision",
      /finite number for each of 1 legs; got 1, 2 at bar 0/,
    );
    refused(good, () => ({ units: [nan] }), { costs: {} }, "bad-decision", /got NaN at bar 0/);
    refused(
      small([1, 2], [nan, 2]),
      () => ({ weights: [1] }),
      { costs: {} },
      "no-price",
      /"A" has none up to bar 0/,
    );
  });
});

describe("briefRuns", () => {
  test("come to what full runs come to, to the last bit, one after the other on one market", () => {
    const market = seededMarket({ seed: 5, length: 600, untraded: 0.05 });
    const run = briefRuns(market);
    const size = { by: "equity", share: 3 } as const;
    const legs = [{ borrowBpsPerYear: 400 }, {}];
    for (const costs of [{}, { feeBps: 300 }, { feeBps: 2, halfSpreadBps: 1 }, { legs }]) {
      for (const rule of [movingAverageCross({ fast: 5, slow: 20, size }), buyAndHold({ leg: 0 }), flat]) {
        const { equity, roundTrips } = runBacktest(market, rule, { costs, startCash: 500 });
        assert.deepEqual(run(rule, { costs, startCash: 500 }), {
          equity: equity.at(-1),
          roundTrips: roundTrips.length,
        });
      }
    }
  });

  test("refuse what runBacktest refuses", () => {
    assert.throws(() => briefRuns({} as Market), { where: "runBacktest" });
    assert.throws(() => briefRuns(small([1, 2]))(flat, { costs: { feeBps: -2e9 } }), { code: "bad-setting" });
  });
});
