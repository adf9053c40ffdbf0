import assert from "node:assert/strict";
import { test } from "node:test";
import {
  rollingMean,
  rollingMeanOperator,
  rollingStd,
  rollingStdOperator,
  rollingZScore,
  rollingZScoreOperator,
} from "../../../src/analytics/rolling/rolling.ts";
import { random } from "../../../src/core/random.ts";
import { assertAllClose, assertClose, assertSame } from "../support/assert-close.ts";
import { assertCausal, noise, walk } from "../support/laws.ts";

const nan = Number.NaN;

/** Two passes over each view, about its own mean. */
function direct(
  values: Float64Array,
  window: number,
): { mean: Float64Array; std: Float64Array; z: Float64Array } {
  const mean = new Float64Array(values.length).fill(nan);
  const std = mean.slice();
  const z = mean.slice();
  for (let t = window - 1; t < values.length; t++) {
    const base = values[t]!;
    let sum = 0;
    for (let i = t - window + 1; i <= t; i++) sum += values[i]! - base;
    const centre = sum / window;
    let squares = 0;
    for (let i = t - window + 1; i <= t; i++) squares += (values[i]! - base - centre) ** 2;
    mean[t] = base + centre;
    std[t] = Math.sqrt(squares / (window - 1));
    z[t] = std[t] === 0 ? nan : -centre / std[t]!;
  }
  return { mean, std, z };
}

test("rolling statistics of 1, 2, 4, 7 with a window of 3 are those of a pocket calculator", () => {
  const values = Float64Array.of(1, 2, 4, 7);
  assertAllClose(rollingMean(values, { window: 3 }), [nan, nan, 7 / 3, 13 / 3], 1e-15);
  assertAllClose(rollingStd(values, { window: 3 }), [nan, nan, Math.sqrt(7 / 3), Math.sqrt(19 / 3)], 1e-15);
  assertAllClose(
    rollingZScore(values, { window: 3 }),
    [nan, nan, 5 / 3 / Math.sqrt(7 / 3), 8 / 3 / Math.sqrt(19 / 3)],
    1e-15,
  );
});

const series: [string, Float64Array][] = [
  ["a walk", walk(1, 700)],
  ["noise at an offset of 1e9", noise(2, 700, 0.01).map((value) => value + 1e9)],
  ["a price of 100,000 that moves by cents", noise(3, 700).map((value) => 1e5 + Math.round(value) / 100)],
  ["tiny values", noise(4, 700, 1e-12)],
  ["a steep trend", Float64Array.from({ length: 700 }, (_, i) => 1e6 * i + (i % 3))],
];
for (const [name, values] of series) {
  for (const window of [2, 5, 15, 120]) {
    test(`rolling statistics of ${name} with a window of ${window} agree with two passes over each view`, () => {
      const expected = direct(values, window);
      assertAllClose(
        rollingMean(values, { window }),
        expected.mean,
        1e-12,
        "mean",
        1e-15 * Math.abs(values[0]!),
      );
      assertAllClose(rollingStd(values, { window }), expected.std, 1e-11, "std");
      assertAllClose(rollingZScore(values, { window }), expected.z, 1e-10, "z", 1e-12);
    });
  }
}

test("a spike of 1e12 is forgotten, to the last digit, when it leaves the view", () => {
  const calm = noise(5, 300);
  const spiked = calm.slice();
  spiked[100] = 1e12;
  const window = 20;
  const [before, after] = [rollingStd(calm, { window }), rollingStd(spiked, { window })];
  for (let t = 120; t < 300; t++) assertClose(after[t]!, before[t]!, 1e-13, `std[${t}]`);
});

test("a constant of 0.1 has a deviation of exactly 0 and no z-score, before and after it moves", () => {
  const values = new Float64Array(60).fill(0.1);
  values[30] = 5;
  const window = 7;
  const [std, z] = [rollingStd(values, { window }), rollingZScore(values, { window })];
  for (let t = window - 1; t < 60; t++) {
    const moved = t >= 30 && t < 30 + window;
    assert.equal(std[t] === 0, !moved, `std[${t}] is ${std[t]}`);
    assert.equal(Number.isNaN(z[t]), !moved, `z[${t}] is ${z[t]}`);
    if (!moved) assert.equal(rollingMean(values, { window })[t], 0.1);
  }
});

