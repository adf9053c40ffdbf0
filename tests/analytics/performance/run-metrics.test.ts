import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { returnMetrics } from "../../../src/analytics/performance/return-metrics.ts";
import { rollingDrawdown } from "../../../src/analytics/performance/rolling-drawdown.ts";
import { TickbookError } from "../../../src/core/errors.ts";
import { assertAllClose, assertClose, assertSame } from "../support/assert-close.ts";
import { assertCausal, noise } from "../support/laws.ts";
import { accountOf, DAY_US, grown, HOUR_US, marketOf, metricsOn, START_US, trip } from "./support/account.ts";

const nan = Number.NaN;
const from = (...values: number[]) => Float64Array.from(values);

describe("by hand", () => {
  test("four daily returns give the ratios of a calculator", () => {
    // returns of 10 %, −5 %, 0 and 5 %: mean 2.5 %, squares about it 0.0125
    const m = returnMetrics(from(0.1, -0.05, 0, 0.05), { perYear: 365, tail: 0.25 });
    const deviation = Math.sqrt(0.0125 / 3);
    assertClose(m.volatility, deviation * Math.sqrt(365), 1e-14);
    assertClose(m.sharpe, (0.025 / deviation) * Math.sqrt(365), 1e-14);
    assertClose(m.sortino, (0.025 / Math.sqrt(0.0025 / 4)) * Math.sqrt(365), 1e-14);
    assertClose(m.omega, 3, 1e-14);
    // sorted −5, 0, 5, 10 %; a quarter of the way from the first to the last is at 0.75
    assertClose(m.valueAtRisk, -0.0125, 1e-14);
    assertClose(m.expectedShortfall, -0.05, 1e-14);
    assertClose(m.tailRatio, 0.0625 / 0.0125, 1e-14);
    // off the mean: 7.5, −7.5, −2.5, 2.5 %
    assert.ok(Math.abs(m.skewness) < 1e-14);
    assertClose(m.kurtosis, (2 * 7.5 ** 4 + 2 * 2.5 ** 4) / 4 / (12.5 * 2.5) ** 2, 1e-14);
    assertClose(m.autocorrelation, (-7.5 * 7.5 + 7.5 * 2.5 - 2.5 * 2.5) / 125, 1e-14);
    const s = 0.025 / deviation;
    assertClose(m.sharpeError, Math.sqrt(((1 + ((m.kurtosis - 1) / 4) * s * s) / 4) * 365), 1e-14);
    assert.deepEqual([m.nobs, m.best, m.worst, m.positive], [4, 0.1, -0.05, 0.5]);
  });

  test("an account's growth, exposure, turnover and costs", () => {
    // 73 days: a fifth of a year
    const equity = new Float64Array(73).fill(110);
    const half = (value: number) => equity.map((_, t) => (t < 36 ? value : 0));
    const p = metricsOn(
      accountOf(equity, {
        exposure: half(55),
        turnover: equity.map((_, t) => (t < 2 ? 110 : 0)),
        paid: equity.map((_, t) => (t < 2 ? 0.11 : 0)),
      }),
      marketOf(73),
    );
    assertClose(p.totalReturn, 0.1, 1e-12);
    assertClose(p.cagr, 1.1 ** 5 - 1, 1e-12);
    assert.equal(p.timeInMarket, 36 / 73);
    assertClose(p.meanExposure, (0.5 * 36) / 73, 1e-12);
    assertClose(p.turnoverPerYear, 2 * 5, 1e-12);
    assertClose(p.totalCosts, 0.22, 1e-12);
    assertClose(p.costBps, 10, 1e-12);
    assertClose(p.breakEvenBps, (1e4 * 10.22) / 220, 1e-12);
  });

  test("what lost its costs and nothing else breaks even at 0, whatever rounding leaves of the difference", () => {
    const equity = Float64Array.from({ length: 30 }, (_, t) => 100 - 0.1 * t);
    const paid = equity.map((_, t) => (t === 0 ? 0 : 0.1));
    const change = equity[29]! - 100;
    const costs = paid.reduce((sum, one) => sum + one, 0);
    assert.ok(change + costs !== 0);
    const p = metricsOn(accountOf(equity, { turnover: equity.map(() => 110), paid }), marketOf(30));
    assert.equal(p.breakEvenBps, 0);
  });

  test("round trips: the open one is left out, and one without a profit is no win", () => {
    const roundTrips = [
      trip(30, { notional: 300 }),
      trip(-10),
      trip(0),
      trip(20, { exitUs: START_US + 3 * HOUR_US }),
      trip(-99, { closed: false }),
    ];
    const { roundTrips: r } = metricsOn(accountOf([100], { roundTrips }), marketOf(1));
    assert.deepEqual([r.count, r.open, r.winRate, r.profitFactor, r.expectancy], [4, 1, 0.5, 5, 10]);
    assert.deepEqual([r.averageWin, r.averageLoss, r.payoff, r.best, r.worst], [25, -10, 2.5, 30, -10]);
    assertClose(r.expectancyReturn, (0.1 - 0.1 + 0 + 0.2) / 4, 1e-14);
    assert.deepEqual([r.averageUs, r.longestUs, r.losingStreak], [1.5 * HOUR_US, 3 * HOUR_US, 2]);
    assertClose(r.sqn, (2 * 10) / Math.sqrt((400 + 400 + 100 + 100) / 3), 1e-14);
    assertClose(r.kelly, 0.5 - 0.5 / 2.5, 1e-14);
  });

  test("drawdowns: one from the first bar, one recovered, one not over", () => {
    const p = metricsOn(accountOf([90, 80, 100, 120, 120, 90, 130, 117]), marketOf(8));
    assertAllClose(p.drawdown, [-0.1, -0.2, 0, 0, 0, -0.25, 0, -0.1], 1e-14);
    const day = (d: number) => START_US + d * DAY_US;
    const fall = (depth: number, peak: number, trough: number, recovery: number, length: number) => ({
      depth,
      peakUs: day(peak),
      troughUs: day(trough),
      recoveryUs: day(recovery),
      lengthUs: length * DAY_US,
    });
    assert.deepEqual(
      p.worstDrawdowns.map((f) => ({ ...f, depth: Number(f.depth.toFixed(12)) })),
      [fall(-0.25, 5, 6, 7, 2), fall(-0.2, 0, 2, 3, 3), fall(-0.1, 7, 8, nan, 1)],
    );
    assert.deepEqual([p.maxDrawdown, p.maxDrawdownUs, p.longestDrawdownUs], [-0.25, 2 * DAY_US, 3 * DAY_US]);
  });

  test("months from close to close; a bar that closes at midnight belongs to the month before", () => {
    const market = marketOf(3, { startUs: Date.UTC(2021, 11, 30) * 1000 });
    const p = metricsOn(accountOf([110, 121, 60.5]), market);
    assert.deepEqual(
      p.months.map((m) => [m.year, m.month, Number(m.return.toFixed(12)), m.partial]),
      [
        [2021, 12, 0.21, true],
        [2022, 1, -0.5, true],
      ],
    );
    assert.deepEqual(
      p.calendarYears.map((y) => [y.year, y.month, Number(y.return.toFixed(12)), y.partial]),
      [
        [2021, 0, 0.21, true],
        [2022, 0, -0.5, true],
      ],
    );
    const january = metricsOn(
      accountOf(new Float64Array(31 * 24).fill(101)),
      marketOf(31 * 24, { intervalUs: HOUR_US, startUs: Date.UTC(2022, 0, 1) * 1000 }),
    );
    assert.deepEqual(
      january.months.map((m) => [m.month, m.partial]),
      [[1, false]],
    );
  });

  test("a leg is bought at its first open and held; alpha and beta are those of a line through the returns", () => {
    const market = marketOf(3, { closes: { BTC: [120, 90, 99] } });
    market.legs[0]!.open[0] = 100;
    // returns of the leg 20 %, −25 %, 10 %; of the account half of them and 1 %
    const p = metricsOn(accountOf(grown([0.11, -0.115, 0.06])), market);
    const leg = p.legs[0]!;
    assertClose(leg.totalReturn, -0.01, 1e-12);
    assertClose(leg.maxDrawdown, -0.25, 1e-12);
    assertAllClose(leg.equity, [120, 90, 99], 1e-12);
    assertClose(leg.beta, 0.5, 1e-12);
    assertClose(leg.alpha, 0.01 * 365, 1e-12);
    assertClose(leg.correlation, 1, 1e-12);
  });
});

