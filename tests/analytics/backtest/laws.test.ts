import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runBacktest } from "../../../src/analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../../src/analytics/backtest/strategies/mean-reversion.ts";
import { movingAverageCross } from "../../../src/analytics/backtest/strategies/moving-average-cross.ts";
import type { MeanReversionSettings } from "../../../src/analytics/backtest/strategies/reversion-settings.ts";
import type { Rule, Strategy } from "../../../src/analytics/backtest/strategy.ts";
import type { Backtest, Market } from "../../../src/analytics/backtest/types.ts";
import { random } from "../../../src/core/random.ts";
import { assertAllClose, assertClose, assertSame } from "../support/assert-close.ts";
import { seededMarket } from "./support/markets.ts";

const reversion: MeanReversionSettings = {
  hedge: { method: "fixed", beta: 1.3 },
  window: 30,
  entry: 1.5,
  exit: 0.2,
  stop: 3,
  maxBars: 40,
  size: { by: "notional", notional: 50_000 },
};
/** Holds something else every few bars, turns from long to short at once, and orders while others wait. */
const restless =
  (seed: number): Rule =>
  (view) => {
    const source = random(seed, view.bar);
    if (source.uniform() > 0.15) return undefined;
    const chance = source.uniform();
    if (chance < 0.25) return { units: [0, 0] };
    const units = [Math.round(200 * source.normal()), Math.round(400 * source.normal())];
    return { units: chance < 0.5 ? [units[0]!, view.units(1)] : units };
  };
const costs = { feeBps: 4, halfSpreadBps: 1, slippageBps: 2, financingBpsPerYear: 20_000 };

interface Case {
  readonly name: string;
  readonly market: Market;
  readonly strategy: Strategy | Rule;
}

const cases: readonly Case[] = [1, 2, 3].flatMap((seed) => {
  const market = seededMarket({ seed, length: 1500, untraded: 0.1, unknown: 0.002 });
  const of = (name: string, strategy: Strategy | Rule): Case => ({
    name: `${name}, seed ${seed}`,
    market,
    strategy,
  });
  return [
    of("mean reversion", meanReversion(reversion)),
    of(
      "mean reversion, re-hedged",
      meanReversion({
        ...reversion,
        hedge: { method: "kalman", stateNoise: 1e-7, noise: 1e-5 },
        rehedge: 0.01,
      }),
    ),
    of(
      "moving averages",
      movingAverageCross({ fast: 5, slow: 20, side: "both", size: { by: "equity", share: 2 } }),
    ),
    of("restless", restless(seed)),
  ];
});

const changeOf = (run: Backtest): number => run.equity.at(-1)! - run.startCash;
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

type Decided = Map<number, readonly number[]>;

/** The strategy, with the units that it decides on written down by bar. */
function recorded(strategy: Strategy | Rule, into: Decided): Strategy {
  return {
    name: "recorded",
    settings: {},
    begin(market) {
      const rule = typeof strategy === "function" ? { decide: strategy } : strategy.begin(market);
      return {
        ...rule,
        decide(view) {
          const decision = rule.decide(view);
          if (decision !== undefined && "units" in decision) into.set(view.bar, decision.units);
          return decision;
        },
      };
    },
  };
}

/** The same decisions at the same bars, whatever came of them. */
function replay(decided: Decided, times = 1): Rule {
  return ({ bar }) => {
    const units = decided.get(bar);
    return units && { units: units.map((one) => times * one) };
  };
}

