import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runBacktest } from "../../../../src/analytics/backtest/run-backtest.ts";
import type { HedgeSetting } from "../../../../src/analytics/backtest/strategies/hedge.ts";
import { meanReversion } from "../../../../src/analytics/backtest/strategies/mean-reversion.ts";
import type { MeanReversionSettings } from "../../../../src/analytics/backtest/strategies/reversion-settings.ts";
import type { Backtest, Market, Order } from "../../../../src/analytics/backtest/types.ts";
import { kalmanHedgeLine, rollingHedgeRatio } from "../../../../src/analytics/pair/moving-hedge-ratio.ts";
import { spread } from "../../../../src/analytics/pair/spread.ts";
import { rollingStd, rollingZScore } from "../../../../src/analytics/rolling/rolling.ts";
import { assertClose, assertSame } from "../../support/assert-close.ts";
import { seededMarket } from "../support/markets.ts";

const market = seededMarket({ seed: 21, length: 3000, untraded: 0.03 });
const base: MeanReversionSettings = {
  hedge: { method: "fixed", beta: 1.3 },
  window: 40,
  entry: 1.6,
  exit: 0.3,
  size: { by: "notional", notional: 10_000 },
};
const runOf = (more: Partial<MeanReversionSettings> = {}, on: Market = market): Backtest =>
  runBacktest(on, meanReversion({ ...base, ...more }), { costs: {} });
/** Of y, by the reason. */
const ordersOf = (run: Backtest, reason: string): readonly Order[] =>
  run.orders.filter((order) => order.reason === reason && order.leg === 0);
const [closeY, closeX] = market.legs.map(({ close }) => close) as [Float64Array, Float64Array];