describe("which returns, and how many a year", () => {
  test("bars shorter than a day are taken by the day unless told", () => {
    const equity = grown(noise(1, 96, 0.01));
    const market = marketOf(96, { intervalUs: HOUR_US });
    const byDay = metricsOn(accountOf(equity), market);
    assert.equal(byDay.nobs, 4);
    assert.equal(byDay.sampling.perYear, 365);
    assertClose(byDay.returns[1]!, equity[47]! / equity[23]! - 1, 1e-12);
    const byBar = metricsOn(accountOf(equity), market, { returns: "bar" });
    assert.equal(byBar.nobs, 96);
    assert.equal(byBar.sampling.perYear, 8760);
    assertClose(byBar.returns[0]!, equity[0]! / 100 - 1, 1e-12);
  });

  test("the factor comes from the interval: 100 ms to a day, and a week", () => {
    for (const intervalUs of [1e5, 1e6, 60e6, HOUR_US, DAY_US, 7 * DAY_US]) {
      const { sampling } = metricsOn(accountOf([100, 101, 100]), marketOf(3, { intervalUs }), {
        returns: "bar",
      });
      assertClose(sampling.perYear, (365 * DAY_US) / intervalUs, 1e-12);
      assert.equal(sampling.periodUs, intervalUs);
    }
  });

  test("days without a bar are left out, and the factor with them: the yearly volatility stays", () => {
    // a walk of 2,000 days, of which half are not in the data
    const full = grown(noise(5, 2000, 0.01));
    const kept = Array.from(full.keys()).filter((t) => t % 4 < 2);
    const whole = marketOf(2000);
    const market = {
      ...marketOf(kept.length),
      startUs: Float64Array.from(kept, (t) => whole.startUs[t]!),
    };
    const p = metricsOn(accountOf(kept.map((t) => full[t]!)), market);
    assert.equal(p.sampling.missing, 998);
    assertClose(p.sampling.perYear, (365 * 1000) / 1998, 1e-12);
    const volatility = metricsOn(accountOf(full), whole).volatility;
    assertClose(p.volatility, volatility, 0.05);
    assertClose(p.cagr, (full[1997]! / 100) ** (365 / 1998) - 1, 1e-9);
  });

  test("a day's equity is the last one known in it", () => {
    const equity = new Float64Array(72).fill(100);
    equity.fill(110, 30, 40);
    equity.fill(nan, 40, 48);
    const p = metricsOn(accountOf(equity), marketOf(72, { intervalUs: HOUR_US }));
    assertAllClose(p.returns, [0, 0.1, 100 / 110 - 1], 1e-12);
  });
});

