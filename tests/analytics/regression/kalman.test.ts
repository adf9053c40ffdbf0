import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  kalmanLine,
  kalmanLineBeta,
  kalmanLineOperator,
} from "../../../src/analytics/regression/kalman/kalman-line.ts";
import type { KalmanLineColumns } from "../../../src/analytics/regression/kalman/kalman-line-types.ts";
import { kalmanNoise } from "../../../src/analytics/regression/kalman/kalman-noise.ts";
import { kalmanRatio, kalmanRatioOperator } from "../../../src/analytics/regression/kalman/kalman-ratio.ts";
import { innovationZScore } from "../../../src/analytics/rolling/innovation-z-score.ts";
import { sharedData } from "../../support/shared-data.ts";
import { assertAllClose, assertClose, assertSame } from "../support/assert-close.ts";
import { assertCausal, noise, walk } from "../support/laws.ts";
import { reference, refPair } from "../support/reference.ts";

const nan = Number.NaN;
const values = reference("kalman");
const lineNames = [
  "alpha",
  "beta",
  "alphaVariance",
  "betaVariance",
  "covariance",
  "innovation",
  "innovationVariance",
] as const;
const ratioNames = ["beta", "betaVariance", "innovation", "innovationVariance"] as const;
const MODEL = { stateNoise: [2 ** -9, 2 ** -12], noise: 0.5 } as const;

function gappy() {
  const pair = refPair(41, 80);
  const x = pair.x.map((value) => (value - 100) / 4 + 1);
  const y = pair.y.map((value, t) => ([7, 8, 30].includes(t) ? nan : value / 8));
  return { y, x };
}

test("kalmanRatio takes the ancestor's steps: y = 2, x = 1, then y = 3, x = 2", () => {
  const { beta, betaVariance, innovation, innovationVariance } = kalmanRatio(
    Float64Array.of(2, 3),
    Float64Array.of(1, 2),
  );
  let [b, p] = [0, 1];
  for (const [t, y, x] of [
    [0, 2, 1],
    [1, 3, 2],
  ] as const) {
    p += 1e-5;
    const k = (p * x) / (x * x * p + 1e-3);
    assertClose(innovation[t]!, y - b * x, 1e-15);
    assertClose(innovationVariance[t]!, x * x * p + 1e-3, 1e-15);
    b += k * (y - b * x);
    p *= 1e-3 / (x * x * p + 1e-3);
    assertClose(beta[t]!, b, 1e-15);
    assertClose(betaVariance[t]!, p, 1e-12);
  }
});

for (const [name, start] of [
  ["diffuse", "diffuse"],
  ["prior", { alpha: 0.5, beta: 0.25, alphaVariance: 1, betaVariance: 0.5 }],
] as const) {
  test(`kalmanLine from a ${name} start, with missing bars, gives statsmodels' filter (1e-9)`, () => {
    const { y, x } = gappy();
    const run = kalmanLine(y, x, { ...MODEL, start });
    for (const column of lineNames) {
      const got = values.at.map((t: number) => run[column][t]);
      // statsmodels reports a forecast error of NaN, but a variance, where y is missing
      assertAllClose(got, values[name][column], 1e-9, column);
    }
    assertClose(run.logLikelihood, values[name].logLikelihood, 1e-9, "log-likelihood");
    assert.deepEqual([run.nobs, run.missing], [77, 3]);
  });
}

test("kalmanRatio, with missing bars, gives statsmodels' filter (1e-9)", () => {
  const { y, x } = gappy();
  const run = kalmanRatio(y, x, { stateNoise: 2 ** -9, noise: 0.5, start: { beta: 0.5, betaVariance: 1 } });
  for (const column of ratioNames) {
    const got = values.at.map((t: number) => run[column][t]);
    assertAllClose(got, values.ratio[column], 1e-9, column);
  }
  assertClose(run.logLikelihood, values.ratio.logLikelihood, 1e-9, "log-likelihood");
});

