import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import type { Rule } from "../../../src/analytics/backtest/strategy.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { HOUR_US, marketOf, NEW_YEAR_US } from "./support/markets.ts";

const nan = Number.NaN;

/** Twelve hours of two legs. B does not trade in hour 2, A not in hour 9. */
const market = marketOf([
  {
    symbol: "A",
    open: [100, 99, 97, 97, 98, 100, 101, 101.5, 102, nan, 103, 102],
    close: [99, 97, 97, 98, 100, 101, 101, 102, 102.5, 102.5, 102, 101],
  },
  {
    symbol: "B",
    open: [50, 50, nan, 50.5, 51, 51, 51.5, 51, 51, 51.2, 51.4, 51.8],
    close: [50, 50.2, 50.2, 51, 51, 51.5, 51, 51, 51.2, 51.4, 51.8, 52],
  },
]);

const decisions: Readonly<Record<number, readonly [units: readonly number[], reason: string]>> = {
  1: [[10, -16], "entry"],
  5: [[10, -18], "re-hedge"],
  7: [[0, 0], "exit"],
  8: [[-5, 8], "entry"],
  9: [[-5, 9], "entry"],
};
const rule: Rule = ({ bar }) => {
  const [units, reason] = decisions[bar] ?? [];
  return units && { units, reason: reason! };
};
/** 0.1 %, 0.05 % and 0.05 %; 36.5 % a year are 0.1 % a day, 1/24,000 an hour. */
const costs = { feeBps: 10, halfSpreadBps: 5, slippageBps: 5, financingBpsPerYear: 3650 };
const run = runBacktest(market, rule, { startCash: 10_000, costs });