describe("what a yearly figure is worth", () => {
  test("a bounce in the prices that mark an account makes the volatility of bars too high, and that of days hardly", () => {
    // 400 days of minutes: a walk of 20 % a year, marked half a spread of 2 bps up or down
    const n = 400 * 1440;
    const deviation = 0.2 / Math.sqrt(365 * 1440);
    const steps = noise(31, n, deviation);
    const sides = noise(32, n);
    let level = 0;
    const equity = steps.map((step, t) => {
      level += step;
      return 100 * Math.exp(level + (sides[t]! > 0 ? 2e-4 : -2e-4));
    });
    const market = marketOf(n, { intervalUs: 60e6 });
    const byDay = metricsOn(accountOf(equity), market);
    const byBar = metricsOn(accountOf(equity), market, { returns: "bar" });
    assertClose(byDay.volatility, 0.2, 0.08);
    assert.ok(byBar.volatility > 0.28, `${byBar.volatility}`);
    assert.ok(byBar.autocorrelation < -0.2 && Math.abs(byDay.autocorrelation) < 0.1);
  });

  test("the Sharpe ratio lies within 1.96 of its standard errors in 95 of 100 windows (93 to 97)", () => {
    const [truth, days, windows] = [1.5, 365, 1000];
    const mean = (0.01 * truth) / Math.sqrt(365);
    const all = noise(41, days * windows, 0.01);
    let within = 0;
    for (let w = 0; w < windows; w++) {
      const window = all.subarray(w * days, (w + 1) * days).map((r) => r + mean);
      const { sharpe, sharpeError } = returnMetrics(window, { perYear: 365 });
      if (Math.abs(sharpe - truth) < 1.96 * sharpeError) within += 1;
    }
    assert.ok(within >= 930 && within <= 970, `${within} of ${windows}`);
  });
});