describe("meanReversion decides", () => {
  test("to enter against z at the entry level and to leave where z has come back", () => {
    const run = runOf();
    const { z } = run.signals as { z: Float64Array };
    const [entries, exits] = [ordersOf(run, "entry"), ordersOf(run, "exit")];
    assert.ok(entries.length > 40 && exits.length > 40);
    for (const { bar, quantity } of entries) {
      assert.ok(Math.abs(z[bar]!) >= 1.6);
      assert.equal(Math.sign(quantity), -Math.sign(z[bar]!));
    }
    for (const trip of run.roundTrips.filter(({ closed }) => closed)) {
      assert.ok(trip.entrySignal * trip.side <= -1.6);
      assert.ok(trip.exitSignal * trip.side >= -0.3);
      assert.equal(trip.exitReason, "exit");
    }
  });

  test("each entry and exit at the first bar at which it can", () => {
    const full = seededMarket({ seed: 22, length: 2000 });
    const run = runOf({}, full);
    const { z } = run.signals as { z: Float64Array };
    // the rule once more, as a plain loop over positions
    const expected: (readonly [number, string, number])[] = [];
    let side = 0;
    z.forEach((now, bar) => {
      if (side !== 0 && -now * side <= 0.3) {
        expected.push([bar, "exit", -side]);
        side = 0;
      } else if (side === 0 && Math.abs(now) >= 1.6 && expected.at(-1)?.[0] !== bar) {
        side = -Math.sign(now);
        expected.push([bar, "entry", side]);
      }
    });
    assert.deepEqual(
      run.orders
        .filter(({ leg }) => leg === 0)
        .map(({ bar, reason, quantity }) => [bar, reason, Math.sign(quantity)]),
      expected,
    );
  });

  test("to stop where z has gone too far, and not to enter again before it was back inside", () => {
    const run = runOf({ stop: 2.4 });
    const { z } = run.signals as { z: Float64Array };
    const stops = ordersOf(run, "stop");
    assert.ok(stops.length > 5);
    for (const { bar, quantity } of stops) {
      assert.ok(Math.abs(z[bar]!) >= 2.4);
      // a long position was stopped far below
      assert.equal(Math.sign(quantity), Math.sign(z[bar]!));
      const next = ordersOf(run, "entry").find((order) => order.bar > bar)?.bar ?? z.length;
      assert.ok(z.subarray(bar, next).some((value) => Math.abs(value) < 1.6));
    }
    for (const { bar } of ordersOf(run, "entry")) assert.ok(Math.abs(z[bar]!) < 2.4);
  });

  test("to leave after so many bars", () => {
    const run = runOf({ maxBars: 6 });
    const timed = run.roundTrips.filter(({ exitReason }) => exitReason === "time stop");
    assert.ok(timed.length > 10);
    const decided = new Map(run.fills.map(({ bar, order }) => [bar, run.orders[order]!.bar]));
    for (const { entryBar, exitBar } of timed) assert.equal(decided.get(exitBar)! - entryBar + 1, 6);
    for (const { entryBar, exitBar, exitReason } of run.roundTrips)
      if (exitReason === "exit") assert.ok(decided.get(exitBar)! - entryBar + 1 <= 6);
  });

  test("nothing while it cools down", () => {
    const soonest = (bars: number): number => {
      const run = runOf({ coolDownBars: bars });
      const exits = ordersOf(run, "exit").map(({ bar }) => bar);
      return Math.min(
        ...exits.map((bar) => (ordersOf(run, "entry").find((entry) => entry.bar > bar)?.bar ?? 1e9) - bar),
      );
    };
    assert.ok(soonest(0) < 12);
    assert.equal(soonest(12), 13);
  });

  test("on one side only where told, and only the other entries go", () => {
    const both = ordersOf(runOf({ side: "both" }), "entry");
    const [long, short] = (["long", "short"] as const).map((side) => ordersOf(runOf({ side }), "entry"));
    assert.ok(long!.every(({ quantity }) => quantity > 0) && short!.every(({ quantity }) => quantity < 0));
    assert.ok(long!.length + short!.length >= both.length);
  });

  test("not to enter at a bar in which a leg is thin", () => {
    const rules = { minVolume: 2, minTrades: 3 };
    const isThin = (bar: number): boolean =>
      market.legs.some(({ volume, tradeCount }) => volume![bar]! < 2 || tradeCount![bar]! < 3);
    assert.ok(ordersOf(runOf(), "entry").some(({ bar }) => isThin(bar)));
    const entries = ordersOf(runOf({ liquidity: rules }), "entry");
    assert.ok(entries.length > 20 && entries.every(({ bar }) => !isThin(bar)));
    // y alone
    const onlyY = ordersOf(runOf({ liquidity: [rules, {}] }), "entry");
    assert.ok(onlyY.every(({ bar }) => market.legs[0]!.volume![bar]! >= 2));
    assert.ok(onlyY.some(({ bar }) => isThin(bar)));
  });

  test("nothing while a close is not known, but for the time stop", () => {
    const holed = seededMarket({ seed: 21, length: 3000 });
    const entry = runOf({}, holed).roundTrips[3]!;
    const unknown = holed.legs[1]!.close.fill(Number.NaN, entry.entryBar + 1);
    const run = runOf(
      { maxBars: 500 },
      { ...holed, legs: [holed.legs[0]!, { ...holed.legs[1]!, close: unknown }] },
    );
    const last = run.roundTrips.at(-1)!;
    assert.equal(last.entryBar, entry.entryBar);
    assert.equal(last.exitReason, "time stop");
    assert.ok(run.equity.every(Number.isFinite));
  });
});

