import assert from "node:assert/strict";
import { test } from "node:test";
import { ols } from "../../../src/analytics/regression/ols.ts";
import { adf } from "../../../src/analytics/unit-root/adf.ts";
import { engleGranger, engleGrangerBothWays } from "../../../src/analytics/unit-root/engle-granger.ts";
import { mackinnonCritical, mackinnonP } from "../../../src/analytics/unit-root/mackinnon.ts";
import type { Trend } from "../../../src/analytics/unit-root/mackinnon-tables.ts";
import {
  type CriticalValues,
  decision,
  testsTable,
  testTable,
} from "../../../src/analytics/unit-root/test-result.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { noise, walk } from "../support/laws.ts";
import { reference, refPair } from "../support/reference.ts";

const nan = Number.NaN;
const values = reference("unit-root");
const critical = (result: { criticalValues: object }): number[] => Object.values(result.criticalValues);

function refSpread(seed: number, length: number): Float64Array {
  const { y, x } = refPair(seed, length);
  return y.map((value, t) => value - x[t]!);
}

test("adf of (0, 1, 1, 2) without a constant or lags is that of a pocket calculator", () => {
  // Δ = (1, 0, 1) on (0, 1, 1): coefficient 1/2, residuals (1, −1/2, 1/2), s² = 3/4, Σx² = 2
  const result = adf(Float64Array.of(0, 1, 1, 2), { trend: "n", lags: 0 });
  assertClose(result.statistic, 0.5 / Math.sqrt(0.75 / 2), 1e-14);
  assert.deepEqual([result.lags, result.nobs], [0, 3]);
});

test("adf gives the statistic, lags, p and critical values of statsmodels and arch (1e-9, p 1e-6), every trend and rule", () => {
  for (const { seed, n, trend, lags, ...expected } of values.adf) {
    const result = adf(refSpread(seed, n), { trend, lags });
    const what = `seed ${seed}, trend ${trend}, lags ${lags}`;
    assert.deepEqual([result.lags, result.nobs], [expected.used, expected.nobs], what);
    assertClose(result.statistic, expected.statistic, 1e-9, what);
    assertClose(result.pValue, expected.p, 1e-6, `p: ${what}`);
    assertAllClose(critical(result), expected.critical, 1e-9, what);
  }
});

test("engleGranger gives the statistic and p of statsmodels' coint (1e-9, p 1e-6), every trend and rule", () => {
  for (const { seed, n, trend, lags, ...expected } of values.engleGranger) {
    const { y, x } = refPair(seed, n);
    const result = engleGranger(y, x, { trend, lags });
    const what = `seed ${seed}, trend ${trend}, lags ${lags}`;
    assertClose(result.statistic, expected.statistic, 1e-9, what);
    assertClose(result.pValue, expected.p, 1e-6, `p: ${what}`);
    assertAllClose(
      critical(result),
      critical({ criticalValues: mackinnonCritical(trend, 2, result.nobs) }),
      0,
    );
  }
});

test("p-values and critical values are statsmodels' at every trend, number of series and branch of the tables", () => {
  for (const [trend, series, tau, p] of values.p) {
    assertClose(mackinnonP(tau, trend, series), p, 1e-12, `p(${tau}, ${trend}, ${series})`, 1e-300);
  }
  for (const [trend, series, nobs, ...expected] of values.critical) {
    const got = critical({ criticalValues: mackinnonCritical(trend, series, nobs) });
    assertAllClose(got, expected, 1e-12, `${trend}, ${series}, ${nobs}`);
  }
});

test("adf is right at an offset of 2³⁰, where statsmodels and arch are not: 60-digit arithmetic agrees (1e-9)", () => {
  const far = refSpread(61, 30).map((value) => value + 2 ** 30);
  for (const { trend, lags, statistic } of values.exactAtOffset) {
    assertClose(adf(far, { trend, lags }).statistic, statistic, 1e-9, `${trend}, ${lags}`);
  }
});

test("adf does not feel a scale, nor a shift where there is a constant, nor a trend where there is one", () => {
  const series = walk(1, 200).map((value) => Math.round(value * 1024) / 1024);
  for (const trend of ["n", "c", "ct", "ctt"] as Trend[]) {
    const { statistic } = adf(series, { trend });
    assertClose(
      adf(
        series.map((value) => 8 * value),
        { trend },
      ).statistic,
      statistic,
      1e-11,
      `scale, ${trend}`,
    );
    if (trend === "n") continue;
    assertClose(
      adf(
        series.map((value) => value + 1e6),
        { trend },
      ).statistic,
      statistic,
      1e-9,
      `shift, ${trend}`,
    );
    if (trend === "c") continue;
    const tilted = series.map((value, t) => value + t / 4);
    assertClose(adf(tilted, { trend }).statistic, statistic, 1e-9, `trend, ${trend}`);
  }
});