describe("runBacktest keeps a ledger that a hand can check", () => {
  test("each decision is an order a leg that changes, and one that waits gives way to the next", () => {
    assert.deepEqual(
      run.orders.map(({ bar, leg, quantity, reason, state }) => [bar, leg, quantity, reason, state]),
      [
        [1, 0, 10, "entry", "filled"],
        [1, 1, -16, "entry", "filled"],
        [5, 1, -2, "re-hedge", "filled"],
        [7, 0, -10, "exit", "filled"],
        [7, 1, 18, "exit", "filled"],
        [8, 0, -5, "entry", "cancelled"],
        [8, 1, 8, "entry", "cancelled"],
        [9, 0, -5, "entry", "filled"],
        [9, 1, 9, "entry", "filled"],
      ],
    );
    assert.deepEqual(
      run.orders.map(({ id }) => id),
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    );
    // at the close of its bar
    assert.equal(run.orders[0]!.timeUs, NEW_YEAR_US + 2 * HOUR_US);
  });

  test("all legs fill at the open of the first later bar in which each of them traded", () => {
    assert.deepEqual(
      run.fills.map(({ order, bar, timeUs, leg, quantity, open }) => [
        order,
        bar,
        timeUs,
        leg,
        quantity,
        open,
      ]),
      [
        // B was silent in hour 2
        [0, 3, NEW_YEAR_US + 3 * HOUR_US, 0, 10, 97],
        [1, 3, NEW_YEAR_US + 3 * HOUR_US, 1, -16, 50.5],
        [2, 6, NEW_YEAR_US + 6 * HOUR_US, 1, -2, 51.5],
        [3, 8, NEW_YEAR_US + 8 * HOUR_US, 0, -10, 102],
        [4, 8, NEW_YEAR_US + 8 * HOUR_US, 1, 18, 51],
        // A was silent in hour 9
        [7, 10, NEW_YEAR_US + 10 * HOUR_US, 0, -5, 103],
        [8, 10, NEW_YEAR_US + 10 * HOUR_US, 1, 9, 51.4],
      ],
    );
  });

  test("a buyer pays the open plus 0.1 %, a seller gets it less 0.1 %, and the fee is on that money", () => {
    const [buy, sell] = run.fills as [(typeof run.fills)[0], (typeof run.fills)[0]];
    // 97 · 1.001; 970.97 · 0.001; 970 · 0.0005
    assertClose(buy.price, 97.097, 1e-15);
    assertClose(buy.fee, 0.97097, 1e-15);
    assertClose(buy.spreadCost, 0.485, 1e-15);
    assertClose(buy.slippageCost, 0.485, 1e-15);
    // 50.5 · 0.999; 807.192 · 0.001; 808 · 0.0005
    assertClose(sell.price, 50.4495, 1e-15);
    assertClose(sell.fee, 0.807192, 1e-15);
    assertClose(sell.spreadCost, 0.404, 1e-15);
    assertClose(sell.slippageCost, 0.404, 1e-15);
  });

  test("cash pays for what is bought, for fees, and by the hour for what is borrowed", () => {
    assertAllClose(
      run.cash,
      [
        10_000, 10_000, 10_000,
        // − 970.97 − 0.97097 + 807.192 − 0.807192 − 816/24000
        9834.409838, 9834.375838,
        // − 824/24000
        9834.341504667,
        // + 102.897 − 0.102897 − 918/24000
        9937.097357667, 9937.059107667,
        // + 1018.98 − 1.01898 − 918.918 − 0.918918
        10_035.183209667, 10_035.183209667,
        // + 514.485 − 0.514485 − 463.0626 − 0.4630626 − 510/24000
        10_085.606812067,
        // − 505/24000
        10_085.5857704,
      ],
      1e-13,
    );
  });

  test("equity is cash and holdings at the closes", () => {
    assertAllClose(
      run.equity,
      [
        10_000, 10_000, 10_000,
        // + 10 · 98 − 16 · 51
        9998.409838,
        // + 10 · 100 − 16 · 51
        10_018.375838,
        // + 10 · 101 − 16 · 51.5
        10_020.341504667,
        // + 10 · 101 − 18 · 51
        10_029.097357667,
        // + 10 · 102 − 18 · 51
        10_039.059107667, 10_035.183209667, 10_035.183209667,
        // − 5 · 102 + 9 · 51.8
        10_041.806812067,
        // − 5 · 101 + 9 · 52
        10_048.5857704,
      ],
      1e-13,
    );
    assert.deepEqual([...run.units[0]!], [0, 0, 0, 10, 10, 10, 10, 10, 0, 0, -5, -5]);
    assert.deepEqual([...run.units[1]!], [0, 0, 0, -16, -16, -16, -18, -18, 0, 0, 9, 9]);
    assertAllClose(run.exposure, [0, 0, 0, 1796, 1816, 1834, 1928, 1938, 0, 0, 976.2, 973], 1e-14);
  });

  test("turnover is the money that changed hands, and all that was paid stands beside it", () => {
    assertAllClose(
      run.turnover,
      // 970.97 + 807.192; 2 · 51.4485; 1018.98 + 18 · 51.051; 514.485 + 9 · 51.4514
      [0, 0, 0, 1778.162, 0, 0, 102.897, 0, 1937.898, 0, 977.5476, 0],
      1e-13,
    );
    assertAllClose(
      run.paid,
      [
        0,
        0,
        0,
        // 0.97097 + 0.485 + 0.485 + 0.807192 + 0.404 + 0.404 + 0.034
        3.590162,
        0.034,
        824 / 24_000,
        // 0.102897 + 0.0515 + 0.0515 + 0.03825
        0.244147,
        0.03825,
        // 1.01898 + 0.51 + 0.51 + 0.918918 + 0.459 + 0.459
        3.875898,
        0,
        // 0.514485 + 0.2575 + 0.2575 + 0.4630626 + 0.2313 + 0.2313 + 0.02125
        1.9763976,
        505 / 24_000,
      ],
      1e-13,
    );
  });

  test("a round trip goes from flat to flat, and one that the data cut off stands at its last equity", () => {
    const [first, second] = run.roundTrips.map(({ profit: _, costs: __, ...rest }) => rest);
    assert.equal(run.roundTrips.length, 2);
    assert.deepEqual(first, {
      side: 1,
      entryBar: 3,
      entryUs: NEW_YEAR_US + 3 * HOUR_US,
      entryReason: "entry",
      units: [10, -16],
      // 10 · 97 + 16 · 50.5
      notional: 1778,
      entrySignal: nan,
      exitBar: 8,
      exitUs: NEW_YEAR_US + 8 * HOUR_US,
      exitReason: "exit",
      exitSignal: nan,
      closed: true,
    });
    assert.deepEqual(second, {
      side: -1,
      entryBar: 10,
      entryUs: NEW_YEAR_US + 10 * HOUR_US,
      entryReason: "entry",
      units: [-5, 9],
      notional: 977.5999999999999,
      entrySignal: nan,
      exitBar: 11,
      exitUs: NEW_YEAR_US + 12 * HOUR_US,
      exitReason: "end of data",
      exitSignal: nan,
      closed: false,
    });
    assertAllClose(
      run.roundTrips.map(({ profit }) => profit),
      [35.183209667, 13.402560733333],
      1e-9,
    );
    assertAllClose(
      run.roundTrips.map((trip) => trip.costs),
      // 3.590162 + 0.034 + 824/24000 + 0.244147 + 0.03825 + 3.875898; 1.9763976 + 505/24000
      [7.816790333333, 1.997439267],
      1e-9,
    );
  });
});
