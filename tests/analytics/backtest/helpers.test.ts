import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pairMarket } from "../../../src/analytics/backtest/pair-market.ts";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../../src/analytics/backtest/strategies/mean-reversion.ts";
import { namedStrategy } from "../../../src/analytics/backtest/strategies/named-strategies.ts";
import { zUnitCount } from "../../../src/analytics/backtest/strategies/z-unit-count.ts";
import type { Rule } from "../../../src/analytics/backtest/strategy.ts";
import { breakEvenCost } from "../../../src/analytics/backtest/sweep/break-even-cost.ts";
import { type BarColumnName, type Bars, makeBars } from "../../../src/core/bars.ts";
import { assertClose } from "../support/assert-close.ts";
import { MINUTE_US, marketOf, NEW_YEAR_US, seededMarket } from "./support/markets.ts";

const nan = Number.NaN;

describe("zUnitCount", () => {
  test("counts the deviations between entry and exit, by hand", () => {
    const z = Float64Array.of(0, 2.5, 1, -0.5, -2, -3, nan, 0.25, 2, 1, 2.2, -2.4, -1);
    // 2.5 to −0.5, −2 to 0.25, 2 to −2.4; at the bar of an exit nothing is entered
    const { trades, profit } = zUnitCount(z);
    assert.equal(trades, 3);
    assertClose(profit, 3 + 2.25 + 4.4, 1e-15);
  });

  test("does not count what is open at the end", () => {
    assert.deepEqual(zUnitCount(Float64Array.of(3, 2, 1)), { trades: 0, profit: 0 });
    assert.deepEqual(zUnitCount(Float64Array.of()), { trades: 0, profit: 0 });
  });

  test("takes other levels, and refuses them out of order", () => {
    assert.deepEqual(zUnitCount(Float64Array.of(1, 0.5), { entry: 1, exit: 0.5 }), {
      trades: 1,
      profit: 0.5,
    });
    assert.throws(() => zUnitCount(Float64Array.of(1), { entry: 1, exit: 1 }), { code: "bad-thresholds" });
  });
});

describe("breakEvenCost", () => {
  const market = seededMarket({ seed: 41, length: 3000 });
  const reversion = (by: "notional" | "equity") =>
    meanReversion({
      hedge: { method: "fixed", beta: 1.3 },
      window: 40,
      entry: 1.5,
      size: by === "notional" ? { by, notional: 50_000 } : { by, share: 1 },
    });

  test("finds the fee at which the profit is gone", () => {
    for (const by of ["notional", "equity"] as const) {
      const { feeBps, verdict, profitAtNoFee } = breakEvenCost(market, reversion(by), {
        costs: { slippageBps: 1 },
      });
      assert.equal(verdict, "found");
      const profitAt = (fee: number): number => {
        const run = runBacktest(market, reversion(by), { costs: { slippageBps: 1, feeBps: fee } });
        return run.equity.at(-1)! - run.startCash;
      };
      assert.equal(profitAt(0), profitAtNoFee);
      assert.ok(profitAt(feeBps - 1e-3) > 0 && profitAt(feeBps + 1e-3) < 0);
    }
  });

  test("is profit over turnover where sizes do not follow the equity", () => {
    const { feeBps } = breakEvenCost(market, reversion("notional"), { costs: {} });
    const free = runBacktest(market, reversion("notional"), { costs: {} });
    const turnover = free.turnover.reduce((sum, money) => sum + money, 0);
    assertClose(feeBps, (10_000 * (free.equity.at(-1)! - free.startCash)) / turnover, 1e-3);
  });

  test("says so where there is nothing to find", () => {
    const small = marketOf([{ symbol: "A", open: [10, 10, 20], close: [10, 10, 20] }]);
    const hold =
      (units: number): Rule =>
      ({ bar }) =>
        bar === 0 ? { units: [units] } : undefined;
    const of = (units: number) => {
      const { feeBps, verdict } = breakEvenCost(small, hold(units), { costs: {} });
      return [feeBps, verdict];
    };
    assert.deepEqual(of(-1), [nan, "no edge"]);
    assert.deepEqual(of(1), [nan, "beyond"]);
    assert.deepEqual(of(0), [nan, "no trades"]);
  });
});