test("a diffuse kalmanLine is right far from zero, where statsmodels' diffuse phase does not end (200 digits)", () => {
  const { y, x } = refPair(43, 60);
  const run = kalmanLine(
    y,
    x.map((value) => value + 1000),
    MODEL,
  );
  const expected = values.exactFarFromZero;
  assertClose(run.alpha[59]!, expected.alpha, 1e-9, "α");
  assertClose(run.beta[59]!, expected.beta, 1e-9, "β");
  assertClose(run.betaVariance[59]!, expected.betaVariance, 1e-9, "variance of β");
  assertClose(run.logLikelihood, expected.logLikelihood, 1e-9, "log-likelihood");
});

test("the Nile as a local level: Durbin and Koopman's likelihood and their estimates of both variances", (t) => {
  const file = sharedData("nile/nile.csv");
  if (file === undefined) return t.skip("not beside the project");
  const lines = readFileSync(file, "utf8").trim().split("\n").slice(1);
  const flow = Float64Array.from(lines, (line) => Number(line.split(",")[1]));
  const ones = flow.map(() => 1);
  const [H, Q] = [15099, 1469.1];
  // their start is N(0, 10⁷) before the first year, which does not count in the likelihood
  const run = kalmanRatio(flow, ones, { stateNoise: Q, noise: H, start: { beta: 0, betaVariance: 1e7 - Q } });
  const first = -0.5 * (Math.log(2 * Math.PI * (1e7 + H)) + flow[0]! ** 2 / (1e7 + H));
  assertClose(run.logLikelihood - first, -632.5442122782626, 1e-12);
  // statsmodels, use_exact_diffuse
  const diffuse = kalmanRatio(flow, ones, { stateNoise: Q, noise: H, start: "diffuse" });
  assertClose(diffuse.logLikelihood, -633.4645636488787, 1e-12);
  const likeliest = kalmanNoise(flow, ones, { model: "ratio" });
  assertClose(likeliest.noise, H, 5e-5, "H");
  assertClose(likeliest.stateNoise, Q, 1e-4, "Q");
  assert.equal(likeliest.atEdge, false);
});

test("kalmanLine with no steps and a diffuse start ends on the least squares line", () => {
  const x = walk(1, 300);
  const e = noise(2, 300);
  const y = x.map((value, t) => 5 + 0.8 * value + e[t]!);
  const run = kalmanLine(y, x, { stateNoise: 0, noise: 1 });
  const meanX = x.reduce((sum, value) => sum + value, 0) / 300;
  const meanY = y.reduce((sum, value) => sum + value, 0) / 300;
  const xx = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const xy = x.reduce((sum, value, t) => sum + (value - meanX) * (y[t]! - meanY), 0);
  assertClose(run.beta[299]!, xy / xx, 1e-10);
  assertClose(run.alpha[299]!, meanY - (xy / xx) * meanX, 1e-8);
  assertClose(run.betaVariance[299]!, 1 / xx, 1e-9);
});

test("kalmanLine is undefined until a diffuse start has met two different x", () => {
  const run = kalmanLine(Float64Array.of(nan, 1, 2, 3, nan, 4), Float64Array.of(1, 1, nan, 1, 2, 2), {
    stateNoise: 0.1,
    noise: 1,
  });
  assert.deepEqual([...run.beta].map(Number.isNaN), [true, true, true, true, true, false]);
  // the second y at the same x was predicted: level 1, variance R + 2 steps of α + β at x = 1
  assertClose(run.innovation[3]!, 2, 1e-15);
  assertClose(run.innovationVariance[3]!, 1 + 2 * 0.2 + 1, 1e-14);
  assert.equal(run.nobs, 3);
});

test("a missing bar carries the state on and lets its variance grow", () => {
  const x = walk(3, 50);
  const y = walk(4, 50);
  y[30] = nan;
  const line = kalmanLine(y, x, MODEL);
  assert.equal(line.beta[30], line.beta[29]);
  assert.ok(line.betaVariance[30]! > line.betaVariance[29]!);
  assert.ok(Number.isNaN(line.innovation[30]));
  const ratio = kalmanRatio(y, x);
  assert.equal(ratio.beta[30], ratio.beta[29]);
  assertClose(ratio.betaVariance[30]!, ratio.betaVariance[29]! + 1e-5, 1e-15);
});

