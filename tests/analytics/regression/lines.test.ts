import assert from "node:assert/strict";
import { test } from "node:test";
import { huber } from "../../../src/analytics/regression/huber.ts";
import { ols } from "../../../src/analytics/regression/ols.ts";
import { theilSen } from "../../../src/analytics/regression/theil-sen.ts";
import { totalLeastSquares } from "../../../src/analytics/regression/tls.ts";
import { assertClose } from "../support/assert-close.ts";
import { noise, walk } from "../support/laws.ts";
import { reference, refNoise, refPair } from "../support/reference.ts";

const nan = Number.NaN;
const values = reference("lines");

function contaminated() {
  const { y, x } = refPair(31, 200);
  const spikes = refNoise(33, 200);
  return { y: y.map((value, t) => value + (t % 17 === 0 ? 40 * spikes[t]! : 0)), x };
}

test("totalLeastSquares of (0,1,3) on (0,1,2) has the slope of the long axis", () => {
  // Sxx = 2, Sxy = 3, Syy = 14/3
  const fit = totalLeastSquares(Float64Array.of(0, 1, 3), Float64Array.of(0, 1, 2));
  const tilt = 14 / 3 - 2;
  assertClose(fit.beta, (tilt + Math.sqrt(tilt ** 2 + 36)) / 6, 1e-15);
  assertClose(fit.alpha, 4 / 3 - fit.beta, 1e-14);
});

test("totalLeastSquares agrees with the eigenvectors of 60-digit arithmetic (1e-12)", () => {
  const { y, x } = contaminated();
  const fit = totalLeastSquares(y, x);
  assertClose(fit.beta, values.tls.beta, 1e-12);
  assertClose(fit.alpha, values.tls.alpha, 1e-12);
});

test("totalLeastSquares of x on y is the same line, flat or steep", () => {
  for (const slope of [0.01, 1, 100, -3]) {
    const x = walk(1, 100);
    const e = noise(2, 100);
    const y = x.map((value, t) => slope * value + e[t]!);
    assertClose(totalLeastSquares(x, y).beta, 1 / totalLeastSquares(y, x).beta, 1e-12, `slope ${slope}`);
  }
});

test("theilSen of four points is the mean of the two middle slopes", () => {
  // slopes 1, 2, 2/3, 3, 1/2, −2: in order −2, 1/2, 2/3, 1, 2, 3
  const fit = theilSen(Float64Array.of(0, 1, 4, 2), Float64Array.of(0, 1, 2, 3));
  assertClose(fit.beta, (2 / 3 + 1) / 2, 1e-14);
  assertClose(fit.alpha, 1.5 - fit.beta * 1.5, 1e-13);
});

test("theilSen gives scipy's slope, intercept and interval (1e-9), with ties as well", () => {
  const { y, x } = contaminated();
  const runs = [
    [theilSen(y, x), values.theilSen],
    [theilSen(round(y), round(x)), values.theilSenTies],
  ] as const;
  for (const [fit, expected] of runs) {
    for (const name of ["beta", "alpha", "low", "high"] as const)
      assertClose(fit[name], expected[name], 1e-9, name);
  }
});

/** Half to even, as numpy does. */
function round(series: Float64Array): Float64Array {
  return series.map((value) => {
    const up = Math.round(value);
    return Math.abs(value % 1) === 0.5 && up % 2 !== 0 ? up - 1 : up;
  });
}

test("theilSen is not moved by a quarter of the points", () => {
  const x = walk(3, 400);
  const e = noise(4, 400);
  const y = x.map((value, t) => 3 + 2 * value + (t % 4 === 0 ? 1e9 : e[t]!));
  assertClose(theilSen(y, x).beta, 2, 0.2);
});

test("theilSen of a constant is flat, exactly", () => {
  const fit = theilSen(new Float64Array(50).fill(7), walk(5, 50));
  assert.deepEqual([fit.beta, fit.alpha, fit.low, fit.high], [0, 7, 0, 0]);
});

