import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { normalQuantile } from "../../../src/analytics/distributions/normal.ts";
import { standardDeviation } from "../../../src/analytics/mean.ts";
import { returnMetrics } from "../../../src/analytics/performance/return-metrics.ts";
import type { RunMetrics } from "../../../src/analytics/performance/run-metrics.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { refNoise } from "../support/reference.ts";
import { accountOf, DAY_US, grown, marketOf, metricsOn, trip } from "./support/account.ts";

// made and described by reference/make_metrics_reference.py
const file = new URL("reference/metrics.reference.json", import.meta.url);
const { values } = JSON.parse(readFileSync(file, "utf8"), (_, v) => (v === null ? Number.NaN : v));

const wild = refNoise(2, 400);
const falling = refNoise(3, 90).map((e) => e / 128 - 2 ** -6);
falling[0] = -0.125;
const CASES: Readonly<Record<string, Float64Array>> = {
  calm: refNoise(1, 700).map((e) => e / 64 + 2 ** -10),
  wild: wild.map((e) => (e * Math.abs(e)) / 64),
  falling,
  idle: refNoise(4, 300).map((e, t) => (t % 5 === 0 ? e / 64 : 0)),
};

/** A year of 365 daily bars, beside the leg that the reference took as the market. */
function performed(name: string, riskFree = 0): RunMetrics {
  const returns = CASES[name]!;
  const n = returns.length;
  const market = refNoise(9, n).map((e, t) => e / 32 + 0.5 * returns[t]!);
  const start = 50;
  const leg = {
    symbol: "M",
    open: new Float64Array(n).fill(start),
    close: grown(market, start),
  };
  return metricsOn(
    accountOf(grown(returns, 1000), { startCash: 1000 }),
    { ...marketOf(n), legs: [leg] },
    { riskFree },
  );
}

// 1e-9: 700 multiplications make up the equity, and take their rounding along
const TOLERANCE = 1e-9;

for (const [label, given] of Object.entries<Record<string, Record<string, number>>>(values.metrics)) {
  const [name, rateText] = label.split(", rate ") as [string, string];
  const { empyrical, quantstats, scipy } = given as Record<
    "empyrical" | "quantstats" | "scipy",
    Record<string, number>
  >;

  test(`the tear sheet of ${label} is empyrical's and quantstats' where they mean the same (1e-9)`, () => {
    const p = performed(name, Number(rateText));
    const leg = p.legs[0]!;
    const ours: Record<string, number> = {
      ...(p as unknown as Record<string, number>),
      beta: leg.beta,
      correlation: leg.correlation,
    };
    let compared = 0;
    for (const [source, figures] of Object.entries({ empyrical, quantstats, scipy })) {
      for (const [figure, value] of Object.entries(figures)) {
        if (typeof ours[figure] !== "number") continue;
        assertClose(ours[figure], value, TOLERANCE, `${figure} of ${source}`);
        compared += 1;
      }
    }
    assert.equal(compared, 25);
  });

  test(`the tear sheet of ${label} becomes theirs where they mean something else (1e-9)`, () => {
    const p = performed(name, Number(rateText));
    const leg = p.legs[0]!;
    const n = p.nobs;
    const alpha = leg.alpha / 365;
    assertClose((1 + alpha) ** 365 - 1, empyrical.alphaCompounded!, 1e-8, "empyrical compounds alpha", 1e-10);
    // quantstats takes no rate off for its alpha
    const rate = 1.05 ** (1 / 365) - 1;
    const free = Number(rateText) === 0 ? 0 : rate;
    const withoutRate = (alpha + free * (1 - leg.beta)) * 365;
    assertClose(withoutRate, quantstats.alphaWithoutRate!, TOLERANCE, "alpha without a rate", 1e-12);
    assertClose(p.ulcerIndex * Math.sqrt(n / (n - 1)), quantstats.ulcerIndexN1!, TOLERANCE, "ulcer index");
    assertClose(
      leg.informationRatio / Math.sqrt(365),
      quantstats.informationRatioDaily!,
      TOLERANCE,
      "information ratio",
      1e-12,
    );
    const corrected = (Math.sqrt(n * (n - 1)) / (n - 2)) * p.skewness;
    assertClose(corrected, quantstats.skewCorrected!, TOLERANCE, "skew corrected for bias");
    const excess = ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * (p.kurtosis - 3) + 6);
    assertClose(excess, quantstats.excessKurtosisCorrected!, TOLERANCE, "kurtosis corrected for bias");
    const mean = p.returns.reduce((sum, r) => sum + r, 0) / n;
    const deviation = standardDeviation(p.returns);
    const z = normalQuantile(0.05);
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    assertClose(p.expectedShortfall, quantstats.historicalCvar!, TOLERANCE, "their historical CVaR");
    assertClose(mean + z * deviation, quantstats.normalVar!, TOLERANCE, "a normal VaR");
    assertClose(mean - (deviation * density) / 0.05, quantstats.normalCvar!, TOLERANCE, "a normal CVaR");
  });
}