test("adf trims NaN at the ends, and a gap inside costs the rows that meet it", () => {
  const series = walk(2, 60);
  const framed = Float64Array.of(nan, nan, ...series, nan);
  assert.equal(adf(framed, { lags: 2 }).statistic, adf(series, { lags: 2 }).statistic);
  const gap = series.slice();
  gap[30] = nan;
  const result = adf(gap, { lags: 2 });
  // 60 bars give 57 rows with two lags; the missing bar is in two differences, each in three rows: bars 30 to 33
  assert.equal(result.nobs, 57 - 4);
  const rows = [...series.keys()].filter((t) => t > 2 && !(t >= 30 && t <= 33));
  const difference = (t: number) => series[t]! - series[t - 1]!;
  const fit = ols(
    Float64Array.from(rows, difference),
    [1, 2, 0].map((k) => Float64Array.from(rows, (t) => (k === 0 ? series[t - 1]! : difference(t - k)))),
  );
  assertClose(result.statistic, fit.parameters[3]!.t, 1e-10);
});

test("adf takes the fewest values that leave a degree of freedom, and says how many it needs", () => {
  assert.equal(adf(Float64Array.of(1, 3, 2, 5, 4)).lags, 0);
  assert.throws(() => adf(Float64Array.of(1, 3, 2)), {
    code: "too-few-values",
    message:
      'adf: needs at least 4 values for 0 lags with trend "c"; got 3. Wait for more bars or ask for less.',
  });
  assert.throws(() => adf(noise(3, 12), { lags: 10 }), {
    message:
      'adf: needs at least 24 values for 10 lags with trend "c"; got 12. Wait for more bars or ask for less.',
  });
  assert.throws(() => adf(new Float64Array()), { code: "too-few-values" });
  assert.throws(() => adf(new Float64Array(50).fill(nan)), { code: "too-few-values" });
});

test("without a constant and at even n ≤ 20 adf keeps a degree of freedom, where statsmodels returns a statistic of 0", () => {
  for (const n of [8, 10, 14, 20]) {
    const { statistic, lags, nobs } = adf(walk(4, n), { trend: "n" });
    assert.ok(statistic !== 0 && nobs - lags - 1 >= 1, `n = ${n}: ${statistic}, ${lags} lags, ${nobs} rows`);
  }
});

test("adf refuses a series that never moves or that its trend explains in full", () => {
  assert.throws(() => adf(new Float64Array(50).fill(0.1)), { code: "no-variation", message: /never move/ });
  const line = Float64Array.from({ length: 50 }, (_, t) => 3 * t + 1);
  assert.throws(() => adf(line, { trend: "ct" }), { code: "no-variation", message: /explain in full/ });
  const zigzag = Float64Array.from({ length: 50 }, (_, t) => t % 2);
  assert.throws(() => adf(zigzag), { code: "no-variation" });
});

test("adf passes over lags that a stale price makes equal, instead of dividing by nothing", () => {
  const stale = new Float64Array(60).fill(5);
  stale.set(noise(5, 20), 40);
  const { statistic } = adf(stale, { lags: 3 });
  assert.ok(Number.isFinite(statistic));
});

test("adf and engleGranger refuse settings that mean nothing", () => {
  const x = walk(6, 50);
  assert.throws(() => adf(x, { trend: "linear" as Trend }), { code: "bad-setting" });
  assert.throws(() => adf(x, { lags: 1.5 }), { code: "bad-setting" });
  assert.throws(() => adf(x, { maxLags: -1 }), { code: "bad-setting" });
  assert.throws(() => adf(x, { lags: "HQ" as "AIC" }), { code: "bad-setting" });
  assert.throws(() => adf(x.map(() => Number.POSITIVE_INFINITY)), { code: "infinite-value" });
  assert.throws(() => engleGranger(x, x.subarray(1)), { code: "length-mismatch" });
  assert.throws(() => engleGranger(x, []), { code: "bad-setting" });
  assert.throws(
    () =>
      engleGranger(
        x,
        Array.from({ length: 6 }, (_, k) => walk(k + 7, 50)),
      ),
    {
      code: "too-many-series",
    },
  );
  assert.throws(
    () =>
      engleGranger(
        x.map((value) => 2 * value + 1),
        x,
      ),
    {
      code: "collinear",
      message: /^engleGranger: needs a spread between its series; got y as a combination of x\./,
    },
  );
});

test("engleGranger uses the critical values of two series, which adf of the same residuals would not", () => {
  const [x, y] = [walk(7, 300), walk(8, 300)];
  const result = engleGranger(y, x);
  const naive = adf(result.residuals, { trend: "n" });
  assertClose(result.statistic, naive.statistic, 1e-12);
  assert.ok(result.criticalValues["5%"] < naive.criticalValues["5%"] - 1);
  assert.ok(result.pValue > naive.pValue);
});

