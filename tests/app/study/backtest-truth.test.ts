import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertCausal } from "../../../src/analytics/backtest/assert-causal.ts";
import { pairMarket } from "../../../src/analytics/backtest/pair-market.ts";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../../src/analytics/backtest/strategies/mean-reversion.ts";
import type { Strategy } from "../../../src/analytics/backtest/strategy.ts";
import { breakEvenCost } from "../../../src/analytics/backtest/sweep/break-even-cost.ts";
import type { Market } from "../../../src/analytics/backtest/types.ts";
import { fileMarket, simulatedBars } from "../../../src/app/study/bars.ts";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { seededMarket } from "../../analytics/backtest/support/markets.ts";
import { assertClose } from "../../analytics/support/assert-close.ts";
import { sharedData } from "../../support/shared-data.ts";

const reversion = (beta: number, window: number): Strategy =>
  meanReversion({
    hedge: { method: "fixed", beta },
    window,
    entry: 1.5,
    size: { by: "notional", notional: 100_000 },
  });
const profitOf = (market: Market, strategy: Strategy, feeBps: number): number => {
  const { equity, startCash } = runBacktest(market, strategy, { costs: { feeBps } });
  return equity.at(-1)! - startCash;
};

describe("on the seeded market, whose truth is known,", () => {
  const simulated = simulatedMarket(7);
  const { y, x, beta, sd } = simulated.truth().pairs.find((pair) => pair.y === "ETHUSDT")!;
  const from = Date.UTC(2025, 0, 9, 9) * 1000;
  /** A day of 10 seconds each, at the price that trades straddle. */
  const day = (): Market => {
    const [intervalUs, length] = [10e6, 8640];
    const startUs = Float64Array.from({ length }, (_, t) => from + t * intervalUs);
    const legs = [y, x].map((symbol) => {
      const index = simulated.symbols.findIndex((one) => one.symbol === symbol);
      const open = startUs.map((us) => Math.exp(simulated.logPrice(index, us)));
      return { symbol, open, close: open.map((_, t) => open[t + 1] ?? open[t]!) };
    });
    return { length, intervalUs, startUs, legs };
  };
  const market = day();
  const strategy = reversion(beta, 120);

  test("a pair that reverts has an edge, and a cost at which it is gone", () => {
    const { feeBps, verdict, roundTrips, profitAtNoFee } = breakEvenCost(market, strategy, { costs: {} });
    assert.equal(verdict, "found");
    assert.ok(roundTrips > 100, `${roundTrips} round trips`);
    assert.ok(profitAtNoFee > 0);
    // a return by d deviations of the spread earns d · sd on the money of y; 2 (1 + β) of that money changes hands for it
    const reach = (1e4 * sd) / (2 * (1 + beta));
    assert.ok(feeBps > 0.5 * reach && feeBps < 2.5 * reach, `${feeBps} bps, a deviation is worth ${reach}`);
    assert.ok(profitOf(market, strategy, 0.9 * feeBps) > 0);
    assert.ok(profitOf(market, strategy, 1.1 * feeBps) < 0);
  });

  test("the right β earns more than wrong ones", () => {
    for (const wrong of [0.4, 2])
      assert.ok(profitOf(market, strategy, 0) > profitOf(market, reversion(wrong, 120), 0));
  });

  test("the edge is there in traded prices, too, and smaller than the fee of a taker", () => {
    const range = [from, from + 3600e6] as const;
    const traded = pairMarket(
      simulatedBars(simulated, y, "5s", range),
      simulatedBars(simulated, x, "5s", range),
    );
    const { feeBps, verdict } = breakEvenCost(traded, reversion(beta, 240), { costs: {} });
    assert.equal(verdict, "found");
    assert.ok(feeBps > 0.5 && feeBps < 10, `${feeBps}`);
  });
});

test("a random walk has no edge after costs", () => {
  const strategy = reversion(1.3, 60);
  const [gross, net] = [0, 5].map((feeBps) =>
    Array.from({ length: 30 }, (_, k) =>
      profitOf(seededMarket({ seed: 100 + k, length: 2000, halfLife: 0 }), strategy, feeBps),
    ),
  ) as [number[], number[]];
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const centre = mean(gross);
  const error = Math.sqrt(mean(gross.map((value) => (value - centre) ** 2)) / 29);
  assert.ok(Math.abs(centre) < 3 * error, `before costs ${centre} ± ${error}`);
  assert.ok(mean(net) < -3 * error, `after costs ${mean(net)}`);
});

describe("on five years of real hours of BTC and ETH", () => {
  const path = sharedData("btc-eth-hourly/btc_eth_1h.parquet");
  const options = path === undefined ? { skip: "the data is not beside the project" } : {};
  const hours = (): Market =>
    fileMarket(
      path!,
      { symbols: ["ETHUSDT", "BTCUSDT"] },
      { voice: "settings", nowUs: Date.UTC(2026, 0) * 1000 },
    ).market;
  const strategy = (hedge: "fixed" | "rolling"): Strategy =>
    meanReversion({
      hedge:
        hedge === "fixed" ? { method: "fixed", calibrationBars: 2000 } : { method: "rolling", window: 500 },
      window: 200,
      entry: 2,
      exit: 0.3,
      stop: 4,
      maxBars: 300,
      coolDownBars: 5,
      size: { by: "equity", share: 1 },
    });

  test("the books of 43,824 bars balance", options, () => {
    const market = hours();
    assert.equal(market.length, 43_824);
    for (const hedge of ["fixed", "rolling"] as const) {
      const costs = { feeBps: 4, slippageBps: 1, financingBpsPerYear: 500 };
      const run = runBacktest(market, strategy(hedge), { costs });
      assert.ok(run.roundTrips.length > 100);
      assert.ok(run.equity.every((value) => value > 0));
      const profit = run.roundTrips.reduce((sum, trip) => sum + trip.profit, 0);
      assertClose(run.equity.at(-1)! - run.startCash, profit, 1e-9, "profit", 1e-6);
      for (const { order, bar } of run.fills) assert.ok(bar > run.orders[order]!.bar);
    }
  });

  test("nothing that was decided depends on later hours", options, () => {
    const market = hours();
    for (const hedge of ["fixed", "rolling"] as const) {
      const { orders } = assertCausal(market, () => strategy(hedge), { cuts: 3, costs: { feeBps: 4 } });
      assert.ok(orders > 200);
    }
  });
});
