import assert from "node:assert/strict";
import { test } from "node:test";
import { ols } from "../../../src/analytics/regression/ols.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { noise, walk } from "../support/laws.ts";

const nan = Number.NaN;

test("ols of (1,2,4) on (1,2,3) is α = −2/3, β = 3/2", () => {
  const fit = ols(Float64Array.of(1, 2, 4), Float64Array.of(1, 2, 3));
  assertClose(fit.beta[0]!, 1.5, 1e-15);
  assertClose(fit.alpha, -2 / 3, 1e-14);
  assertAllClose(fit.residuals, [1 / 6, -1 / 3, 1 / 6], 1e-14);
  assertClose(fit.rSquared, 27 / 28, 1e-14);
});

test("ols through the origin is Σxy / Σx², with an uncentred R²", () => {
  const fit = ols(Float64Array.of(1, 2, 4), Float64Array.of(1, 2, 3), { intercept: false });
  assertClose(fit.beta[0]!, 17 / 14, 1e-15);
  assert.equal(fit.alpha, 0);
  assertClose(fit.rSquared, 1 - (21 - (17 * 17) / 14) / 21, 1e-13);
});

test("ols leaves out rows with a missing value, counts them and keeps the residuals in place", () => {
  const fit = ols(Float64Array.of(1, nan, 2, 9, 4), Float64Array.of(1, 5, 2, nan, 3));
  assertClose(fit.beta[0]!, 1.5, 1e-15);
  assert.deepEqual([fit.nobs, fit.missing], [3, 2]);
  assertAllClose(fit.residuals, [1 / 6, nan, -1 / 3, nan, 1 / 6], 1e-14);
});

test("ols is exact where a regressor stands at 1e9 and moves by 1", () => {
  const x = walk(1, 200).map((value) => Math.round(value * 1024) / 1024);
  const y = noise(2, 200).map((value, i) => value + 3 * x[i]!);
  const near = ols(y, x);
  const far = ols(
    y,
    x.map((value) => value + 1e9),
  );
  assertClose(far.beta[0]!, near.beta[0]!, 1e-13);
  assertAllClose(far.residuals, near.residuals, 1e-11, "residual", 1e-12);
});

test("ols refuses what has no answer, and says why", () => {
  const y = noise(3, 20);
  const x = noise(4, 20);
  assert.throws(() => ols(y, new Float64Array(20).fill(0.1)), {
    code: "constant-regressor",
    message: /^ols: a regressor must vary beside an intercept; got x constant at 0\.1\./,
  });
  assert.throws(() => ols(y, [x, x.map((value) => 3 * value + 7)]), {
    code: "collinear",
    message:
      "ols: no regressor may be a combination of the others; got x2 as one of the intercept, x1. Leave x2 out.",
  });
  assert.throws(() => ols(y, x.subarray(1)), { code: "length-mismatch" });
  assert.throws(() => ols(y.subarray(0, 2), x.subarray(0, 2)), {
    code: "too-few-values",
    message: "ols: needs at least 3 values for 2 coefficients; got 2. Wait for more bars or ask for less.",
  });
  assert.throws(
    () =>
      ols(
        y.map(() => Number.POSITIVE_INFINITY),
        x,
      ),
    { code: "infinite-value" },
  );
});

test("Andrews' lags grow with the memory of the residuals, where the plain rule does not see it", () => {
  const x = noise(5, 2000);
  const lagsAt = (phi: number): number => {
    let s = 0;
    const y = noise(6, 2000).map((e, t) => {
      s = phi * s + e;
      return x[t]! + s;
    });
    return ols(y, x, { errors: "HAC", lags: "andrews" }).lags;
  };
  // 1.1447 (4 · 0.81 · 2000 / 0.19²)^⅓ = 64.6 at the true ρ of 0.9
  assert.ok(lagsAt(0) <= 5);
  assert.ok(lagsAt(0.9) > 55 && lagsAt(0.9) < 75);
  assert.ok(lagsAt(0.9999) > 300 && lagsAt(0.9999) <= 500);
  assert.equal(ols(x, noise(7, 2000), { errors: "HAC" }).lags, 7);
  assert.equal(ols(x, noise(7, 2000), { lags: "andrews" }).lags, 0);
});

test("ols refuses HAC lags that its rows do not have", () => {
  const [y, x] = [noise(1, 9), noise(2, 9)];
  assert.equal(ols(y, x, { errors: "HAC", lags: 8 }).lags, 8);
  assert.throws(() => ols(y, x, { errors: "HAC", lags: 9 }), {
    code: "too-few-values",
    message: "ols: needs at least 10 values for 9 lags of HAC; got 9. Wait for more bars or ask for less.",
  });
});
