import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertCausal } from "../../../src/analytics/backtest/assert-causal.ts";
import { buyAndHold } from "../../../src/analytics/backtest/strategies/buy-and-hold.ts";
import { meanReversion } from "../../../src/analytics/backtest/strategies/mean-reversion.ts";
import { movingAverageCross } from "../../../src/analytics/backtest/strategies/moving-average-cross.ts";
import type { MeanReversionSettings } from "../../../src/analytics/backtest/strategies/reversion-settings.ts";
import type { Rule, Strategy } from "../../../src/analytics/backtest/strategy.ts";
import type { Market } from "../../../src/analytics/backtest/types.ts";
import { hedgeRatio } from "../../../src/analytics/pair/hedge-ratio.ts";
import { TickbookError } from "../../../src/core/errors.ts";
import { seededMarket } from "./support/markets.ts";

const pair = seededMarket({ seed: 11, length: 700, untraded: 0.05, unknown: 0.001 });
const one = seededMarket({ seed: 12, length: 700, untraded: 0.05, legs: 1 });
const size = { by: "equity", share: 1 } as const;
const plain: MeanReversionSettings = { window: 30, entry: 1.5, size };

describe("assertCausal passes every strategy that ships, cut after every bar", () => {
  const strategies: Readonly<Record<string, readonly [Market, () => Strategy]>> = {
    "meanReversion with a fixed β": [
      pair,
      () =>
        meanReversion({
          ...plain,
          hedge: { method: "fixed", beta: 1.3 },
          stop: 3,
          maxBars: 40,
          coolDownBars: 3,
        }),
    ],
    "meanReversion with a calibrated β": [
      pair,
      () => meanReversion({ ...plain, hedge: { method: "fixed", calibrationBars: 120, fit: "huber" } }),
    ],
    "meanReversion with a rolling β, kept while held, sized by risk": [
      pair,
      () =>
        meanReversion({
          ...plain,
          hedge: { method: "rolling", window: 60 },
          size: { by: "risk", share: 0.01 },
          liquidity: { percentile: { of: "volume", share: 0.1, window: 50 } },
        }),
    ],
    "meanReversion with Kalman's β and its innovations": [
      pair,
      () =>
        meanReversion({
          ...plain,
          hedge: { method: "kalman", stateNoise: 1e-7, noise: 1e-5 },
          zScore: "innovation",
          rehedge: 0.01,
        }),
    ],
    "meanReversion of one leg": [one, () => meanReversion(plain)],
    movingAverageCross: [one, () => movingAverageCross({ fast: 5, slow: 20, side: "both", size })],
    buyAndHold: [one, () => buyAndHold()],
  };
  for (const [name, [market, make]] of Object.entries(strategies)) {
    test(name, () => {
      const { cuts, orders } = assertCausal(market, make, { cuts: "all", costs: { feeBps: 2 } });
      assert.equal(cuts, 699);
      assert.ok(orders > 0, `${orders} orders`);
    });
  }

  test("meanReversion with Kalman's variances chosen on leading bars, at some cuts", () => {
    const make = () =>
      meanReversion({ ...plain, hedge: { method: "kalman", calibrationBars: 80, model: "ratio" } });
    assert.ok(assertCausal(pair, make, { cuts: 8 }).orders > 0);
  });
});

