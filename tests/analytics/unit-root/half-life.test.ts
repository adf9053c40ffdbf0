import assert from "node:assert/strict";
import { test } from "node:test";
import { meanCrossings } from "../../../src/analytics/unit-root/crossings.ts";
import { halfLife } from "../../../src/analytics/unit-root/half-life.ts";
import { hurst } from "../../../src/analytics/unit-root/hurst.ts";
import { assertClose } from "../support/assert-close.ts";
import { noise, walk } from "../support/laws.ts";
import { reference, refPair } from "../support/reference.ts";

const nan = Number.NaN;
const values = reference("dynamics");

function refSpread(): Float64Array {
  const { y, x } = refPair(71, 400);
  return y.map((value, t) => value - 0.75 * x[t]!);
}

/** An autoregression of order one about 10. */
function ar(seed: number, length: number, phi: number): Float64Array {
  let s = 0;
  return noise(seed, length).map((e) => {
    s = phi * s + e;
    return 10 + s;
  });
}

test("halfLife rests on the φ and error of least squares, as statsmodels finds them (1e-9)", () => {
  const result = halfLife(refSpread());
  assertClose(result.phi, values.phi, 1e-9);
  assertClose(result.standardError, values.phiError, 1e-9);
  assertClose(result.halfLifeBars, Math.log(0.5) / Math.log(values.phi), 1e-9);
  const corrected = (399 * values.phi + 1) / 396;
  assertClose(result.correctedHalfLifeBars, Math.log(0.5) / Math.log(corrected), 1e-9);
  assert.ok(result.low < result.correctedHalfLifeBars && result.correctedHalfLifeBars < result.high);
});

test("halfLife recovers the half-life of a long autoregression", () => {
  for (const bars of [3, 20, 100]) {
    const result = halfLife(ar(1, 40_000, 0.5 ** (1 / bars)));
    assertClose(result.correctedHalfLifeBars, bars, 0.1, `${bars} bars`);
    assert.ok(result.low < bars && bars < result.high);
  }
});

test("halfLife is 0 where the spread overshoots, and Infinity where it runs away", () => {
  const zigzag = ar(2, 200, -0.5);
  assert.equal(halfLife(zigzag).halfLifeBars, 0);
  const runaway = Float64Array.from({ length: 60 }, (_, t) => 1.1 ** t);
  runaway[30] = 1.1 ** 30 + 1;
  const result = halfLife(runaway);
  assert.equal(result.halfLifeBars, Number.POSITIVE_INFINITY);
  assert.match(result.sentence, /does not return to its mean in this window/);
});

test("halfLife does not feel a shift or a scale, and is exact at an offset of 1e9", () => {
  const series = ar(3, 300, 0.9).map((value) => Math.round(value * 1024) / 1024);
  const plain = halfLife(series);
  const moved = halfLife(series.map((value) => 1e9 - 4 * value));
  assertClose(moved.phi, plain.phi, 1e-10);
  assertClose(moved.high, plain.high, 1e-9);
});

test("halfLife leaves out pairs that meet a NaN, and says what it found", () => {
  const series = ar(4, 100, 0.8);
  series[50] = nan;
  const result = halfLife(series);
  assert.equal(result.nobs, 97);
  assert.match(
    result.sentence,
    /^Half of a deviation is gone after \d+\.\d bars \(95 % interval: \d+\.\d bars to [^;]+; 97 observations, corrected for bias\)\.$/,
  );
});

test("halfLife refuses a constant, too few values, and settings that mean nothing", () => {
  assert.throws(() => halfLife(new Float64Array(50).fill(0.1)), { code: "constant-regressor" });
  assert.throws(() => halfLife(Float64Array.of(1, 2, 3)), { code: "too-few-values" });
  assert.throws(() => halfLife(new Float64Array()), { code: "too-few-values" });
  assert.throws(() => halfLife(noise(5, 50), { confidence: 95 }), { code: "bad-setting" });
  assert.throws(() => halfLife(noise(5, 50).map(() => Number.NEGATIVE_INFINITY)), { code: "infinite-value" });
});