test("returns by themselves have the ratios of the account that made them", () => {
  const alone = returnMetrics(CASES.calm!, { perYear: 365, riskFree: 0.05 });
  const account = performed("calm", 0.05);
  for (const key of Object.keys(alone) as (keyof typeof alone)[]) {
    assertClose(alone[key], account[key], 1e-10, key);
  }
});

test("months and years are empyrical's", () => {
  const { months, calendarYears } = performed("calm");
  assert.deepEqual(
    months.map(({ year, month }) => [year, month]),
    values.calendar.months.map(([year, month]: number[]) => [year, month]),
  );
  const third = (row: number[]) => row[2];
  assertAllClose(
    months.map((m) => m.return),
    values.calendar.months.map(third),
    TOLERANCE,
    "months",
    1e-12,
  );
  assert.deepEqual(
    calendarYears.map(({ year }) => year),
    values.calendar.years.map(([year]: number[]) => year),
  );
  const second = (row: number[]) => row[1];
  assertAllClose(
    calendarYears.map((y) => y.return),
    values.calendar.years.map(second),
    TOLERANCE,
    "years",
    1e-12,
  );
});

test("rolling Sharpe, volatility and drawdown are empyrical's", () => {
  const returns = CASES.calm!.subarray(0, 200);
  const { rolling } = metricsOn(accountOf(grown(returns)), marketOf(200), {
    rollingDays: values.rolling.window,
  });
  const from = values.rolling.window - 1;
  for (const key of ["sharpe", "volatility", "drawdown"] as const) {
    assert.ok(rolling[key].subarray(0, from).every(Number.isNaN), `${key} before the window is full`);
    assertAllClose(rolling[key].subarray(from), values.rolling[key], TOLERANCE, key, 1e-12);
  }
});

test("the worst drawdowns are quantstats', whose length leaves out the day of the recovery", () => {
  const dateOf = (us: number): string => new Date(us / 1000).toISOString().slice(0, 10);
  for (const name of ["calm", "falling"]) {
    const expected = values.drawdowns[name];
    performed(name)
      .worstDrawdowns.slice(0, expected.length)
      .forEach((fall, k) => {
        const { start, valley, days, percent } = expected[k];
        assertClose(100 * fall.depth, percent, TOLERANCE, `depth ${k}`);
        // a bar is dated by its start; a fall begins at the close before the first day under water
        assert.equal(dateOf(fall.peakUs), start);
        assert.equal(dateOf(fall.troughUs - DAY_US), valley);
        const recovery = Number.isNaN(fall.recoveryUs) ? 0 : 1;
        assert.equal(fall.lengthUs / DAY_US - recovery, days);
      });
  }
});

test("win rate, expectancy, SQN, Kelly and durations are backtesting.py's", () => {
  const { count, ...expected } = values.trades;
  const profits = refNoise(11, count).map((e) => roundHalfEven(e * 64) + 8);
  const roundTrips = Array.from(profits, (profit, k) => {
    const entryUs = 3 * k * DAY_US;
    return trip(profit, {
      notional: 1000 + 100 * (k % 7),
      entryUs,
      exitUs: entryUs + (1 + (k % 2)) * DAY_US,
    });
  });
  const { roundTrips: got } = metricsOn(accountOf([100], { roundTrips }), marketOf(1));
  assertClose(100 * got.winRate, expected.winRatePercent, TOLERANCE);
  assertClose(100 * got.expectancyReturn, expected.expectancyReturnPercent, TOLERANCE);
  assertClose(got.sqn, expected.sqn, TOLERANCE);
  assertClose(got.kelly, expected.kelly, TOLERANCE);
  // theirs is rounded up to whole bars
  assertClose(Math.ceil(got.averageUs / DAY_US), expected.averageDays, TOLERANCE);
  assertClose(got.longestUs / DAY_US, expected.longestDays, TOLERANCE);
  // theirs is of returns on each trade: the same where all notionals are one
  const returns = roundTrips.map(({ profit, notional }) => trip(profit / notional));
  const { roundTrips: ofReturns } = metricsOn(accountOf([100], { roundTrips: returns }), marketOf(1));
  assertClose(ofReturns.profitFactor, expected.profitFactorOfReturns, TOLERANCE);
});

/** As numpy rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