describe("assertCausal catches", () => {
  const caught = (market: Market, make: (market: Market) => Strategy | Rule): TickbookError => {
    for (const cuts of ["all", 50] as const) {
      try {
        assertCausal(market, make, { cuts });
      } catch (error) {
        assert.ok(error instanceof TickbookError);
        assert.equal(error.code, "look-ahead");
        if (cuts === 50) return error;
        continue;
      }
      assert.fail(`not caught with cuts ${cuts}`);
    }
    throw new Error("unreachable");
  };
  const thresholds =
    (z: Float64Array): Rule =>
    ({ bar, target }) => {
      if (target() === 0) return z[bar]! < -1 ? { units: [1] } : undefined;
      return z[bar]! > 0 ? { units: [0] } : undefined;
    };

  test("a z-score with the mean and deviation of the whole sample", () => {
    const error = caught(one, ({ legs }) => {
      const { close } = legs[0]!;
      const mean = close.reduce((sum, price) => sum + price, 0) / close.length;
      const deviation = Math.sqrt(close.reduce((sum, price) => sum + (price - mean) ** 2, 0) / close.length);
      return thresholds(close.map((price) => (price - mean) / deviation));
    });
    assert.match(
      error.message,
      /^assertCausal: what a strategy knew .* at bar \d+ \(2025-01-01.*and with them/,
    );
  });

  test("a signal that differs, before any decision does", () => {
    const error = caught(one, ({ legs, length }) => {
      const { close } = legs[0]!;
      const z = close.map((price) => price / close[length - 1]! - 1);
      return { name: "leak", settings: {}, begin: () => ({ signals: { z }, decide: () => undefined }) };
    });
    assert.equal(error.facts.bar, 0);
    assert.equal(error.facts.what, "signal z");
  });

  test("a hedge ratio fitted on everything", () => {
    const error = caught(pair, ({ legs }) => {
      const { beta } = hedgeRatio(legs[0]!.close, legs[1]!.close);
      return meanReversion({ ...plain, hedge: { method: "fixed", beta } });
    });
    assert.match(String(error.facts.what), /^signal (z|spread|beta)$/);
  });

  test("a rule that buys where the next open is higher", () => {
    const error = caught(one, ({ legs }) => ({ bar, target }) => {
      const { open, close } = legs[0]!;
      const rises = open[bar + 1]! > close[bar]! * 1.0003;
      return rises === target() > 0 ? undefined : { units: [rises ? 1 : 0] };
    });
    assert.match(error.message, /no such order, and with them entry: 1 units of leg 0/);
  });

  test("a rule that knows how many bars there will be", () => {
    caught(
      one,
      ({ length }) =>
        ({ bar }) =>
          bar === length - 50 ? { units: [1] } : undefined,
    );
  });
});

describe("assertCausal", () => {
  test("says how a strategy has to be passed", () => {
    const needs = { code: "bad-setting", message: /needs a function that makes the strategy/ };
    assert.throws(() => assertCausal(one, buyAndHold() as never), needs);
    const made = { code: "bad-strategy", message: /needs a strategy/ };
    assert.throws(() => assertCausal(one, (() => undefined) as never), made);
  });

  test("cuts after every bar where more cuts are asked for than there are bars", () => {
    assert.equal(assertCausal(one, () => buyAndHold(), { cuts: 1e12 }).cuts, one.length - 1);
  });

  test("leaves the errors of a rule as they are", () => {
    const broken: Rule = () => {
      throw new RangeError("broken");
    };
    assert.throws(() => assertCausal(one, () => broken), RangeError);
  });
});

describe("a rule's view", () => {
  test("refuses a later bar, and has NaN before the first", () => {
    const seen: number[] = [];
    assertCausal(
      one,
      () => (view) => {
        if (view.bar === 0) seen.push(view.close(0, 1), view.closes(0, 5).length);
        assert.throws(() => view.close(0, -1), { code: "look-ahead" });
        assert.throws(() => view.signal("z"), { code: "unknown-signal" });
        assert.throws(() => view.units(1), { code: "bad-setting" });
        return undefined;
      },
      { cuts: 1 },
    );
    assert.deepEqual(seen.slice(0, 2), [Number.NaN, 1]);
  });

  test("has copies, so that what a rule writes changes nothing", () => {
    const before = one.legs[0]!.close.slice();
    assertCausal(
      one,
      () => (view) => {
        view.closes(0, 3).fill(-1);
        return undefined;
      },
      { cuts: 1 },
    );
    assert.deepEqual(one.legs[0]!.close, before);
  });
});