describe("namedStrategy", () => {
  test("makes a strategy again from its name and settings", () => {
    const market = seededMarket({ seed: 42, length: 500 });
    const strategy = meanReversion({
      hedge: { method: "rolling", window: 60 },
      window: 20,
      entry: 1.5,
      size: { by: "units", units: 1 },
    });
    const again = namedStrategy(
      JSON.parse(JSON.stringify({ name: strategy.name, settings: strategy.settings })),
    );
    const [a, b] = [strategy, again].map((one) => runBacktest(market, one, { costs: {} }));
    assert.deepEqual(a!.orders, b!.orders);
    assert.ok(a!.orders.length > 5);
  });

  test("refuses settings that buy and hold does not know", () => {
    assert.throws(() => namedStrategy({ name: "buy and hold", settings: { window: 5 } }), {
      code: "unknown-setting",
    });
  });

  test("refuses a name that it does not know", () => {
    for (const name of ["mine", "constructor"])
      assert.throws(() => namedStrategy({ name, settings: {} }), { code: "unknown-strategy" });
  });
});

describe("pairMarket", () => {
  /** A row a bar: minute, open, close, trades, complete. */
  type Row = readonly [minute: number, open: number, close: number, trades: number, complete: 0 | 1];
  const barsOf = (symbol: string, rows: readonly Row[], intervalUs = MINUTE_US): Bars => {
    const value = (name: BarColumnName, [minute, open, close, trades, complete]: Row): number => {
      const known: Partial<Record<BarColumnName, number>> = {
        open,
        close,
        tradeCount: trades,
        volume: 2 * trades,
        complete,
      };
      if (name === "startUs") return NEW_YEAR_US + minute * MINUTE_US;
      return known[name] ?? 0;
    };
    return makeBars(
      { venue: { name: "v", kind: "real", detail: "" }, symbol, rule: { by: "time", intervalUs } },
      rows.length,
      (name) => {
        const values = rows.map((row) => value(name, row));
        return name === "complete" ? Uint8Array.from(values) : Float64Array.from(values);
      },
    );
  };

  test("lies on every interval that both have, with an open only where it is known to be the first trade", () => {
    const y = barsOf("Y", [
      [0, 1, 2, 5, 1],
      [1, 2, 3, 5, 1],
      [2, 3, 3, 0, 1],
      [3, 3, 4, 5, 0],
      [4, 4, 4, 0, 0],
      [5, 4, 5, 5, 1],
      [7, 5, 6, 5, 1],
      [8, 6, 7, 5, 0],
      [10, 7, 8, 5, 1],
    ]);
    const x = barsOf("X", [
      [1, 10, 11, 1, 1],
      [9, 11, 12, 1, 1],
    ]);
    const market = pairMarket(y, x);
    assert.equal(market.length, 9);
    assert.equal(market.startUs[0], NEW_YEAR_US + MINUTE_US);
    const [legY, legX] = market.legs as [(typeof market.legs)[0], (typeof market.legs)[0]];
    // minutes 1 to 9: traded, empty, incomplete, empty and incomplete, traded, absent, traded, incomplete, absent
    assert.deepEqual([...legY.open], [2, nan, nan, nan, 4, nan, 5, nan, nan]);
    assert.deepEqual([...legY.close], [3, 3, 4, nan, 5, 5, 6, 7, nan]);
    assert.deepEqual([...legY.volume!], [10, 0, 10, 0, 10, 0, 10, 10, 0]);
    assert.deepEqual([...legX.close], [11, 11, 11, 11, 11, 11, 11, 11, 12]);
    assert.deepEqual([...legX.tradeCount!], [1, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  test("of one symbol has one leg", () => {
    const market = pairMarket(barsOf("Y", [[3, 1, 2, 5, 1]]));
    assert.deepEqual([market.length, market.legs.length, market.intervalUs], [1, 1, MINUTE_US]);
  });

  test("refuses bars that do not align", () => {
    const y = barsOf("Y", [[0, 1, 2, 5, 1]]);
    const refused = (x: Bars, code: string, message: RegExp): void => {
      assert.throws(() => pairMarket(y, x), { code, message });
    };
    refused(barsOf("X", [[0, 1, 2, 5, 1]], 2 * MINUTE_US), "bars-do-not-align", /"Y" by 1m .*, "X" by 2m/);
    refused(barsOf("X", [[0.5, 1, 2, 5, 1]]), "bars-do-not-align", /on one grid/);
    refused(barsOf("X", [[1, 1, 2, 5, 1]]), "bars-do-not-align", /one stretch of time/);
    refused(barsOf("X", []), "too-few-bars", /got none of "X"/);
  });
});