describe("meanReversion sizes", () => {
  const entriesOf = (run: Backtest): readonly (readonly [bar: number, y: number, x: number])[] =>
    ordersOf(run, "entry").map(({ bar, quantity }) => [
      bar,
      quantity,
      run.orders.find((order) => order.bar === bar && order.leg === 1)?.quantity ?? 0,
    ]);

  test("by notional: both legs together are so much money at the closes of the decision", () => {
    for (const [bar, y, x] of entriesOf(runOf()))
      assertClose(Math.abs(y) * closeY[bar]! + Math.abs(x) * closeX[bar]!, 10_000, 1e-12);
  });

  test("beta neutral on log prices: β of money", () => {
    for (const [bar, y, x] of entriesOf(runOf()))
      assertClose(x * closeX[bar]!, -1.3 * y * closeY[bar]!, 1e-12);
  });

  test("beta neutral on raw prices: β of units", () => {
    const run = runOf({ prices: "raw", hedge: { method: "fixed", beta: 2.5 } });
    assert.ok(run.orders.length > 20);
    for (const [, y, x] of entriesOf(run)) assertClose(x, -2.5 * y, 1e-12);
  });

  test("money neutral: as much of x as of y; and y alone", () => {
    for (const [bar, y, x] of entriesOf(runOf({ neutral: "money" })))
      assertClose(x * closeX[bar]!, -y * closeY[bar]!, 1e-12);
    for (const [bar, y, x] of entriesOf(runOf({ neutral: "none" }))) {
      assert.equal(x, 0);
      assertClose(Math.abs(y) * closeY[bar]!, 10_000, 1e-12);
    }
  });

  test("by a share of the equity at the close of the decision", () => {
    const run = runOf({ size: { by: "equity", share: 0.5 } });
    for (const [bar, y, x] of entriesOf(run))
      assertClose(Math.abs(y) * closeY[bar]! + Math.abs(x) * closeX[bar]!, 0.5 * run.equity[bar]!, 1e-12);
  });

  test("by risk: a move of one trailing deviation of the spread is this share of the equity", () => {
    const run = runOf({ size: { by: "risk", share: 0.001, most: 99 } });
    const deviation = rollingStd(spread(closeY, closeX, { beta: 1.3 }).values, { window: 40 });
    for (const [bar, y] of entriesOf(run))
      assertClose(Math.abs(y) * closeY[bar]! * deviation[bar]!, 0.001 * run.equity[bar]!, 1e-12);
    const capped = runOf({ size: { by: "risk", share: 0.5 } });
    for (const [bar, y, x] of entriesOf(capped))
      assertClose(Math.abs(y) * closeY[bar]! + Math.abs(x) * closeX[bar]!, capped.equity[bar]!, 1e-12);
  });
});

