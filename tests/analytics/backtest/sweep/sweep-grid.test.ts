import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runBacktest } from "../../../../src/analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../../../src/analytics/backtest/strategies/mean-reversion.ts";
import type { MeanReversionSettings } from "../../../../src/analytics/backtest/strategies/reversion-settings.ts";
import type { SweepFigure } from "../../../../src/analytics/backtest/sweep/sweep-figures.ts";
import { type SweepSettings, sweepGrid } from "../../../../src/analytics/backtest/sweep/sweep-grid.ts";
import { runMetrics } from "../../../../src/analytics/performance/run-metrics.ts";
import { assertAllClose, assertClose } from "../../support/assert-close.ts";
import { seededMarket } from "../support/markets.ts";

const market = seededMarket({ seed: 31, length: 4000, untraded: 0.02 });
const base: MeanReversionSettings = {
  hedge: { method: "fixed", beta: 1.3 },
  window: 30,
  entry: 1.5,
  size: { by: "equity", share: 1 },
};
const settings: SweepSettings = {
  rows: { name: "window", values: [20, 40, 80] },
  columns: { name: "entry", values: [1, 1.5, 2, 2.5] },
  costs: { feeBps: 2, financingBpsPerYear: 500 },
};
const make = (window: number, entry: number) => meanReversion({ ...base, window, entry });

describe("sweepGrid", () => {
  for (const returns of ["bar", "day"] as const) {
    test(`has at each place the figures of that very backtest, on returns by ${returns}`, () => {
      const result = sweepGrid(market, make, { ...settings, returns, keepReturns: true });
      settings.rows.values.forEach((window, row) => {
        settings.columns.values.forEach((entry, column) => {
          const run = runBacktest(market, make(window, entry), { costs: settings.costs });
          const of = runMetrics(run, { returns });
          const expected: Readonly<Record<SweepFigure, number>> = {
            profit: of.endEquity - of.startEquity,
            totalReturn: of.totalReturn,
            sharpe: of.sharpe,
            maxDrawdown: of.maxDrawdown,
            roundTrips: of.roundTrips.count,
            winRate: of.roundTrips.winRate,
            timeInMarket: of.timeInMarket,
            turnover: run.turnover.reduce((sum, money) => sum + money, 0),
            totalCosts: of.totalCosts,
          };
          for (const [name, value] of Object.entries(expected)) {
            const got = result.figures[name as SweepFigure][row]![column]!;
            assertClose(got, value, 1e-9, `${name} of ${window}, ${entry}`);
          }
          assertAllClose(result.returns![row * 4 + column]!, of.returns, 1e-12, "returns", 1e-18);
        });
      });
      assert.deepEqual(result.refused, []);
      assert.ok(result.figures.roundTrips.every((row) => row.every((count) => count > 5)));
    });
  }

  test("keeps no returns unless told, and says when those that it keeps end", () => {
    const result = sweepGrid(market, make, settings);
    assert.equal(result.returns, undefined);
    // 4000 minutes from midnight: two days and a part of a third
    assert.deepEqual(
      [...result.returnsEndUs].map((us) => new Date(us / 1000).toISOString()),
      ["2025-01-02T00:00:00.000Z", "2025-01-03T00:00:00.000Z", "2025-01-03T18:40:00.000Z"],
    );
  });

  test("sweeps costs of a case", () => {
    const result = sweepGrid(market, (feeBps, entry) => ({ strategy: make(40, entry), costs: { feeBps } }), {
      ...settings,
      rows: { name: "costs.feeBps", values: [0, 5, 10] },
    });
    for (let column = 0; column < 4; column++) {
      const profits = result.figures.profit.map((row) => row[column]!);
      assert.ok(profits[0]! > profits[1]! && profits[1]! > profits[2]!);
    }
  });

  test("leaves what can't be run NaN, with the reason", () => {
    const result = sweepGrid(market, make, {
      ...settings,
      rows: { name: "window", values: [5, 40, 5000] },
      columns: { name: "entry", values: [1, 2] },
    });
    assert.deepEqual(
      result.refused.map(({ row, column }) => [row, column]),
      [
        [0, 1],
        [2, 0],
        [2, 1],
      ],
    );
    assert.match(result.refused[0]!.reason, /entry must be below 1\.79/);
    assert.match(result.refused[1]!.reason, /needs 5000 bars before the first decision/);
    assert.ok(Number.isNaN(result.figures.sharpe[0]![1]) && result.figures.sharpe[0]![0]! !== 0);
    assert.ok(result.figures.profit[2]!.every(Number.isNaN));
  });

  test("refuses a grid of which nothing can be run, is empty, or too large", () => {
    const grid = (more: Partial<SweepSettings>) => () => sweepGrid(market, make, { ...settings, ...more });
    assert.throws(grid({ rows: { name: "window", values: [5000] } }), {
      code: "empty-sweep",
      message: /none of the 4 combinations can be run; the first says: .*needs 5000 bars/,
    });
    assert.throws(grid({ rows: { name: "window", values: [] } }), {
      code: "bad-axis",
      message: /rows needs a name/,
    });
    assert.throws(grid({ columns: { name: "entry", values: [1, Number.NaN] } }), { code: "bad-axis" });
    for (const none of [null, { values: [1] }, { name: "entry", values: "12" }])
      assert.throws(grid({ rows: none as never }), { code: "bad-axis" });
    const many = Array.from({ length: 400 }, (_, k) => k + 10);
    assert.throws(
      grid({ rows: { name: "window", values: many }, columns: { name: "entry", values: many } }),
      {
        code: "too-many-combinations",
        message: /up to 100,000 combinations; this grid has 160,000/,
      },
    );
    assert.throws(grid({ costs: { feeBps: 5000 } }), { code: "bad-setting" });
  });

  test("lets a defect through", () => {
    const broken = () => {
      throw new RangeError("broken");
    };
    assert.throws(() => sweepGrid(market, broken, settings), RangeError);
  });
});