test("engleGranger names its ratio and its residuals, in place", () => {
  const { y, x } = refPair(62, 101);
  const fit = ols(y, x);
  y[50] = nan;
  const result = engleGranger(y, x);
  assert.ok(Number.isNaN(result.residuals[50]));
  assertClose(result.beta[0]!, fit.beta[0]!, 0.05);
  assertClose(result.residuals[60]!, y[60]! - result.alpha - result.beta[0]! * x[60]!, 1e-10);
});

test("engleGranger takes several regressors, with the tables for so many series", () => {
  const [a, b] = [walk(9, 400), walk(10, 400)];
  const e = noise(11, 400);
  const y = a.map((value, t) => value - b[t]! / 2 + e[t]!);
  const result = engleGranger(y, [a, b]);
  assertAllClose(result.beta, [1, -0.5], 0.05);
  assert.ok(result.pValue < 0.001);
  assert.deepEqual(result.criticalValues, mackinnonCritical("c", 3, result.nobs));
});

test("engleGrangerBothWays gives both directions and what they say together", () => {
  const { y, x } = refPair(63, 500);
  const both = engleGrangerBothWays(y, x);
  assert.deepEqual(both.yOnX, engleGranger(y, x));
  assert.deepEqual(both.xOnY, engleGranger(x, y));
  assert.equal(
    both.sentence,
    "Both directions reject the absence of cointegration at 5 % (y on x p < 0.001, x on y p = 0.002).",
  );
  const neither = engleGrangerBothWays(walk(12, 200), walk(13, 200));
  assert.match(neither.sentence, /^Neither direction/);
});

test("decision is the smallest level at which the null hypothesis falls, in either tail", () => {
  const of = (statistic: number, criticalValues: CriticalValues) =>
    decision({ ...adf(walk(14, 300), { lags: 1 }), statistic, criticalValues });
  const lower = { "1%": -3.5, "5%": -2.9, "10%": -2.6 };
  assert.deepEqual(
    [-4, -3, -2.7, -1].map((statistic) => of(statistic, lower)),
    ["rejected at 1 %", "rejected at 5 %", "rejected at 10 %", "not rejected"],
  );
  const upper = { "1%": 9.2, "5%": 6, "10%": 4.6 };
  assert.deepEqual(
    [10, 7, 5, 1].map((statistic) => of(statistic, upper)),
    ["rejected at 1 %", "rejected at 5 %", "rejected at 10 %", "not rejected"],
  );
});

test("a test says in one sentence what it found, and shows its facts as a table", () => {
  const result = adf(walk(14, 300), { lags: 1 });
  assert.match(
    result.sentence,
    /^Augmented Dickey-Fuller, constant, 1 lag, 298 observations: -?\d\.\d\d is not below the 5 % critical value of -2\.87 \(p = 0\.\d{3}\), so a unit root is not rejected\.$/,
  );
  const table = testTable(result);
  assert.equal(table.length, 11);
  assert.deepEqual(
    table.columns.map(({ values }) => values.length),
    [11, 11],
  );
  assert.deepEqual(table.columns[1]!.values.at(-1), result.sentence);
  const side = testsTable([result, adf(noise(15, 300))], "Two series");
  assert.equal(side.length, 2);
  assert.deepEqual(side.columns.map(({ name }) => name).slice(0, 3), ["test", "statistic", "p-value"]);
});

test("adf and engleGranger choose fewer lags where gaps leave no rows for more", () => {
  const gaps = (series: Float64Array) => series.map((value, t) => (t % 10 === 9 ? nan : value));
  for (const lags of ["AIC", "BIC", "t-stat"] as const) {
    const result = adf(gaps(noise(5, 200)), { lags });
    assert.ok(result.lags <= 4 && result.nobs === 20 * (8 - result.lags));
    assert.equal(result.statistic, adf(gaps(noise(5, 200)), { lags: result.lags }).statistic);
  }
  assert.ok(engleGranger(gaps(noise(6, 200)), walk(7, 200)).lags <= 4);
  assert.throws(() => adf(gaps(noise(5, 200)), { maxLags: 8 }), { code: "too-few-values" });
  assert.throws(() => adf(gaps(noise(5, 200)), { lags: 8 }), { code: "too-few-values" });
});

test("engleGranger does not speak of a trend that the caller did not ask for", () => {
  assert.throws(() => engleGranger(walk(1, 9), walk(2, 9), { lags: 5 }), {
    message: "engleGranger: needs at least 13 values for 5 lags; got 9. Wait for more bars or ask for less.",
  });
});
