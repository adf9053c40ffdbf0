import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../../src/analytics/backtest/strategies/mean-reversion.ts";
import type { MeanReversionSettings } from "../../../src/analytics/backtest/strategies/reversion-settings.ts";
import type { Backtest, Costs, Market } from "../../../src/analytics/backtest/types.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { refNoise, refPair } from "../support/reference.ts";
import { marketOf } from "./support/markets.ts";

/** Made and described by reference/make_backtest_reference.py. */
const reference = JSON.parse(
  readFileSync(new URL("./reference/backtest.reference.json", import.meta.url), "utf8"),
).values;

type Trade = readonly [
  entryBar: number,
  exitBar: number,
  side: number,
  entryPrice: number,
  exitPrice: number,
  profit: number,
];

const { y, x } = refPair(77, 600);
const opens = (close: Float64Array, seed: number): Float64Array => {
  const steps = refNoise(seed, close.length);
  return close.map((_, t) => close[Math.max(0, t - 1)]! + 0.03125 * steps[t]!);
};
const legs = [
  { symbol: "Y", open: [...opens(y, 5)], close: [...y] },
  { symbol: "X", open: [...opens(x, 6)], close: [...x] },
];
const rule: MeanReversionSettings = {
  prices: "raw",
  window: 20,
  entry: 1.5,
  exit: 0,
  size: { by: "units", units: 10 },
};
const runOf = (market: Market, more: Partial<MeanReversionSettings>, costs: Partial<Costs>): Backtest =>
  runBacktest(market, meanReversion({ ...rule, ...more }), { startCash: 100_000, costs });

function assertTrades({ roundTrips, fills }: Backtest, trades: readonly Trade[]): void {
  const closed = roundTrips.filter((trip) => trip.closed);
  assert.equal(closed.length, trades.length);
  closed.forEach(({ entryBar, exitBar, side, profit }, k) => {
    const [fromBar, toBar, sign, entryPrice, exitPrice, pnl] = trades[k]!;
    assert.deepEqual([entryBar, exitBar, side], [fromBar, toBar, sign]);
    const priceAt = (bar: number): number => fills.find((fill) => fill.bar === bar)!.price;
    assertClose(priceAt(entryBar), entryPrice, 1e-12, `entry price of trade ${k}`);
    assertClose(priceAt(exitBar), exitPrice, 1e-12, `exit price of trade ${k}`);
    assertClose(profit, pnl, 1e-9, `profit of trade ${k}`, 1e-9);
  });
}

describe("the same rule", () => {
  test("in vectorbt gives the same trades, cash and equity to 1e-9, with fees and slippage", () => {
    const { equity, cash, trades } = reference.vectorbt_one_leg;
    const run = runOf(marketOf(legs.slice(0, 1)), {}, { feeBps: 10, slippageBps: 4 });
    assertAllClose(run.equity, equity, 1e-12, "equity");
    assertAllClose(run.cash, cash, 1e-12, "cash");
    assert.ok(trades.length > 30);
    assertTrades(run, trades);
  });

  test("in vectorbt on two legs gives the same orders, cash and equity to 1e-9", () => {
    const { equity, cash, orders } = reference.vectorbt_two_legs;
    const run = runOf(
      marketOf(legs),
      { hedge: { method: "fixed", beta: 0.75 } },
      { feeBps: 10, slippageBps: 3, halfSpreadBps: 1 },
    );
    assertAllClose(run.equity, equity, 1e-12, "equity");
    assertAllClose(run.cash, cash, 1e-12, "cash");
    assert.ok(orders.length > 100);
    assert.equal(run.fills.length, orders.length);
    run.fills.forEach(({ bar, leg, quantity, price, fee }, k) => {
      const [atBar, column, size, atPrice, fees] = orders[k];
      assert.deepEqual([bar, leg, quantity], [atBar, column, size]);
      assertClose(price, atPrice, 1e-12, `price of order ${k}`);
      assertClose(fee, fees, 1e-9, `fee of order ${k}`);
    });
  });

  test("in backtesting.py gives the same trades and equity to 1e-9", () => {
    const { equity, trades } = reference.backtesting_one_leg;
    const run = runOf(marketOf(legs.slice(0, 1)), {}, { feeBps: 10 });
    assertAllClose(run.equity, equity, 1e-12, "equity");
    assert.ok(trades.length > 30);
    assertTrades(run, trades);
  });
});