test("hurst is the slope that numpy fits (1e-9)", () => {
  assertClose(hurst(refSpread(), { maxLag: 40 }).hurst, values.hurst, 1e-9);
});

test("hurst is one half for a walk, near nothing for noise, one for a straight line", () => {
  assertClose(hurst(walk(6, 20_000)).hurst, 0.5, 0.05);
  assertClose(hurst(noise(7, 20_000)).hurst, 0, 0, "noise", 0.01);
  const line = Float64Array.from({ length: 200 }, (_, t) => 5 * t);
  assertClose(hurst(line).hurst, 1, 1e-12);
  assert.match(hurst(line).sentence, /over lags of 1 to 50 bars is 1\.00: moves tend to go on\.$/);
});

test("hurst does not feel a shift or a scale, and passes over a NaN", () => {
  const series = walk(8, 500).map((value) => Math.round(value * 1024) / 1024);
  assertClose(hurst(series.map((value) => 1e6 - 8 * value)).hurst, hurst(series).hurst, 1e-12);
  const gap = series.slice();
  gap[100] = nan;
  assertClose(hurst(gap).hurst, hurst(series).hurst, 0.02);
});

test("hurst refuses a constant, a short series and lags that mean nothing", () => {
  assert.throws(() => hurst(new Float64Array(50).fill(3)), {
    code: "no-variation",
    message:
      "hurst: needs a series that moves over every lag up to 12 bars; got no move over 1 bar. Check that the feed is alive, or take a longer window.",
  });
  assert.throws(() => hurst(walk(9, 6)), { code: "too-few-values" });
  assert.throws(() => hurst(walk(9, 50), { maxLag: 30 }), {
    message: "hurst: needs at least 60 values for lags up to 30; got 50. Wait for more bars or ask for less.",
  });
  for (const maxLag of [0, 1, 2.5])
    assert.throws(() => hurst(walk(9, 50), { maxLag }), { code: "bad-setting" });
});

test("meanCrossings counts changes of side; a value on the mean stays on the side it came from", () => {
  // mean 2; sides: −, on, +, on, −, +
  const result = meanCrossings(Float64Array.of(1, 2, 3, nan, 2, 0, 4));
  const sentence = "The series crossed its mean 3 times in 6 bars, once in 1.7 bars on average.";
  assert.deepEqual(result, { crossings: 3, mean: 2, barsBetween: 5 / 3, nobs: 6, sentence });
});

test("meanCrossings of a constant are none, at an offset of 1e9 they are those without it", () => {
  assert.deepEqual(meanCrossings(new Float64Array(9).fill(0.1)).crossings, 0);
  assert.equal(meanCrossings(new Float64Array(9).fill(0.1)).barsBetween, Number.POSITIVE_INFINITY);
  const series = noise(10, 300).map((value) => Math.round(value * 1024) / 1024);
  assert.equal(meanCrossings(series.map((value) => value + 1e9)).crossings, meanCrossings(series).crossings);
  assert.throws(() => meanCrossings(Float64Array.of(1, nan)), { code: "too-few-values" });
});

test("halfLife of a series that runs away, or turns over at every bar, says so in words", () => {
  assert.match(
    halfLife(Float64Array.from({ length: 30 }, (_, t) => 1.2 ** t)).sentence,
    /^The spread does not return to its mean in this window \(95 % interval: no return at all; 29 observations/,
  );
  assert.match(
    halfLife(Float64Array.of(1, -1, 1, -1.1, 1, -1, 1.1, -1)).sentence,
    /^A deviation is gone within one bar \(/,
  );
});

test("hurst counts the bars that have a value", () => {
  const series = walk(11, 60);
  series[0] = series[30] = nan;
  assert.equal(hurst(series).nobs, 58);
});