test("filters scale with the series: y times 8 is β times 8, with variances times 64", () => {
  const [x, y] = [walk(5, 100), walk(6, 100)];
  const plain = kalmanLine(y, x, { stateNoise: 1e-3, noise: 0.5 });
  const scaled = kalmanLine(
    y.map((value) => 8 * value),
    x,
    { stateNoise: 64e-3, noise: 32 },
  );
  assertAllClose(
    scaled.beta,
    plain.beta.map((beta) => 8 * beta),
    1e-11,
  );
  assertAllClose(
    scaled.betaVariance,
    plain.betaVariance.map((variance) => 64 * variance),
    1e-11,
  );
});

test("filters are causal at every prefix, and their operators give the batch, bit by bit", () => {
  const [x, y] = [walk(7, 60), walk(8, 60)];
  x[2] = x[1]!;
  y[0] = nan;
  y[33] = nan;
  x[40] = nan;
  for (const start of ["diffuse", { alpha: 1, beta: 2, alphaVariance: 3, betaVariance: 4 }] as const) {
    const settings = { ...MODEL, start };
    const columns = (run: KalmanLineColumns) => lineNames.map((name) => run[name]);
    assertCausal(60, (end) => columns(kalmanLine(y.subarray(0, end), x.subarray(0, end), settings)));
    const operator = kalmanLineOperator(settings);
    const batch = kalmanLine(y, x, settings);
    for (let t = 0; t < 60; t++) {
      const at = operator.push(y[t]!, x[t]!);
      for (const name of lineNames) assert.ok(Object.is(at[name], batch[name][t]), `${name}[${t}]`);
    }
    assert.equal(operator.logLikelihood(), batch.logLikelihood);
    assertSame(kalmanLineBeta(y, x, settings), batch.beta, "β alone");
  }
  for (const start of ["diffuse", { beta: 1, betaVariance: 2 }] as const) {
    const settings = { stateNoise: 0.01, noise: 1, start };
    const run = (end: number) => kalmanRatio(y.subarray(0, end), x.subarray(0, end), settings);
    assertCausal(60, (end) => ratioNames.map((name) => run(end)[name]));
    const operator = kalmanRatioOperator(settings);
    const batch = run(60);
    for (let t = 0; t < 60; t++) {
      const at = operator.push(y[t]!, x[t]!);
      for (const name of ratioNames) assert.ok(Object.is(at[name], batch[name][t]), `${name}[${t}]`);
    }
    assert.equal(operator.logLikelihood(), batch.logLikelihood);
  }
});

test("kalmanNoise finds the variances that made a series, within what 5,000 bars can tell", () => {
  const n = 5000;
  const x = walk(9, n, 10, 0.01);
  const beta = walk(10, n, 0.8, 0.002);
  const e = noise(11, n, 0.02);
  const y = x.map((value, t) => 0.5 + beta[t]! * value + e[t]!);
  const likeliest = kalmanNoise(y, x);
  assertClose(Math.sqrt(likeliest.stateNoise), 0.002, 0.1, "deviation of a step");
  assertClose(Math.sqrt(likeliest.noise), 0.02, 0.1, "deviation of the noise");
  assertClose(kalmanLine(y, x, likeliest).logLikelihood, likeliest.logLikelihood, 1e-11, "its likelihood");
  for (const factor of [0.8, 1.25]) {
    const { stateNoise, noise: r } = likeliest;
    assert.ok(
      kalmanLine(y, x, { stateNoise: stateNoise * factor, noise: r }).logLikelihood < likeliest.logLikelihood,
    );
    assert.ok(kalmanLine(y, x, { stateNoise, noise: r * factor }).logLikelihood < likeliest.logLikelihood);
  }
});

test("kalmanNoise says when β is as good as constant", () => {
  const x = walk(12, 1000);
  const e = noise(13, 1000);
  const y = x.map((value, t) => 1 + 2 * value + e[t]!);
  assert.equal(kalmanNoise(y, x).ratio < 1e-9, true);
});

test("innovationZScore is close to standard normal where the model is right, and NaN where an innovation is", () => {
  const n = 4000;
  const x = walk(14, n, 10, 0.01);
  const beta = walk(15, n, 0.8, 0.002);
  const e = noise(16, n, 0.02);
  const y = x.map((value, t) => beta[t]! * value + e[t]!);
  y[100] = nan;
  const z = innovationZScore(kalmanRatio(y, x, { stateNoise: 4e-6, noise: 4e-4, start: "diffuse" }));
  assert.ok(Number.isNaN(z[0]) && Number.isNaN(z[100]));
  const known = z.filter((value) => !Number.isNaN(value));
  assertClose(known.reduce((sum, value) => sum + value * value, 0) / known.length, 1, 0.1);
});

