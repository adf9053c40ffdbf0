import assert from "node:assert/strict";
import { test } from "node:test";
import { returns } from "../../src/analytics/market/returns.ts";
import { realisedVolatility } from "../../src/analytics/market/volatility.ts";
import { autocorrelation, ljungBox } from "../../src/analytics/unit-root/autocorrelation.ts";
import { jarqueBera } from "../../src/analytics/unit-root/jarque-bera.ts";
import { assertAllClose, assertClose } from "./support/assert-close.ts";
import { assertCausal, noise, walk } from "./support/laws.ts";
import { reference, refPair, refWalk } from "./support/reference.ts";

const nan = Number.NaN;
const values = reference("dynamics");

function refSpread(): Float64Array {
  const { y, x } = refPair(71, 400);
  return y.map((value, t) => value - 0.75 * x[t]!);
}

test("returns are ln of the ratio, or the ratio less one, NaN where a price is missing", () => {
  const prices = Float64Array.of(100, 110, nan, 99, 198);
  assertAllClose(returns(prices), [nan, Math.log(1.1), nan, nan, Math.log(2)], 1e-15);
  assertAllClose(returns(prices, { kind: "simple" }), [nan, 0.1, nan, nan, 1], 1e-15);
  assertAllClose(returns(prices, { bars: 3 }), [nan, nan, nan, Math.log(0.99), Math.log(1.8)], 1e-14);
});

test("returns keep the digits of a move of a billionth", () => {
  assertClose(returns(Float64Array.of(1e5, 1e5 + 2 ** -13))[1]!, 2 ** -13 / 1e5, 1e-8);
});

test("returns are causal at every prefix and refuse what is no price", () => {
  assertCausal(40, (end) => returns(walk(1, 40).subarray(0, end), { bars: 3 }));
  assert.equal(returns(new Float64Array()).length, 0);
  assert.throws(() => returns(Float64Array.of(1, 0)), { code: "not-a-price" });
  for (const bars of [0, 1.5])
    assert.throws(() => returns(Float64Array.of(1), { bars }), { code: "bad-setting" });
});

test("realisedVolatility adds squared returns up and says by which factor it annualises", () => {
  const result = realisedVolatility(Float64Array.of(0.03, nan, -0.04), { intervalUs: 3600e6 });
  assertClose(result.realised, 0.05, 1e-15);
  assertClose(result.perBar, 0.05 / Math.SQRT2, 1e-15);
  assert.equal(result.barsPerYear, 8760);
  assertClose(result.annualised, (0.05 / Math.SQRT2) * Math.sqrt(8760), 1e-15);
  assert.deepEqual([result.nobs, result.missing], [2, 1]);
  assert.throws(() => realisedVolatility(Float64Array.of(nan), { intervalUs: 1 }), {
    code: "too-few-values",
  });
  assert.throws(() => realisedVolatility(Float64Array.of(1), { intervalUs: 0 }), { code: "bad-setting" });
});

test("autocorrelations of (1, 2, 4) are those of a pocket calculator", () => {
  // about 7/3: −4/3, −1/3, 5/3; squares 42/9, lag one (4 − 5)/9, lag two −20/9 — but lag two needs more values
  const { values: r, band, nobs } = autocorrelation(Float64Array.of(1, 2, 4), { lags: 1 });
  assertAllClose(r, [1, -1 / 42], 1e-14);
  assertClose(band, 1.959963984540054 / Math.sqrt(3), 1e-14);
  assert.equal(nobs, 3);
});

test("autocorrelation and ljungBox give those of statsmodels (1e-9, p 1e-6)", () => {
  const spread = refSpread();
  assertAllClose(autocorrelation(spread, { lags: 12 }).values, values.acf, 1e-9);
  const box = ljungBox(spread, { lags: 10, modelParameters: 1 });
  assertClose(box.statistic, values.ljungBox[0], 1e-9);
  assertClose(box.pValue, values.ljungBox[1], 1e-6);
});

test("jarqueBera gives scipy's statistic, p, skewness and kurtosis (1e-9, p 1e-6)", () => {
  const x = refWalk(71, 400);
  const cubes = Float64Array.from({ length: 399 }, (_, t) => (x[t + 1]! - x[t]!) ** 3);
  const result = jarqueBera(cubes);
  const [statistic, p, skewness, kurtosis] = values.jarqueBera;
  assertClose(result.statistic, statistic, 1e-9);
  assertClose(result.pValue, p, 1e-6, "p", 1e-300);
  assertClose(result.skewness, skewness, 1e-9);
  assertClose(result.kurtosis, kurtosis, 1e-9);
});