for (const { name, market, strategy } of cases) {
  describe(`a run of ${name}`, () => {
    const decided: Decided = new Map();
    const run = runBacktest(market, recorded(strategy, decided), { costs });

    test("trades, so that its laws say something", () => {
      assert.ok(run.fills.length > 20, `${run.fills.length} fills`);
      assert.ok(run.roundTrips.length > 5);
    });

    test("has an equity of cash and holdings at every bar", () => {
      const marks = market.legs.map(() => Number.NaN);
      let next = 0;
      for (let t = 0; t < market.length; t++) {
        for (; run.fills[next]?.bar === t; next++) marks[run.fills[next]!.leg] = run.fills[next]!.open;
        market.legs.forEach(({ close }, k) => {
          if (!Number.isNaN(close[t]!)) marks[k] = close[t]!;
        });
        const held = run.units.map((units, k) => (units[t] === 0 ? 0 : units[t]! * marks[k]!));
        assertClose(run.equity[t]!, run.cash[t]! + sum(held), 1e-13, `equity[${t}]`);
        assertClose(run.exposure[t]!, sum(held.map(Math.abs)), 1e-13, `exposure[${t}]`, 1e-9);
      }
    });

    test("has cash and units that follow from its fills and its financing", () => {
      const units = market.legs.map(() => 0);
      let [cash, next] = [run.startCash, 0];
      for (let t = 0; t < market.length; t++) {
        let [paid, turnover] = [0, 0];
        for (; run.fills[next]?.bar === t; next++) {
          const { leg, quantity, price, open, fee, spreadCost, slippageCost } = run.fills[next]!;
          units[leg] = units[leg]! + quantity;
          cash -= quantity * price + fee;
          paid += fee + spreadCost + slippageCost;
          turnover += Math.abs(quantity) * price;
          assertClose(Math.abs(quantity) * Math.abs(price - open), spreadCost + slippageCost, 1e-9);
        }
        const financing = run.paid[t]! - paid;
        assert.ok(financing >= -1e-9);
        cash -= financing;
        assertClose(run.cash[t]!, cash, 1e-12, `cash[${t}]`);
        assertClose(run.turnover[t]!, turnover, 1e-13, `turnover[${t}]`);
        run.units.forEach((column, k) => {
          assertClose(column[t]!, units[k]!, 1e-12, `units[${t}]`, 1e-9);
        });
      }
    });

    test("has no exposure and an equity that rests while it is flat", () => {
      let bars = 0;
      for (let t = 1; t < market.length; t++) {
        if (run.units.some((units) => units[t] !== 0)) continue;
        assert.equal(run.exposure[t], 0);
        assert.equal(run.equity[t], run.cash[t]);
        if (run.units.every((units) => units[t - 1] === 0)) {
          assert.equal(run.equity[t], run.equity[t - 1]);
          bars++;
        }
      }
      assert.ok(bars > 5);
    });

    test("earns the sum of its round trips, and pays the sum of their costs", () => {
      assertClose(sum(run.roundTrips.map(({ profit }) => profit)), changeOf(run), 1e-9, "profit", 1e-7);
      assertClose(sum(run.roundTrips.map((trip) => trip.costs)), sum(run.paid), 1e-9, "costs");
    });

    test("fills in the first later bar in which each leg of the order traded, all legs at once", () => {
      const fillOf = new Map(run.fills.map((fill) => [fill.order, fill]));
      for (const bar of new Set(run.orders.map((order) => order.bar))) {
        const orders = run.orders.filter((order) => order.bar === bar);
        const filled = orders.map(({ id }) => fillOf.get(id));
        const states = new Set(orders.map(({ state }) => state));
        assert.equal(states.size, 1);
        assert.equal(states.has("filled"), filled[0] !== undefined);
        const trades = (t: number): boolean =>
          orders.every(({ leg }) => !Number.isNaN(market.legs[leg]!.open[t]!));
        const until = filled[0]?.bar ?? nextChange(decided, bar) + 1;
        for (let t = bar + 1; t < Math.min(until, market.length); t++)
          assert.ok(!trades(t), `bar ${t} was passed by`);
        if (filled[0] === undefined) continue;
        assert.ok(until > bar && trades(until));
        filled.forEach((fill, k) => {
          assert.equal(fill!.bar, until);
          assert.equal(fill!.quantity, orders[k]!.quantity);
          assert.equal(fill!.open, market.legs[fill!.leg]!.open[until]);
        });
      }
    });

    test("would not have earned less without costs: the difference is what was paid, at every bar", () => {
      const { financingBpsPerYear: _, ...onTurnover } = costs;
      const free = runBacktest(market, replay(decided), { costs: {} });
      const dear = runBacktest(market, replay(decided), { costs: onTurnover });
      assert.equal(free.fills.length, dear.fills.length);
      let paid = 0;
      for (let t = 0; t < market.length; t++) {
        paid += dear.paid[t]!;
        assertClose(free.equity[t]! - dear.equity[t]!, paid, 1e-9, `difference at ${t}`, 1e-8);
      }
      for (const name of Object.keys(costs)) {
        const cheaper = runBacktest(market, replay(decided), { costs: { ...costs, [name]: 0 } });
        cheaper.equity.forEach((value, t) => {
          assert.ok(value >= run.equity[t]! - 1e-8, `${name} helped at bar ${t}`);
        });
      }
    });

    test("begins with twice the money and trades twice the units: all money doubles", () => {
      const twice = runBacktest(market, replay(decided, 2), { startCash: 200_000, costs });
      assertAllClose(
        twice.equity,
        run.equity.map((value) => 2 * value),
        1e-12,
      );
    });
  });
}

