import assert from "node:assert/strict";
import { test } from "node:test";
import {
  rollingCorrelation,
  rollingCorrelationOperator,
} from "../../../src/analytics/rolling/rolling-correlation.ts";
import { assertAllClose, assertClose, assertSame } from "../support/assert-close.ts";
import { assertCausal, noise, walk } from "../support/laws.ts";

const nan = Number.NaN;

/** Two passes over each view. */
function direct(x: Float64Array, y: Float64Array, window: number): Float64Array {
  return x.map((_, t) => {
    if (t < window - 1) return nan;
    const views = [x, y].map((values) => {
      const view = Array.from(values.subarray(t - window + 1, t + 1), (value) => value - values[t]!);
      const centre = view.reduce((sum, value) => sum + value, 0) / window;
      return view.map((value) => value - centre);
    });
    const sum = (a: number[], b: number[]) => a.reduce((total, value, i) => total + value * b[i]!, 0);
    const [a, b] = views as [number[], number[]];
    return sum(a, b) / Math.sqrt(sum(a, a) * sum(b, b));
  });
}

test("rollingCorrelation of (1,2,3,5) and (1,3,2,6) is that of a pocket calculator", () => {
  const out = rollingCorrelation(Float64Array.of(1, 2, 3, 5), Float64Array.of(1, 3, 2, 6), { window: 3 });
  // views: Σdxdy = 1, Σdx² = 2, Σdy² = 2; then 16/3, 14/3, 26/3
  assertAllClose(out, [nan, nan, 0.5, 16 / 3 / Math.sqrt((14 / 3) * (26 / 3))], 1e-15);
});

for (const offset of [0, 1e9]) {
  for (const window of [2, 5, 60]) {
    test(`rollingCorrelation at an offset of ${offset}, window ${window}, agrees with two passes over each view`, () => {
      const x = walk(1, 500, 100 + offset, 0.01);
      const e = noise(2, 500, 0.02);
      const y = x.map((value, i) => value + e[i]!);
      assertAllClose(rollingCorrelation(x, y, { window }), direct(x, y, window), 1e-11, "r", 1e-12);
    });
  }
}

test("rollingCorrelation is 1 with itself, −1 with its mirror, and never beyond", () => {
  const x = walk(3, 400);
  const y = x.map((value) => 7 - 2 * value);
  for (let t = 9; t < 400; t++) {
    assertClose(rollingCorrelation(x, x, { window: 10 })[t]!, 1, 1e-15);
    const r = rollingCorrelation(x, y, { window: 10 })[t]!;
    assert.ok(r >= -1 && r < -1 + 1e-12);
  }
});

test("rollingCorrelation is NaN where one series does not vary, and only there", () => {
  const x = noise(4, 60);
  const y = noise(5, 60).fill(0.1, 20, 40);
  const out = rollingCorrelation(x, y, { window: 5 });
  for (let t = 4; t < 60; t++) assert.equal(Number.isNaN(out[t]), t >= 24 && t < 40, `r[${t}]`);
});

test("rollingCorrelation is NaN while a NaN of either series is in view, and a spike of 1e12 leaves no trace", () => {
  const x = noise(6, 200);
  const y = noise(7, 200);
  const clean = rollingCorrelation(x, y, { window: 15 });
  x[50] = nan;
  y[80] = 1e12;
  const out = rollingCorrelation(x, y, { window: 15 });
  for (let t = 14; t < 200; t++) {
    if (t >= 50 && t < 65) assert.ok(Number.isNaN(out[t]));
    else if (t < 80 || t >= 95) assertClose(out[t]!, clean[t]!, 1e-12, `r[${t}]`, 1e-13);
  }
});

test("rollingCorrelation is right at 1e±80 and 1e±150 (by hand: 0.5)", () => {
  for (const unit of [1e-150, 1e-80, 1, 1e80, 1e150]) {
    for (const other of [1 / unit, 1, unit]) {
      const x = Float64Array.of(1, 2, 3).map((value) => unit * value);
      const y = Float64Array.of(1, 3, 2).map((value) => other * value);
      assertClose(rollingCorrelation(x, y, { window: 3 })[2]!, 0.5, 1e-14, `${unit}, ${other}`);
    }
  }
});

test("rollingCorrelation is causal at every prefix, and its operator gives the batch, bit by bit", () => {
  const x = walk(8, 80);
  const y = walk(9, 80);
  y[33] = nan;
  assertCausal(80, (end) => rollingCorrelation(x.subarray(0, end), y.subarray(0, end), { window: 6 }));
  const operator = rollingCorrelationOperator({ window: 6 });
  assertSame(
    x.map((value, i) => operator.push(value, y[i]!)),
    rollingCorrelation(x, y, { window: 6 }),
  );
});

test("rollingCorrelation refuses series of two lengths, bad windows and infinities", () => {
  const x = new Float64Array(5);
  assert.throws(() => rollingCorrelation(x, new Float64Array(4), { window: 3 }), {
    message:
      "rollingCorrelation: needs series of one length; got y with 5, x with 4. Align both on the same bars first.",
  });
  for (const window of [0, 1, 1.5])
    assert.throws(() => rollingCorrelation(x, x, { window }), { code: "bad-window" });
  assert.throws(
    () =>
      rollingCorrelation(
        x,
        x.map(() => Number.NEGATIVE_INFINITY),
        { window: 2 },
      ),
    {
      code: "infinite-value",
    },
  );
});