test("filters take empty series and refuse what makes no model", () => {
  assert.equal(kalmanLine(new Float64Array(), new Float64Array(), MODEL).beta.length, 0);
  assert.equal(kalmanRatio(new Float64Array(), new Float64Array()).logLikelihood, -0);
  const x = walk(17, 20);
  assert.throws(() => kalmanLine(x, x, { stateNoise: -1, noise: 1 }), {
    message:
      "kalmanLine: stateNoise must be a variance, 0 or above; got -1. Pass the square of a standard deviation.",
  });
  assert.throws(() => kalmanLine(x, x, { stateNoise: 1, noise: 0 }), {
    message: "kalmanLine: noise must be a number above 0; got 0. Pass a finite number above 0.",
  });
  assert.throws(() => kalmanLineBeta(x, x.subarray(1), MODEL), { code: "length-mismatch" });
  assert.throws(() => kalmanRatio(x, x, { stateNoise: nan }), { code: "bad-setting" });
  assert.throws(
    () =>
      kalmanRatio(
        x,
        x.map(() => Number.POSITIVE_INFINITY),
      ),
    { code: "infinite-value" },
  );
  assert.throws(() => kalmanNoise(x.subarray(0, 5), x.subarray(0, 5)), { code: "too-few-values" });
});

test("kalmanNoise refuses a model that does not exist, an x that stands still and a y without noise", () => {
  const x = walk(4, 50);
  assert.throws(() => kalmanNoise(x, x, { model: "x" as "line" }), { code: "bad-setting" });
  assert.throws(() => kalmanNoise(x, new Float64Array(50).fill(0.1)), { code: "constant-regressor" });
  for (const model of ["line", "ratio"] as const) {
    assert.throws(
      () =>
        kalmanNoise(
          x.map((value) => 2 * value),
          x,
          { model },
        ),
      { code: "no-variation" },
    );
  }
  assert.ok(
    kalmanNoise(
      x.map((value, t) => 1e9 + 2 * value + (t % 3) * 1e-3),
      x,
    ).noise > 0,
  );
});

test("the filters refuse a start that is no number", () => {
  const x = walk(4, 9);
  for (const beta of [nan, Number.POSITIVE_INFINITY]) {
    assert.throws(() => kalmanRatio(x, x, { start: { beta, betaVariance: 1 } }), { code: "bad-setting" });
    const start = { alpha: 0, beta, alphaVariance: 1, betaVariance: 1 };
    assert.throws(() => kalmanLine(x, x, { stateNoise: 1, noise: 1, start }), { code: "bad-setting" });
  }
});

test("kalmanLineBeta is kalmanLine's β to the last bit, or its refusal, wherever a value is missing or infinite", () => {
  const given = { alpha: 0, beta: 0, alphaVariance: 1, betaVariance: 1 };
  const starts = ["diffuse", given] as const;
  const steps = [1e-5, [1e-4, 0], 0] as const;
  /** β, or the refusal without the name of the call. */
  const result = (call: () => Float64Array): Float64Array | string => {
    try {
      return call();
    } catch (error) {
      return (error as Error).message.replace(/^\w+: /, "");
    }
  };
  for (const length of [1, 2, 3, 600, 1300]) {
    for (let at = 0; at < length; at += Math.max(1, Math.floor(length / 4))) {
      for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const [x, y] = [walk(1, length, 100, 0.2), walk(2, length, 80, 0.2)];
        (at % 2 === 0 ? x : y)[at] = odd;
        for (const start of starts)
          for (const stateNoise of steps) {
            const settings = { stateNoise, noise: 1e-3, start };
            const whole = result(() => kalmanLine(y, x, settings).beta);
            const beta = result(() => kalmanLineBeta(y, x, settings));
            const what = `${odd} at ${at} of ${length}, ${JSON.stringify(settings)}`;
            if (typeof whole === "string" || typeof beta === "string") assert.equal(beta, whole, what);
            else assertSame(beta, whole, what);
          }
      }
    }
  }
});