test("huber gives statsmodels' RLM: coefficients, scale and error (1e-9)", () => {
  const { y, x } = contaminated();
  const fit = huber(y, x);
  assertClose(fit.alpha, values.huber.params[0], 1e-9, "α");
  assertClose(fit.beta, values.huber.params[1], 1e-9, "β");
  assertClose(fit.betaError, values.huber.errors[1], 1e-9, "error");
  assertClose(fit.scale, values.huber.scale, 1e-9, "scale");
  const origin = huber(y, x, { intercept: false });
  assert.equal(origin.alpha, 0);
  assertClose(origin.beta, values.huberOrigin.params[0], 1e-9, "β through the origin");
  assertClose(origin.betaError, values.huberOrigin.errors[0], 1e-9, "its error");
});

test("huber is least squares where the threshold lies beyond every residual", () => {
  const x = walk(6, 80);
  const e = noise(7, 80);
  const y = x.map((value, t) => 1 + value + e[t]!);
  const fit = huber(y, x, { threshold: 1e6 });
  const plain = ols(y, x);
  assertClose(fit.beta, plain.beta[0]!, 1e-13);
  assertClose(fit.betaError, plain.parameters[1]!.standardError, 1e-12);
});

test("huber of an exact line is that line, with a scale of nothing to speak of", () => {
  const x = walk(8, 60);
  const fit = huber(
    x.map((value) => 4 - value / 2),
    x,
  );
  assertClose(fit.beta, -0.5, 1e-13);
  assert.ok(fit.scale < 1e-12);
});

for (const [name, run] of Object.entries({ totalLeastSquares, theilSen, huber })) {
  test(`${name} keeps its digits at an offset of 1e9`, () => {
    const x = walk(9, 120).map((value) => Math.round(value * 1024) / 1024);
    const e = noise(10, 120);
    const y = x.map((value, t) => value / 2 + Math.round(e[t]! * 1024) / 1024);
    const near = run(y, x);
    const far = run(
      y.map((value) => value + 1e9),
      x.map((value) => value + 1e9),
    );
    assertClose(far.beta, near.beta, 1e-9);
  });

  test(`${name} leaves out pairs with a NaN and counts them`, () => {
    const [x, y] = [walk(11, 50), walk(12, 50)];
    const whole = run(y.subarray(2), x.subarray(2));
    y[0] = nan;
    x[1] = nan;
    const fit = run(y, x);
    assert.deepEqual([fit.nobs, fit.missing], [48, 2]);
    assert.equal(fit.beta, whole.beta);
    assert.equal(fit.alpha, whole.alpha);
  });

  test(`${name} refuses a constant x, two pairs, lengths that differ and infinities`, () => {
    const y = noise(13, 20);
    assert.throws(() => run(y, new Float64Array(20).fill(0.1)), { code: "constant-regressor" });
    assert.throws(() => run(y.subarray(0, 2), y.subarray(2, 4)), { code: "too-few-values" });
    assert.throws(() => run(y, y.subarray(1)), { code: "length-mismatch" });
    assert.throws(
      () =>
        run(
          y,
          y.map(() => Number.POSITIVE_INFINITY),
        ),
      { code: "infinite-value" },
    );
  });
}

test("huber and theilSen refuse settings that mean nothing", () => {
  const y = noise(14, 20);
  assert.throws(() => huber(y, y, { threshold: 0 }), { code: "bad-setting" });
  assert.throws(() => theilSen(y, y, { confidence: 1 }), {
    message:
      "theilSen: confidence must be a number between 0 and 1; got 1. Pass a finite number between 0 and 1.",
  });
});

test("theilSen ends, whatever the size of its numbers", () => {
  const x = Float64Array.of(1, 2, 3);
  assertClose(theilSen(Float64Array.of(1e200, 2e200, 4e200), x).beta, 1.5e200, 1e-12);
  assertClose(theilSen(Float64Array.of(1e-200, 2e-200, 4e-200), x).beta, 1.5e-200, 1e-12);
});