describe("laws", () => {
  const returns = noise(7, 300, 0.01).map((r) => r + 0.0005);

  test("money in other units changes no ratio", () => {
    const market = marketOf(300, { closes: { A: grown(noise(8, 300, 0.02)) } });
    const one = metricsOn(accountOf(grown(returns)), market);
    const thousand = metricsOn(
      accountOf(grown(returns, 1e5), { startCash: 1e5 }),
      marketOf(300, { closes: { A: grown(noise(8, 300, 0.02), 1e5) } }),
    );
    for (const key of ["sharpe", "sortino", "omega", "calmar", "cagr", "maxDrawdown", "kurtosis"] as const) {
      assertClose(thousand[key], one[key], 1e-9, key);
      assertClose(thousand.legs[0]![key], one.legs[0]![key], 1e-9, `${key} of the leg`);
    }
    assertClose(thousand.legs[0]!.beta, one.legs[0]!.beta, 1e-9);
  });

  test("returns twice as large: the same Sharpe, Sortino and Omega, twice the volatility and VaR", () => {
    const one = returnMetrics(returns, { perYear: 365 });
    const two = returnMetrics(
      returns.map((r) => 2 * r),
      { perYear: 365 },
    );
    for (const key of ["sharpe", "sortino", "omega", "skewness", "kurtosis", "tailRatio"] as const) {
      assertClose(two[key], one[key], 1e-12, key);
    }
    for (const key of ["volatility", "valueAtRisk", "expectedShortfall", "best"] as const) {
      assertClose(two[key], 2 * one[key], 1e-12, key);
    }
  });

  test("a higher return a period moves the Sharpe ratio by itself over the deviation, and the volatility not at all", () => {
    const one = returnMetrics(returns, { perYear: 365 });
    const more = returnMetrics(
      returns.map((r) => r + 0.001),
      { perYear: 365 },
    );
    assertClose(more.volatility, one.volatility, 1e-12);
    assertClose(more.sharpe - one.sharpe, (0.001 * 365) / one.volatility, 1e-9);
  });

  test("an account that holds a leg is that leg: beta 1, alpha 0, all its figures", () => {
    const close = grown(returns);
    const p = metricsOn(accountOf(close), marketOf(300, { closes: { A: close } }));
    const leg = p.legs[0]!;
    // the leg is bought at its first close here, which is its open
    const later = metricsOn(accountOf(close, { startCash: close[0]! }), marketOf(300));
    assertClose(leg.sharpe, later.sharpe, 1e-12);
    const same = metricsOn(
      accountOf(close, { startCash: close[0]! }),
      marketOf(300, { closes: { A: close } }),
    );
    assertClose(same.legs[0]!.beta, 1, 1e-12);
    assert.ok(Math.abs(same.legs[0]!.alpha) < 1e-12);
    assertClose(same.legs[0]!.correlation, 1, 1e-12);
  });

  test("months make up the year, and years the return", () => {
    const p = metricsOn(accountOf(grown(returns)), marketOf(300));
    const product = (rows: readonly { return: number }[]) =>
      rows.reduce((all, row) => all * (1 + row.return), 1) - 1;
    assertClose(product(p.calendarYears), p.totalReturn, 1e-12);
    const first = p.calendarYears[0]!;
    assertClose(product(p.months.filter(({ year }) => year === first.year)), first.return, 1e-12);
  });

  test("drawdown and rolling figures look back only", () => {
    const equity = grown(returns.subarray(0, 60));
    assertCausal(60, (length) => {
      const p = metricsOn(accountOf(equity.subarray(0, length)), marketOf(length), { rollingDays: 10 });
      const { sharpe, volatility, drawdown } = p.rolling;
      return [p.drawdown, p.returns, sharpe, volatility, drawdown];
    });
  });

  test("a rolling drawdown is the deepest fall in its window, for every width", () => {
    const equity = grown(noise(21, 60, 0.05));
    const at = (i: number) => (i === 0 ? 100 : equity[i - 1]!);
    for (const window of [1, 2, 3, 7, 13, 59, 60, 61]) {
      const expected = equity.map((_, t) => {
        if (t + 1 < window) return nan;
        let worst = 0;
        for (let s = t + 1 - window; s <= t + 1; s++) {
          for (let u = s; u <= t + 1; u++) worst = Math.min(worst, at(u) / at(s) - 1);
        }
        return worst;
      });
      assertAllClose(rollingDrawdown(100, equity, window), expected, 1e-12, `window ${window}`);
    }
  });
});

