import assert from "node:assert/strict";
import { test } from "node:test";
import { assertCausal } from "../../src/analytics/backtest/assert-causal.ts";
import { runBacktest } from "../../src/analytics/backtest/run-backtest.ts";
import type { HedgeSetting } from "../../src/analytics/backtest/strategies/hedge.ts";
import { meanReversion } from "../../src/analytics/backtest/strategies/mean-reversion.ts";
import type { MeanReversionSettings } from "../../src/analytics/backtest/strategies/reversion-settings.ts";
import type { Sizing } from "../../src/analytics/backtest/strategies/sizing.ts";
import { TickbookError } from "../../src/core/errors.ts";
import { type Random, random } from "../../src/core/random.ts";
import { seededMarket } from "../analytics/backtest/support/markets.ts";
import { assertClose } from "../analytics/support/assert-close.ts";

const SEEDS = 600;

function settingsOf({ uniform }: Random): MeanReversionSettings {
  const one = <T>(...choices: readonly T[]): T => choices[Math.floor(uniform() * choices.length)]!;
  const between = (low: number, high: number): number => low + (high - low) * uniform();
  const whole = (low: number, high: number): number => Math.floor(between(low, high + 1));
  const sometimes = <T extends object>(more: T): T | undefined => (uniform() < 0.5 ? more : undefined);
  const hedge = one<() => HedgeSetting>(
    () => ({ method: "fixed", beta: between(0.01, 2) }),
    () => ({
      method: "fixed",
      calibrationBars: whole(10, 300),
      fit: one("ols", "tls", "huber", "theil-sen"),
    }),
    () => ({ method: "rolling", window: whole(3, 120), intercept: one(true, false) }),
    () => ({
      method: "kalman",
      stateNoise: 10 ** between(-9, -3),
      noise: 10 ** between(-7, -3),
      model: one("line", "ratio"),
    }),
    () => ({ method: "kalman", calibrationBars: whole(20, 200), model: one("line", "ratio") }),
  )();
  const size = one<() => Sizing>(
    () => ({ by: "units", units: between(1, 1000) }),
    () => ({ by: "notional", notional: between(100, 500_000) }),
    () => ({ by: "equity", share: between(0.1, 5) }),
    () => ({ by: "risk", share: between(0.001, 0.2), most: between(0.5, 8) }),
  )();
  const entry = between(0.3, 2.5);
  const isMoving = hedge.method === "kalman";
  const neutral = one("beta", "money", "none") as NonNullable<MeanReversionSettings["neutral"]>;
  return {
    hedge,
    size,
    neutral,
    prices: one("log", "raw"),
    window: whole(3, 80),
    entry,
    exit: between(-entry, entry * 0.99),
    side: one("both", "long", "short"),
    ...sometimes({ stop: entry + between(0.1, 2) }),
    ...sometimes({ maxBars: whole(1, 50) }),
    ...sometimes({ coolDownBars: whole(0, 20) }),
    ...sometimes({ liquidity: { minVolume: between(0, 5), minTrades: whole(0, 5) } }),
    ...(isMoving && neutral === "beta" ? sometimes({ rehedge: between(0.001, 0.3) }) : {}),
    ...(hedge.method === "kalman" ? sometimes({ zScore: "innovation" as const }) : {}),
  };
}

test(`of ${SEEDS} chance settings on chance markets each balances its books and looks at the past alone`, () => {
  const codes = new Map<string, number>();
  let traded = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const source = random(9, seed);
    const settings = settingsOf(source);
    const market = seededMarket({
      seed,
      length: 600,
      halfLife: Math.floor(40 * source.uniform()),
      untraded: source.uniform() < 0.3 ? 0 : 0.4 * source.uniform(),
      unknown: source.uniform() < 0.6 ? 0 : 0.01 * source.uniform(),
    });
    const terms = { costs: { feeBps: 20 * source.uniform(), slippageBps: 5, financingBpsPerYear: 5000 } };
    const what = `seed ${seed}: ${JSON.stringify(settings)}`;
    try {
      const run = runBacktest(market, meanReversion(settings), terms);
      if (run.fills.length > 0) traded += 1;
      const profit = run.roundTrips.reduce((sum, trip) => sum + trip.profit, 0);
      assertClose(run.equity.at(-1)! - run.startCash, profit, 1e-9, what, 1e-5);
      const paid = run.paid.reduce((sum, money) => sum + money, 0);
      const costs = run.roundTrips.reduce((sum, trip) => sum + trip.costs, 0);
      assertClose(costs, paid, 1e-9, what, 1e-6);
      for (const column of [run.equity, run.cash, run.exposure, run.turnover, run.paid, ...run.units])
        assert.ok(column.every(Number.isFinite), what);
      for (const { order, bar, open } of run.fills) assert.ok(bar > run.orders[order]!.bar && open > 0, what);
      assertCausal(market, () => meanReversion(settings), { cuts: 15, seed, ...terms });
    } catch (error) {
      if (!(error instanceof TickbookError) || error.code === "look-ahead") {
        throw new Error(what, { cause: error });
      }
      codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
    }
  }
  // chance asks for z-scores that a short window can't reach
  assert.deepEqual([...codes.keys()], ["bad-thresholds"]);
  assert.ok(traded > SEEDS / 2, `${traded} of ${SEEDS} traded`);
});