test("ljungBox chooses more lags than the model has parameters, where the series is short, too", () => {
  assert.equal(ljungBox(noise(2, 7), { modelParameters: 1 }).lags, 2);
  assert.equal(ljungBox(noise(2, 200), { modelParameters: 1 }).lags, 10);
});

test("autocorrelation, ljungBox and jarqueBera do not feel a shift or a scale, at an offset of 1e9 either", () => {
  const series = walk(2, 300).map((value) => Math.round(value * 1024) / 1024);
  const moved = series.map((value) => 1e9 + 4 * value);
  assertAllClose(autocorrelation(moved).values, autocorrelation(series).values, 1e-10, "r", 1e-12);
  assertClose(ljungBox(moved).statistic, ljungBox(series).statistic, 1e-10);
  assertClose(jarqueBera(moved).statistic, jarqueBera(series).statistic, 1e-9);
});

test("autocorrelation trims NaN at the ends and refuses a gap, for lags are bars apart", () => {
  const series = noise(3, 50);
  const framed = Float64Array.of(nan, ...series, nan, nan);
  assertAllClose(autocorrelation(framed).values, autocorrelation(series).values, 0);
  series[20] = nan;
  assert.throws(() => autocorrelation(series), {
    code: "missing-value",
    message: /a missing value inside, 20 bars after the first/,
  });
  assert.throws(() => ljungBox(series), { code: "missing-value" });
  assert.ok(Number.isFinite(jarqueBera(series).statistic));
});

test("white noise passes and a walk fails, in words", () => {
  assert.match(
    ljungBox(noise(4, 500)).sentence,
    /^Ljung-Box, 10 lags, 500 observations: .* is not rejected at 5 %\.$/,
  );
  assert.match(
    ljungBox(walk(5, 500)).sentence,
    /\(p < 0\.001\), so the absence of autocorrelation is rejected/,
  );
  assert.match(jarqueBera(noise(6, 500)).sentence, /so normality is not rejected at 5 %\.$/);
  const { criticalValues } = ljungBox(noise(4, 500));
  assertAllClose(
    Object.values(criticalValues),
    [23.209251158954356, 18.307038053275146, 15.987179172105261],
    1e-12,
  );
});

test("they refuse constants, short series and lags that mean nothing", () => {
  const flat = new Float64Array(30).fill(0.1);
  for (const run of [autocorrelation, ljungBox, jarqueBera]) {
    assert.throws(() => run(flat), { code: "no-variation" });
    assert.throws(() => run(new Float64Array()), { code: "too-few-values" });
    assert.throws(() => run(flat.map(() => Number.POSITIVE_INFINITY)), { code: "infinite-value" });
  }
  const series = noise(7, 20);
  assert.throws(() => autocorrelation(series, { lags: 20 }), {
    message:
      "autocorrelation: needs at least 21 values for 20 lags; got 20. Wait for more bars or ask for less.",
  });
  assert.throws(() => ljungBox(series, { lags: 2, modelParameters: 2 }), { code: "bad-setting" });
  assert.throws(() => ljungBox(series, { lags: 1.5 }), { code: "bad-setting" });
});

test("autocorrelation takes every lag there is, and few bars without being told", () => {
  for (const n of [2, 3, 5, 8, 11]) {
    assert.equal(
      autocorrelation(walk(n, n)).values.length,
      Math.max(2, Math.min(Math.floor(10 * Math.log10(n)), n - 1) + 1),
    );
  }
  assertAllClose(autocorrelation(Float64Array.of(1, 2, 4)).values, [1, -1 / 42, -10 / 21], 1e-14);
  assert.throws(() => autocorrelation(walk(1, 5), { lags: 5 }), { code: "too-few-values" });
});

test("jarqueBera is untouched by a scale of 1e-100", () => {
  const values = noise(3, 50);
  const tiny = jarqueBera(values.map((value) => value * 1e-100));
  assertClose(tiny.statistic, jarqueBera(values).statistic, 1e-10);
});
