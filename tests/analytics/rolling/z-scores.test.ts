import assert from "node:assert/strict";
import { test } from "node:test";
import { ewZScore, ewZScoreOperator } from "../../../src/analytics/rolling/ew-z-score.ts";
import { robustZScore, robustZScoreOperator } from "../../../src/analytics/rolling/robust-z-score.ts";
import { rollingZScore } from "../../../src/analytics/rolling/rolling.ts";
import { rollingCorrelation } from "../../../src/analytics/rolling/rolling-correlation.ts";
import { random } from "../../../src/core/random.ts";
import { assertAllClose, assertClose, assertSame } from "../support/assert-close.ts";
import { assertCausal, noise, walk } from "../support/laws.ts";
import { reference, refNoise, refWalk } from "../support/reference.ts";

const nan = Number.NaN;
const values = reference("z-scores");
const pick = (series: Float64Array) => values.at.map((t: number) => series[t]);

test("rolling z-score and correlation, weighted and robust z-scores give those of pandas (1e-9)", () => {
  const x = refWalk(51, 300);
  assertAllClose(pick(rollingZScore(x, { window: 15 })), values.rolling, 1e-9, "rolling");
  assertAllClose(
    pick(rollingCorrelation(x, refWalk(53, 300), { window: 15 })),
    values.correlation,
    1e-9,
    "r",
  );
  assertAllClose(pick(ewZScore(x, { halfLifeBars: 7.5 })), values.ew, 1e-9, "ew");
  assertAllClose(pick(robustZScore(x, { window: 15 })), values.robust, 1e-9, "robust");
  const gaps = x.map((value, t) => ([50, 51, 120].includes(t) ? nan : value));
  assertAllClose(pick(ewZScore(gaps, { halfLifeBars: 7.5 })), values.ewGaps, 1e-9, "ew with gaps");
});

test("rollingZScore at an offset of 1e9 agrees with 60-digit arithmetic (1e-12), where running sums lose 3e-5", () => {
  const hard = refNoise(52, 60).map((value) => 1e9 + halfToEven(value * 64) / 64);
  assertAllClose(rollingZScore(hard, { window: 15 }).subarray(14), values.exactAtOffset, 1e-12, "z", 1e-13);
});

function halfToEven(value: number): number {
  const up = Math.round(value);
  return Math.abs(value % 1) === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

test("ewZScore of (0, 1) with a half-life of one bar is that of a pocket calculator", () => {
  // weights 1/2 and 1: mean 2/3, unbiased variance (1/3) / (3/2 − (5/4) / (3/2)) = 1/2
  const z = ewZScore(Float64Array.of(0, 1), { halfLifeBars: 1, minValues: 2 });
  assertAllClose(z, [nan, 1 / 3 / Math.sqrt(1 / 2)], 1e-15);
});

test("robustZScore of (1, 2, 4, 100) is that of a pocket calculator", () => {
  // median 3, distances 2, 1, 1, 97: MAD 1.5
  const z = robustZScore(Float64Array.of(1, 2, 4, 100), { window: 4 });
  assertAllClose(z, [nan, nan, nan, (97 / 1.5) * 0.674489750196082], 1e-14);
});

test("robustZScore agrees with sorting every view, with ties and gaps, odd and even windows", () => {
  const median = (view: number[]): number => {
    const sorted = view.toSorted((a, b) => a - b);
    const half = view.length >> 1;
    return view.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  };
  const source = random(3);
  for (const window of [2, 3, 4, 7, 20]) {
    for (const coarse of [true, false]) {
      const series = Float64Array.from({ length: 150 }, () => {
        if (source.uniform() < 0.03) return nan;
        return coarse ? Math.floor(source.uniform() * 6) : source.normal();
      });
      const z = robustZScore(series, { window });
      for (let t = window - 1; t < 150; t++) {
        const view = [...series.subarray(t - window + 1, t + 1)];
        const centre = median(view);
        const mad = median(view.map((value) => Math.abs(value - centre)));
        const defined = !view.some(Number.isNaN) && mad > 0;
        const expected = defined ? (0.674489750196082 * (series[t]! - centre)) / mad : nan;
        assertClose(z[t]!, expected, 1e-13, `window ${window}, z[${t}]`, 1e-13);
      }
    }
  }
});

test("ewZScore is NaN at a missing bar, before minValues values and where nothing varies", () => {
  const z = ewZScore(Float64Array.of(1, nan, 2, 4, 4), { halfLifeBars: 2, minValues: 3 });
  assert.deepEqual([...z].map(Number.isNaN), [true, true, true, false, false]);
  assert.ok(ewZScore(new Float64Array(30).fill(0.1), { halfLifeBars: 5 }).every(Number.isNaN));
  assert.equal(ewZScore(walk(1, 20), { halfLifeBars: 4.5 }).filter(Number.isNaN).length, 4);
});

for (const [name, run, make] of [
  [
    "ewZScore",
    (v: Float64Array) => ewZScore(v, { halfLifeBars: 4 }),
    () => ewZScoreOperator({ halfLifeBars: 4 }),
  ],
  [
    "robustZScore",
    (v: Float64Array) => robustZScore(v, { window: 9 }),
    () => robustZScoreOperator({ window: 9 }),
  ],
] as const) {
  test(`${name} is untouched by a shift and a scale`, () => {
    const series = walk(2, 200).map((value) => Math.round(value * 1024) / 1024);
    assertAllClose(run(series.map((value) => 4 * value + 1e9)), run(series), 1e-9, "moved", 1e-11);
    const mirrored = run(series.map((value) => -value));
    assertAllClose(
      mirrored,
      run(series).map((z) => -z),
      0,
      "mirrored",
    );
  });

  test(`${name} is causal at every prefix, and its operator gives the batch, bit by bit`, () => {
    const series = noise(4, 80);
    series[30] = nan;
    assertCausal(80, (end) => run(series.subarray(0, end)));
    const operator = make();
    assertSame(
      series.map((value) => operator.push(value)),
      run(series),
    );
  });

  test(`${name} of nothing is empty; infinities are refused`, () => {
    assert.equal(run(new Float64Array()).length, 0);
    assert.throws(() => run(Float64Array.of(1, Number.NEGATIVE_INFINITY)), { code: "infinite-value" });
  });
}

test("ewZScore and robustZScore refuse settings that mean nothing", () => {
  for (const halfLifeBars of [0, -1, nan, Number.POSITIVE_INFINITY]) {
    assert.throws(() => ewZScore(new Float64Array(3), { halfLifeBars }), { code: "bad-setting" });
  }
  assert.throws(() => ewZScore(new Float64Array(3), { halfLifeBars: 2, minValues: 1 }), {
    message: "ewZScore: minValues must be a whole number, at least 2; got 1. Pass for example 2.",
  });
  for (const window of [0, 1, 1.5]) {
    assert.throws(() => robustZScore(new Float64Array(3), { window }), { code: "bad-window" });
  }
});