describe("meanReversion hedges", () => {
  test("by the last window: a line fitted anew at each entry and kept until the exit, with the z of that one line", () => {
    const run = runOf({ hedge: { method: "rolling", window: 100 } });
    const ratio = rollingHedgeRatio(closeY, closeX, { window: 100 });
    const zOf = (beta: number, bar: number): number =>
      rollingZScore(
        spread(closeY.subarray(bar - 39, bar + 1), closeX.subarray(bar - 39, bar + 1), { beta }).values,
        { window: 40 },
      )[39]!;
    const { beta, z } = run.signals as { beta: Float64Array; z: Float64Array };
    const decidedAt = (bar: number, leg = 0): number =>
      run.orders[run.fills.find((fill) => fill.bar === bar && fill.leg === leg)!.order]!.bar;
    let kept = 0;
    const held = new Set<number>();
    for (const trip of run.roundTrips.filter(({ closed }) => closed)) {
      const [entry, exit] = [decidedAt(trip.entryBar), decidedAt(trip.exitBar)];
      for (let bar = entry; bar <= exit; bar++) {
        held.add(bar);
        assert.equal(beta[bar], ratio.beta[entry]);
        if (bar % 7 === 0) assertClose(z[bar]!, zOf(ratio.beta[entry]!, bar), 1e-6, "z", 1e-9);
      }
      kept += exit - entry;
    }
    assert.ok(kept > 200, `${kept}`);
    for (let bar = 139; bar < 2900; bar += 13) {
      if (held.has(bar) || Number.isNaN(z[bar]!)) continue;
      assert.equal(beta[bar], ratio.beta[bar]);
      assertClose(z[bar]!, zOf(ratio.beta[bar]!, bar), 1e-6, "z", 1e-9);
    }
  });

  test("by Kalman: on predictions from the bars before, over the deviation that it predicts, and on nothing else", () => {
    const hedge = { method: "kalman", stateNoise: 1e-8, noise: 1e-5 } as const;
    const line = kalmanHedgeLine(closeY, closeX, { stateNoise: 1e-8, noise: 1e-5 });
    assertSame(runOf({ hedge, zScore: "innovation" }).signals.z!, line.zScore);
    assertSame(runOf({ hedge }).signals.z!, line.zScore);
  });

  test("not where β is 0 or less: the entry is refused and counted; an unusual one is taken and counted", () => {
    // x falls where y rises
    const mirrored: Market = {
      ...market,
      legs: [market.legs[0]!, { ...market.legs[1]!, close: closeX.map((price) => 1e4 / price) }],
    };
    const rolling = { method: "rolling", window: 100 } as const;
    const run = runOf({ hedge: rolling }, mirrored);
    assert.ok(run.counts.refusedEntries! > 10, JSON.stringify(run.counts));
    for (const order of ordersOf(run, "entry")) assert.ok(run.signals.beta![order.bar]! > 0);
    assert.deepEqual(runOf().counts, { refusedEntries: 0, unusualEntries: 0 });
    for (const beta of [0.2, 3.5]) {
      const { counts, orders } = runOf({ hedge: { method: "fixed", beta } });
      assert.equal(
        counts.unusualEntries,
        orders.filter(({ reason, leg }) => reason === "entry" && leg === 0).length,
      );
    }
    // on raw prices β is units: what counts is money
    const raw = runOf({ prices: "raw", hedge: { method: "fixed", beta: (1.3 * closeY[0]!) / closeX[0]! } });
    assert.equal(raw.counts.unusualEntries, 0);
    const cents: Market = {
      ...market,
      legs: [
        market.legs[0]!,
        {
          ...market.legs[1]!,
          close: closeX.map((price) => price / 1000),
          open: market.legs[1]!.open.map((price) => price / 1000),
        },
      ],
    };
    const scaled = runOf(
      { prices: "raw", hedge: { method: "fixed", beta: (1300 * closeY[0]!) / closeX[0]! } },
      cents,
    );
    assert.equal(scaled.counts.unusualEntries, 0);
  });

  test("by a calibration: nothing is known and nothing decided before its last bar", () => {
    const hedges: readonly HedgeSetting[] = [
      { method: "fixed", calibrationBars: 400 },
      { method: "kalman", calibrationBars: 400 },
    ];
    for (const hedge of hedges) {
      const run = runOf({ hedge });
      for (const signal of Object.values(run.signals)) {
        assert.ok(signal.subarray(0, 399).every(Number.isNaN));
        assert.ok(!Number.isNaN(signal[399]!));
      }
      assert.ok(run.orders.length > 20 && run.orders.every(({ bar }) => bar >= 399));
    }
  });

  test("again where β has moved by more than the tolerance, x alone", () => {
    const hedge = { method: "kalman", stateNoise: 1e-8, noise: 1e-5 } as const;
    const run = runOf({ hedge, rehedge: 0.0005, exit: -2.5 });
    const again = run.orders.filter(({ reason }) => reason === "re-hedge");
    assert.ok(again.length > 10);
    const beta = run.signals.beta!;
    for (const order of again) {
      assert.equal(order.leg, 1);
      const heldY = run.units[0]![order.bar]!;
      const heldX = run.units[1]![order.bar]!;
      assertClose(
        (heldX + order.quantity) * closeX[order.bar]!,
        -beta[order.bar]! * heldY * closeY[order.bar]!,
        1e-9,
      );
      const before = run.orders.findLast(
        ({ id, bar, leg }) => leg === 1 && id < order.id && bar < order.bar,
      )!;
      assert.ok(Math.abs(beta[order.bar]! / beta[before.bar]! - 1) > 0.0005);
    }
    assert.equal(runOf({ hedge, exit: -1 }).orders.filter(({ reason }) => reason === "re-hedge").length, 0);
  });
});