test("rolling statistics are NaN until the window is full and while a NaN is in view, and nowhere else", () => {
  const source = random(6);
  const values = Float64Array.from({ length: 400 }, () => (source.uniform() < 0.03 ? nan : source.normal()));
  for (const window of [2, 3, 10, 33]) {
    for (const run of [rollingMean, rollingStd, rollingZScore]) {
      const out = run(values, { window });
      for (let t = 0; t < 400; t++) {
        const view = values.subarray(Math.max(0, t - window + 1), t + 1);
        assert.equal(
          Number.isNaN(out[t]),
          view.length < window || view.some(Number.isNaN),
          `${run.name}[${t}]`,
        );
      }
    }
  }
});

test("rollingZScore never exceeds (w − 1) / √w and reaches it on a lone move", () => {
  const values = new Float64Array(30);
  values[20] = 1;
  assertClose(rollingZScore(values, { window: 5 })[20]!, 4 / Math.sqrt(5), 1e-14);
  for (const z of rollingZScore(noise(7, 2000), { window: 5 }).subarray(4)) {
    assert.ok(Math.abs(z) <= 4 / Math.sqrt(5) + 1e-12);
  }
});

test("rollingZScore is untouched by a shift and a scale", () => {
  const values = walk(8, 500).map((value) => Math.round(value * 1024) / 1024);
  const z = rollingZScore(values, { window: 30 });
  const moved = rollingZScore(
    values.map((value) => 4 * value - 1000),
    { window: 30 },
  );
  const mirrored = rollingZScore(
    values.map((value) => -value),
    { window: 30 },
  );
  assertAllClose(moved, z, 1e-12, "moved", 1e-13);
  assertAllClose(
    mirrored,
    z.map((value) => -value),
    0,
  );
});

test("rolling statistics are causal at every prefix", () => {
  const values = walk(9, 90);
  values[40] = nan;
  for (const run of [rollingMean, rollingStd, rollingZScore]) {
    assertCausal(90, (end) => run(values.subarray(0, end), { window: 8 }));
  }
});

test("the operators give the batch, bit by bit", () => {
  const values = walk(10, 300);
  values[77] = nan;
  const pairs = [
    [rollingMean, rollingMeanOperator],
    [rollingStd, rollingStdOperator],
    [rollingZScore, rollingZScoreOperator],
  ] as const;
  for (const [batch, make] of pairs) {
    const operator = make({ window: 12 });
    assertSame(
      values.map((value) => operator.push(value)),
      batch(values, { window: 12 }),
    );
  }
});

test("rolling statistics of nothing are empty, and of fewer values than the window NaN", () => {
  for (const run of [rollingMean, rollingStd, rollingZScore]) {
    assert.equal(run(new Float64Array(), { window: 5 }).length, 0);
    assertSame(run(Float64Array.of(1), { window: 5 }), [nan]);
  }
  assertSame(rollingMean(Float64Array.of(3, 4), { window: 1 }), [3, 4]);
});

test("rolling statistics refuse a window that is no whole number, or too small", () => {
  for (const window of [0, 1, 1.5, -3, nan, Number.POSITIVE_INFINITY]) {
    assert.throws(() => rollingZScore(new Float64Array(9), { window }), {
      code: "bad-window",
      message: `rollingZScore: window must be a whole number of bars, at least 2; got ${window}. Pass 60 for an hour of minute bars.`,
    });
    assert.throws(() => rollingStd(new Float64Array(9), { window }), { code: "bad-window" });
    assert.throws(() => rollingStdOperator({ window }), { code: "bad-window" });
  }
  assert.throws(() => rollingMean(new Float64Array(9), { window: 0 }), { code: "bad-window" });
});

test("rolling statistics refuse an infinite value and say where it stands", () => {
  const values = Float64Array.of(1, 2, Number.POSITIVE_INFINITY);
  assert.throws(() => rollingMean(values, { window: 2 }), {
    code: "infinite-value",
    message: /^rollingMean: values must hold finite numbers.*got Infinity at index 2\./,
  });
});

test("a window that no memory holds is refused like any other", () => {
  assert.throws(() => rollingMean(noise(1, 4), { window: 1e12 }), {
    code: "bad-window",
    message:
      "rollingMean: window must be at most 10000000 bars; got 1000000000000. Pass 60 for an hour of minute bars, or take longer bars.",
  });
});
