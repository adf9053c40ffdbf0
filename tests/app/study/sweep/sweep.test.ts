import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { meanReversion } from "../../../../src/analytics/backtest/strategies/mean-reversion.ts";
import type { MeanReversionSettings } from "../../../../src/analytics/backtest/strategies/reversion-settings.ts";
import { type SweepSettings, sweepGrid } from "../../../../src/analytics/backtest/sweep/sweep-grid.ts";
import { sweep } from "../../../../src/app/study/sweep/sweep.ts";

import type { Progress } from "../../../../src/app/terminal/progress.ts";
import { endThreads } from "../../../../src/app/threads/pool.ts";
import { warmUp } from "../../../../src/app/threads/run-shared.ts";
import { seededMarket } from "../../../analytics/backtest/support/markets.ts";

const market = seededMarket({ seed: 51, length: 3000, untraded: 0.02 });
const base: MeanReversionSettings = {
  hedge: { method: "rolling", window: 100 },
  window: 30,
  entry: 1.5,
  liquidity: { minVolume: 1 },
  size: { by: "equity", share: 1 },
};
const settings: SweepSettings = {
  rows: { name: "hedge.window", values: [50, 100, 4000] },
  columns: { name: "entry", values: [1, 1.5, 2, 2.5, 3] },
  costs: { feeBps: 1 },
  returns: "bar",
  keepReturns: true,
};

describe("sweep", () => {
  after(endThreads);

  test("gives what one thread gives, bit by bit, with any number of threads", async () => {
    const expected = sweepGrid(
      market,
      (window, entry) => meanReversion({ ...base, hedge: { method: "rolling", window }, entry }),
      settings,
    );
    assert.equal(expected.refused.length, 5);
    for (const threads of [1, 2, 3])
      assert.deepEqual(await sweep(market, meanReversion(base), settings, { threads }), expected);
  });

  test("charges the funding of a market as one thread does", async () => {
    const rates = Float64Array.from({ length: market.length }, (_, t) => (t % 480 === 0 ? 1e-3 : 0));
    const legs = market.legs.map((leg, k) => ({
      ...leg,
      fundingAtStart: rates.map((rate) => rate * (k + 1)),
    }));
    const funded = { ...market, legs };
    const make = (window: number, entry: number) =>
      meanReversion({ ...base, hedge: { method: "rolling", window }, entry });
    const expected = sweepGrid(funded, make, settings);
    assert.deepEqual(await sweep(funded, meanReversion(base), settings, { threads: 2 }), expected);
    assert.notDeepEqual(expected.figures.profit, sweepGrid(market, make, settings).figures.profit);
  });

  test("threads that were begun ahead are those that work, and are taken again", async () => {
    await endThreads();
    warmUp();
    const begun = process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;
    warmUp();
    await sweep(market, meanReversion(base), settings);
    await sweep(market, meanReversion(base), settings);
    assert.ok(process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length <= begun);
  });

  test("sweeps costs as well as settings, and two sweeps at once one after the other", async () => {
    const byFee = { ...settings, rows: { name: "costs.feeBps", values: [0, 20] }, keepReturns: false };
    const [a, b] = await Promise.all([
      sweep(market, meanReversion(base), byFee),
      sweep(market, meanReversion(base), { ...byFee, costs: { slippageBps: 5 } }),
    ]);
    const [cheap, dear] = a!.figures.profit as [Float64Array, Float64Array];
    cheap.forEach((profit, k) => {
      assert.ok(profit > dear[k]! && profit > b!.figures.profit[0]![k]!);
    });
  });

  test("tells how far it is, and ends with all of it", async () => {
    const told: Progress[] = [];
    await sweep(market, meanReversion(base), settings, { progress: (progress) => told.push(progress) });
    assert.deepEqual(told.at(-1), { of: "hedge.window × entry", phase: "backtests", done: 15, total: 15 });
  });

  test("ends with what its caller's own function throws, and takes the program with it no further", async () => {
    const values = Array.from({ length: 400 }, (_, k) => 20 + k);
    const many = { ...settings, rows: { name: "window", values }, keepReturns: false };
    const progress = (): void => {
      throw new RangeError("broken");
    };
    await assert.rejects(sweep(market, meanReversion(base), many, { progress }), /broken/);
  });

  test("stops when it is called off, and the next one runs", async () => {
    const many = {
      ...settings,
      rows: { name: "window", values: Array.from({ length: 300 }, (_, k) => 20 + k) },
    };
    const called = new AbortController();
    const told: number[] = [];
    const running = sweep(
      market,
      meanReversion(base),
      { ...many, keepReturns: false },
      {
        signal: called.signal,
        progress: ({ done }) => told.push(done),
      },
    );
    called.abort(new Error("enough"));
    await assert.rejects(running, /enough/);
    assert.ok(told.every((done) => done < 1500));
    await assert.rejects(sweep(market, meanReversion(base), many, { signal: called.signal }), /enough/);
    assert.equal((await sweep(market, meanReversion(base), settings)).refused.length, 5);
  });

  test("refuses what a thread can't run, before it begins one", async () => {
    const own = { name: "mine", settings: {} };
    await assert.rejects(sweep(market, own, settings), { code: "unknown-strategy", message: /sweepGrid/ });
    const twice = { ...settings, columns: settings.rows };
    await assert.rejects(sweep(market, meanReversion(base), twice), {
      code: "bad-axis",
      message: /two different/,
    });
    await assert.rejects(sweep(market, meanReversion(base), settings, { threads: 0 }), {
      code: "bad-setting",
    });
    const unknown = { ...settings, columns: { name: "entryZ", values: [1] } };
    await assert.rejects(sweep(market, meanReversion(base), unknown), {
      code: "empty-sweep",
      message: /entryZ/,
    });
  });
});