describe("edges", () => {
  const figures = (p: object): [string, number][] =>
    Object.entries(p).filter((entry): entry is [string, number] => typeof entry[1] === "number");

  test("an empty backtest has no figures", () => {
    const p = metricsOn(accountOf([]), marketOf(0, { closes: { A: [] } }));
    for (const key of [
      "totalReturn",
      "cagr",
      "sharpe",
      "maxDrawdown",
      "timeInMarket",
      "endEquity",
    ] as const) {
      assert.ok(Number.isNaN(p[key]), key);
    }
    assert.ok(Number.isNaN(p.legs[0]!.totalReturn));
    assert.deepEqual([p.bars, p.nobs, p.roundTrips.count, p.months.length], [0, 0, 0, 0]);
  });

  test("one bar: a return, and nothing that needs two", () => {
    const p = metricsOn(accountOf([101]), marketOf(1));
    assertClose(p.totalReturn, 0.01, 1e-12);
    for (const key of ["cagr", "volatility", "sharpe", "sortino", "omega", "skewness", "calmar"] as const) {
      assert.ok(Number.isNaN(p[key]), key);
    }
  });

  test("equity that never moves: volatility and drawdown 0, and no ratio", () => {
    const p = metricsOn(accountOf(new Float64Array(50).fill(100)), marketOf(50));
    assert.deepEqual([p.totalReturn, p.cagr, p.volatility, p.maxDrawdown, p.maxDrawdownUs], [0, 0, 0, 0, 0]);
    for (const key of ["sharpe", "sharpeError", "sortino", "calmar", "omega", "tailRatio"] as const) {
      assert.ok(Number.isNaN(p[key]), key);
    }
  });

  test("equity that grows by the same share each day has no Sharpe ratio of rounding", () => {
    const p = metricsOn(accountOf(grown(new Float64Array(200).fill(0.001))), marketOf(200), {
      rollingDays: 20,
    });
    assert.equal(p.volatility, 0);
    assert.ok(Number.isNaN(p.sharpe) && Number.isNaN(p.kurtosis) && Number.isNaN(p.calmar));
    assert.ok(p.rolling.sharpe.every(Number.isNaN));
  });

  test("no losing trade, no winning trade, no trade: no profit factor and no Infinity", () => {
    for (const profits of [[], [5], [5, 5], [-5, -5], [0]]) {
      const p = metricsOn(accountOf([100], { roundTrips: profits.map((v) => trip(v)) }), marketOf(1));
      for (const [key, value] of figures(p.roundTrips)) {
        assert.ok(Number.isFinite(value) || Number.isNaN(value), `${key} of ${profits}`);
      }
      if (!profits.some((v) => v < 0)) assert.ok(Number.isNaN(p.roundTrips.profitFactor));
      assert.ok(Number.isNaN(p.roundTrips.kelly));
      assert.ok(Number.isNaN(p.roundTrips.sqn));
    }
  });

  test("ruin: no figure rests on returns after nothing was left, not even where money comes back", () => {
    const n = 60;
    const equity = grown(noise(3, n, 0.01));
    equity[20] = -5;
    const market = marketOf(n, { closes: { A: grown(noise(4, n, 0.01)) } });
    const p = metricsOn(accountOf(equity), market, { rollingDays: 5 });
    assert.equal(p.ruinUs, START_US + 21 * DAY_US);
    assertClose(p.totalReturn, equity[n - 1]! / 100 - 1, 1e-12);
    assert.ok(p.maxDrawdown < -1);
    const gone = ["cagr", "sharpe", "volatility", "omega", "valueAtRisk", "calmar", "meanExposure"] as const;
    for (const key of gone) assert.ok(Number.isNaN(p[key]), key);
    assert.ok(Number.isNaN(p.legs[0]!.beta) && !Number.isNaN(p.legs[0]!.sharpe));
    assert.ok(p.returns[20]! < -1 && p.returns.subarray(21).every(Number.isNaN));
    for (const series of [p.rolling.sharpe, p.rolling.volatility, p.rolling.drawdown]) {
      assert.ok(!Number.isNaN(series[19]) && series.subarray(21).every(Number.isNaN));
    }
    assert.ok(Number.isNaN(p.months[2]!.return) && p.months[1]!.return < -1);
  });

  test("a short window is not blown up to a year, and a long one of good luck is no Infinity", () => {
    const hour = metricsOn(accountOf([150]), marketOf(1, { intervalUs: HOUR_US }));
    assert.ok(Number.isNaN(hour.cagr) && Number.isNaN(hour.calmar));
    const month = metricsOn(accountOf(new Float64Array(30).fill(1e300)), marketOf(30));
    assert.ok(Number.isNaN(month.cagr));
    assert.ok(!Number.isNaN(metricsOn(accountOf(new Float64Array(30).fill(101)), marketOf(30)).cagr));
  });

  test("a leg without a price has no figures, and one that begins later starts there", () => {
    const market = marketOf(4, { closes: { A: [nan, nan, nan, nan], B: [nan, nan, 50, 60] } });
    market.legs[1]!.open.set([nan, nan, 40, 50]);
    const [a, b] = metricsOn(accountOf([100, 101, 100, 102]), market).legs;
    assert.ok(figures(a!).every(([key, value]) => key === "nobs" || Number.isNaN(value)));
    assertClose(b!.totalReturn, 0.5, 1e-12);
  });

  test("10 million to one: nothing is lost at a large offset", () => {
    const small = returnMetrics(noise(2, 100, 1e-7), { perYear: 365 });
    const offset = returnMetrics(
      noise(2, 100, 1e-7).map((r) => r + 1),
      { perYear: 365 },
    );
    assertClose(offset.volatility, small.volatility, 1e-7);
    assertClose(offset.kurtosis, small.kurtosis, 1e-6);
  });

  test("missing returns are left out", () => {
    const some = returnMetrics(from(0.01, nan, -0.02, nan, 0.03), { perYear: 365 });
    assert.deepEqual(some, returnMetrics(from(0.01, -0.02, 0.03), { perYear: 365 }));
  });

  test("the account's arrays are left as they were", () => {
    const account = accountOf([100, 90, -1, 50]);
    const before = account.equity.slice();
    metricsOn(account, marketOf(4));
    assertSame(account.equity, before);
  });
});

