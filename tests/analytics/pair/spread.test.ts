import assert from "node:assert/strict";
import { test } from "node:test";
import { hedgeRatio } from "../../../src/analytics/pair/hedge-ratio.ts";
import { spread } from "../../../src/analytics/pair/spread.ts";
import { assertAllClose, assertClose, assertSame } from "../support/assert-close.ts";
import { noise, walk } from "../support/laws.ts";

const nan = Number.NaN;

test("spread on raw prices is y − α − βx", () => {
  const out = spread(Float64Array.of(10, 12, nan), Float64Array.of(2, 3, 4), {
    beta: 2,
    alpha: 1,
    prices: "raw",
  });
  assertSame(out.values, [5, 5, nan]);
  assert.equal(out.prices, "raw");
});

test("spread is on log prices, and says so, unless asked otherwise", () => {
  const out = spread(Float64Array.of(Math.E ** 2), Float64Array.of(Math.E), { beta: 0.5 });
  assert.equal(out.prices, "log");
  assertClose(out.values[0]!, 1.5, 1e-15);
});

test("spread takes a ratio for every bar", () => {
  const out = spread(Float64Array.of(5, 5, 5), Float64Array.of(1, 2, 3), {
    beta: Float64Array.of(nan, 1, 2),
    alpha: Float64Array.of(0, 1, 2),
    prices: "raw",
  });
  assertSame(out.values, [nan, 2, -3]);
});

test("spread takes what hedgeRatio gives, and is then the residual of the regression", () => {
  const x = walk(1, 300, 1000, 1);
  const e = noise(2, 300, 0.001);
  const y = x.map((value, i) => 40 * value ** 0.7 * Math.exp(e[i]!));
  const ratio = hedgeRatio(y, x);
  assert.equal(ratio.prices, "log");
  assertClose(ratio.beta, 0.7, 0.01);
  assertClose(ratio.alpha, Math.log(40), 0.02);
  const { values } = spread(y, x, ratio);
  assertClose(
    values.reduce((sum, value) => sum + value, 0),
    0,
    0,
    "sum of residuals",
    1e-10,
  );
});

test("spread is unmoved by the currency of log prices but for a constant", () => {
  const [x, y] = [walk(3, 50, 100, 0.1), walk(4, 50, 100, 0.1)];
  const [plain, dear] = [x, x.map((value) => 1000 * value)].map(
    (prices) => spread(y, prices, { beta: 0.8 }).values,
  );
  const shift = 0.8 * Math.log(1000);
  assertAllClose(
    dear!.map((value) => value + shift),
    plain!,
    1e-12,
    "spread",
    1e-13,
  );
});

test("spread refuses a price of 0 on a log scale, ratios that are no numbers, and lengths that differ", () => {
  const two = Float64Array.of(1, 2);
  assert.throws(() => spread(Float64Array.of(1, 0), two, { beta: 1 }), {
    message:
      'spread: prices on a log scale must be above 0; got 0 in y at index 1. Pass prices: "raw" for series that may be zero or negative.',
  });
  assert.throws(() => spread(two, two, { beta: nan }), { code: "bad-setting" });
  assert.throws(() => spread(two, two, { beta: Float64Array.of(1) }), { code: "length-mismatch" });
  assert.throws(() => spread(two, Float64Array.of(1), { beta: 1 }), { code: "length-mismatch" });
  assert.throws(() => spread(two, two, { beta: 1, prices: "cents" as "raw" }), { code: "bad-setting" });
});
