import assert from "node:assert/strict";
import { test } from "node:test";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../../src/analytics/backtest/strategies/mean-reversion.ts";
import type { MeanReversionSettings } from "../../../src/analytics/backtest/strategies/reversion-settings.ts";
import type { Strategy } from "../../../src/analytics/backtest/strategy.ts";
import type { Costs, Market } from "../../../src/analytics/backtest/types.ts";
import { random } from "../../../src/core/random.ts";
import { seededMarket } from "./support/markets.ts";

/** The same rule, asked at every bar. */
function askedAlways(strategy: Strategy): Strategy {
  return {
    ...strategy,
    begin: (market, memo) => {
      const { nextLook: _, ...rule } = strategy.begin(market, memo);
      return rule;
    },
  };
}

test("what the engine passes over changes nothing: every book is that of the rule asked at each bar, to the last bit", () => {
  let [trips, ruined, refused, tooSmall, waited] = [0, 0, 0, 0, 0];
  for (let seed = 1; seed <= 160; seed++) {
    const draw = random(77, seed);
    const one = <T>(...of: readonly T[]): T => of[Math.floor(draw.uniform() * of.length)]!;
    const legs = one(1, 2, 2, 2);
    const plain = seededMarket({
      ...{ seed, length: 900, legs, halfLife: one(0, 5, 20) },
      step: one(0.002, 0.002, 0.03),
      untraded: one(0, 0, 0.1),
      unknown: one(0, 0, 0.05),
    });
    const rates = (): Float64Array =>
      Float64Array.from({ length: plain.length }, (_, t) => (t % 40 === 7 ? 1e-4 * draw.normal() : 0));
    const market: Market = one(
      plain,
      plain,
      { ...plain, legs: plain.legs.map((leg) => ({ ...leg, fundingAtStart: rates() })) },
      { ...plain, legs: plain.legs.map((leg) => ({ ...leg, fundingInside: rates() })) },
    );
    const hedge = one<NonNullable<MeanReversionSettings["hedge"]>>(
      { method: "fixed", beta: 1.3 },
      { method: "fixed", calibrationBars: 120 },
      { method: "rolling", window: 60 },
      { method: "kalman", calibrationBars: 100 },
    );
    const isWalking = hedge.method === "kalman";
    const strategy = meanReversion({
      ...(legs === 2 && { hedge }),
      window: one(20, 60),
      entry: one(0.7, 1.5, 2),
      exit: one(0, 0.3, -0.5),
      ...one({}, { stop: 2.6 }, { stop: 3 }),
      ...one({}, { maxBars: 1 }, { maxBars: 12 }),
      ...one({}, { coolDownBars: 9 }),
      ...(legs === 2 && isWalking && one(true, false) && { rehedge: 0.01 }),
      side: one("both", "both", "long", "short"),
      size: one(
        { by: "equity", share: 1 },
        { by: "equity", share: 40 },
        { by: "units", units: 3 },
        { by: "risk", share: 0.02 },
      ),
    });
    const costs: Partial<Costs> = one(
      {},
      { feeBps: 3, halfSpreadBps: 1 },
      { feeBps: -1, financingBpsPerYear: 900 },
      { feeBps: 2, borrowBpsPerYear: 400 },
      { lotStep: 1, minOrder: 500, slippageBps: 1 },
    );
    const startCash = one(100_000, 1000);
    const quick = runBacktest(market, strategy, { costs, startCash });
    const slow = runBacktest(market, askedAlways(strategy), { costs, startCash });
    assert.deepEqual(quick, slow, `seed ${seed}`);
    trips += quick.roundTrips.length;
    ruined += Number(quick.roundTrips.some(({ exitReason }) => exitReason === "ruin"));
    refused += quick.counts.refusedEntries ?? 0;
    tooSmall += quick.counts.tooSmall ?? 0;
    waited += Number(quick.fills.some(({ order, bar }) => bar > quick.orders[order]!.bar + 1));
  }
  // all of it has come about
  assert.ok(
    trips > 2000 && ruined > 3 && refused > 0 && tooSmall > 3 && waited > 20,
    `${[trips, ruined, refused, tooSmall, waited]}`,
  );
});

test("a rule that says when it looks again is not asked before", () => {
  const market = seededMarket({ seed: 3, length: 100 });
  const asked: number[] = [];
  const strategy: Strategy = {
    name: "every tenth",
    settings: {},
    begin: () => ({
      decide: ({ bar }) => {
        asked.push(bar);
        return undefined;
      },
      nextLook: ({ bar }) => bar + 10,
    }),
  };
  const { equity, cash } = runBacktest(market, strategy, { costs: {} });
  assert.deepEqual(asked, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  assert.ok(equity.every((value) => value === 100_000) && cash.every((value) => value === 100_000));
});