describe("refusals", () => {
  const refused = (run: () => unknown, code: string, text: RegExp) =>
    assert.throws(
      run,
      (error) => error instanceof TickbookError && error.code === code && text.test(error.message),
    );
  const account = accountOf([100, 101]);

  test("a market that is not the backtest's is refused", () => {
    refused(() => metricsOn(account, marketOf(3)), "length-mismatch", /equity with 2.*startUs with 3/);
    const back = { ...marketOf(2), startUs: from(2, 1) };
    refused(() => metricsOn(account, back), "bad-times", /bar 1 begins at 1 µs, the one before at 2 µs/);
    refused(() => metricsOn(account, { ...marketOf(2), startUs: from(nan, 1) }), "bad-times", /bar 0/);
  });

  test("settings out of range are refused, by name", () => {
    const market = marketOf(2);
    refused(() => metricsOn(account, market, { riskFree: -1 }), "bad-setting", /riskFree.*got -1/);
    refused(() => metricsOn(account, market, { tail: 0.5 }), "bad-setting", /tail/);
    const misspelt = { rollingDay: 30 } as never;
    refused(() => metricsOn(account, market, misspelt), "unknown-setting", /rollingDays; got "rollingDay"/);
    refused(() => metricsOn(account, market, null as never), "bad-setting", /needs settings as an object/);
    refused(() => metricsOn(account, market, { rollingDays: 0 }), "bad-setting", /rollingDays/);
    refused(() => metricsOn(account, market, { returns: "week" as "day" }), "bad-setting", /"day", "bar"/);
    refused(() => metricsOn({ ...account, startCash: 0 }, market), "bad-setting", /startCash/);
    refused(
      () => metricsOn(accountOf([100, Number.POSITIVE_INFINITY]), market),
      "infinite-value",
      /equity.*index 1/,
    );
    refused(() => returnMetrics(from(0.1), { perYear: 0 }), "bad-setting", /perYear/);
  });
});