/** The bar at which something else was decided than at this one; the last where that never was. */
function nextChange(decided: Decided, bar: number): number {
  const target = `${decided.get(bar)}`;
  return (
    [...decided].find(([at, units]) => at > bar && `${units}` !== target)?.[0] ?? Number.POSITIVE_INFINITY
  );
}

describe("meanReversion", () => {
  const market = seededMarket({ seed: 5, length: 2000, untraded: 0.05 });
  const strategy = meanReversion(reversion);
  const run = runBacktest(market, strategy, { costs: { feeBps: 1 } });
  const scaled = (factors: readonly number[]): Market => ({
    ...market,
    legs: market.legs.map((leg, k) => ({
      ...leg,
      open: leg.open.map((price) => price * factors[k]!),
      close: leg.close.map((price) => price * factors[k]!),
    })),
  });

  test("earns the same money when prices are quoted in another unit: only units change", () => {
    for (const factors of [
      [8, 8],
      [1, 1000],
      [0.01, 3],
    ]) {
      const other = runBacktest(scaled(factors), strategy, { costs: { feeBps: 1 } });
      assertAllClose(other.equity, run.equity, 1e-9, `equity by ${factors}`);
      assert.deepEqual(
        other.orders.map(({ bar, leg, reason, state }) => [bar, leg, reason, state]),
        run.orders.map(({ bar, leg, reason, state }) => [bar, leg, reason, state]),
      );
      run.units.forEach((units, k) => {
        assertAllClose(
          other.units[k]!,
          units.map((held) => held / factors[k]!),
          1e-9,
          `units of leg ${k}`,
        );
      });
      assert.deepEqual(
        other.roundTrips.map(({ side, entryBar, exitBar }) => [side, entryBar, exitBar]),
        run.roundTrips.map(({ side, entryBar, exitBar }) => [side, entryBar, exitBar]),
      );
    }
  });

  test("with β 1 earns the same money with its legs swapped: only sides and the sign of z change", () => {
    const even = meanReversion({ ...reversion, hedge: { method: "fixed", beta: 1 } });
    const swapped = { ...market, legs: market.legs.toReversed() };
    const [a, b] = [market, swapped].map((legs) => runBacktest(legs, even, { costs: { feeBps: 1 } })) as [
      Backtest,
      Backtest,
    ];
    assert.ok(a.roundTrips.length > 20);
    assertAllClose(b.equity, a.equity, 1e-10, "equity");
    assertAllClose(
      b.signals.z!,
      a.signals.z!.map((z) => -z),
      1e-8,
      "z",
      1e-9,
    );
    assertAllClose(b.units[0]!, a.units[1]!, 1e-10, "units of y");
    assertAllClose(b.units[1]!, a.units[0]!, 1e-10, "units of x");
    assert.deepEqual(
      b.roundTrips.map(({ side, entryBar, exitBar }) => [side, entryBar, exitBar]),
      a.roundTrips.map(({ side, entryBar, exitBar }) => [-side, entryBar, exitBar]),
    );
  });

  test("gives the same result bit by bit when it is run again", () => {
    const again = runBacktest(market, strategy, { costs: { feeBps: 1 } });
    assertSame(again.equity, run.equity);
    assert.deepEqual(again.orders, run.orders);
  });
});