describe("meanReversion refuses", () => {
  const refused = (more: object, code: string, message: RegExp): void => {
    assert.throws(() => meanReversion({ ...base, ...more } as MeanReversionSettings), { code, message });
  };

  test("thresholds out of order, or beyond what a rolling z-score reaches", () => {
    refused({ entry: 1, exit: 1 }, "bad-thresholds", /needs exit below entry.*got exit 1, entry 1\./);
    refused({ entry: 1, exit: 2 }, "bad-thresholds", /exit 2, entry 1/);
    refused({ entry: 2, stop: 2 }, "bad-thresholds", /stop 2/);
    refused({ window: 5, entry: 2 }, "bad-thresholds", /entry must be below 1\.79.*of 5 bars can go; got 2/);
    refused({ window: 15, stop: 4 }, "bad-thresholds", /stop must be below 3\.61/);
    refused({ entry: Number.NaN }, "bad-setting", /entry must be a number above 0; got NaN/);
    refused({ entry: 0 }, "bad-setting", /entry/);
  });

  test("settings that it does not know, at every level", () => {
    refused({ entryZ: 2 }, "unknown-setting", /settings can be .*; got "entryZ"/);
    refused(
      { hedge: { method: "rolling", bars: 5 } },
      "unknown-setting",
      /hedge with method "rolling".*"bars"/,
    );
    refused({ size: { by: "equity", fraction: 1 } }, "unknown-setting", /size by equity.*"fraction"/);
    refused(
      { hedge: { method: "ols" } },
      "bad-setting",
      /hedge.method must be one of "fixed", "rolling", "kalman"/,
    );
    refused({ size: undefined }, "bad-setting", /size.by must be one of/);
    refused({ liquidity: [{}, { minVol: 1 }] }, "unknown-setting", /liquidity can be .*"minVol"/);
    refused({ side: "up" }, "bad-setting", /side/);
    refused({ liquidity: 5 }, "bad-setting", /needs liquidity as an object; got 5/);
    refused({ hedge: null }, "bad-setting", /hedge.method must be one of/);
    refused({ entry: "2" }, "bad-setting", /entry must be a number above 0; got "2"/);
    refused({ size: { by: "units", units: "2" } }, "bad-setting", /size.units must be a number/);
    refused({ hedge: { method: "rolling", window: 60, intercept: "no" } }, "bad-setting", /hedge.intercept/);
    refused(
      { hedge: { method: "kalman", model: "lines", stateNoise: 1, noise: 1 } },
      "bad-setting",
      /hedge.model must be one of "line", "ratio"/,
    );
  });

  test("what does not go together", () => {
    refused({ zScore: "innovation" }, "bad-setting", /"innovation" needs a hedge with method "kalman"/);
    refused({ rehedge: 0.05 }, "bad-setting", /rehedge follows a β that moves/);
    refused(
      { hedge: { method: "rolling", window: 60 }, rehedge: 0.05 },
      "bad-setting",
      /a rolling one keeps its line until the exit/,
    );
    refused(
      { hedge: { method: "kalman", calibrationBars: 100 }, zScore: "rolling" },
      "bad-setting",
      /zScore "rolling" needs a line that stands still.*its innovation/,
    );
    for (const beta of [0, -0.5])
      refused(
        { hedge: { method: "fixed", beta } },
        "bad-setting",
        /hedge.beta must be above 0.*got (0|-0\.5)/,
      );
    refused({ hedge: { method: "fixed" } }, "bad-setting", /needs a beta, or calibrationBars/);
    refused(
      { hedge: { method: "fixed", beta: 1, calibrationBars: 50 } },
      "bad-setting",
      /either calibrationBars or beta/,
    );
    refused({ hedge: { method: "kalman" } }, "bad-setting", /hedge.stateNoise must be a variance/);
    refused({ size: { by: "risk", share: 1 } }, "bad-setting", /below 1/);
    refused({ maxBars: 0 }, "bad-setting", /maxBars/);
    refused({ window: 2.5 }, "bad-window", /window must be a whole number/);
  });

  test("a market that it does not fit", () => {
    const one = { ...market, legs: market.legs.slice(0, 1) };
    assert.throws(() => runOf({}, one), { message: /nothing to hedge with in a market of one leg/ });
    const { hedge: _, ...unhedged } = base;
    assert.throws(() => runBacktest(market, meanReversion(unhedged), { costs: {} }), {
      message: /needs a hedge for a market of two legs; got none/,
    });
    assert.throws(() => runOf({ hedge: { method: "kalman", calibrationBars: 3001 }, zScore: "innovation" }), {
      code: "too-few-bars",
    });
    assert.throws(() => runOf({ hedge: { method: "rolling", window: 3001 } }), {
      code: "too-few-bars",
      message: /needs 3001 bars before the first decision can be taken; the market has 3000/,
    });
    const { volume: _v, ...noVolume } = market.legs[1]!;
    const bare = { ...market, legs: [market.legs[0]!, noVolume] };
    assert.throws(() => runOf({ liquidity: { minVolume: 1 } }, bare), {
      code: "no-column",
      message: /volume of XUSDT/,
    });
  });
});
