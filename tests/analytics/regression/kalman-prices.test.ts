import assert from "node:assert/strict";
import { test } from "node:test";
import { kalmanLine, kalmanLineBeta } from "../../../src/analytics/regression/kalman/kalman-line.ts";
import type {
  KalmanLineAt,
  KalmanLineSettings,
} from "../../../src/analytics/regression/kalman/kalman-line-types.ts";
import { kalmanNoise } from "../../../src/analytics/regression/kalman/kalman-noise.ts";
import { kalmanRatio } from "../../../src/analytics/regression/kalman/kalman-ratio.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { noise, walk } from "../support/laws.ts";
import { minus, narrow, over, plus, times, type Wide, wide } from "../support/wide.ts";

/** The textbook's recursions in 600 bits; a diffuse start is a variance of 1e60. */
function reference(
  y: Float64Array,
  x: Float64Array,
  { stateNoise, noise: r, start = "diffuse" }: KalmanLineSettings,
): KalmanLineAt[] {
  const steps = typeof stateNoise === "number" ? [stateNoise, stateNoise] : stateNoise;
  const [qa, qb, noiseOfY] = [wide(steps[0]!), wide(steps[1]!), wide(r)];
  const from = start === "diffuse" ? { alpha: 0, beta: 0, alphaVariance: 1e60, betaVariance: 1e60 } : start;
  let [a, b] = [wide(from.alpha), wide(from.beta)];
  let [p00, p01, p11] = [wide(from.alphaVariance), wide(0), wide(from.betaVariance)];
  return Array.from(y, (value, t) => {
    [p00, p11] = [plus(p00, qa), plus(p11, qb)];
    const h = wide(x[t]!);
    const [m0, m1] = [plus(p00, times(p01, h)), plus(p01, times(p11, h))];
    const variance = plus(plus(m0, times(m1, h)), noiseOfY);
    const at = { innovation: Number.NaN, innovationVariance: narrow(variance) };
    if (!Number.isNaN(value)) {
      const error: Wide = minus(wide(value), plus(a, times(b, h)));
      at.innovation = narrow(error);
      const [k0, k1] = [over(m0, variance), over(m1, variance)];
      [a, b] = [plus(a, times(k0, error)), plus(b, times(k1, error))];
      p00 = minus(p00, times(k0, m0));
      p01 = minus(p01, times(k0, m1));
      p11 = minus(p11, times(k1, m1));
    }
    const variances = { alphaVariance: narrow(p00), covariance: narrow(p01), betaVariance: narrow(p11) };
    return { alpha: narrow(a), beta: narrow(b), ...variances, ...at };
  });
}

const GIVEN = { alpha: 0.5, beta: 0.75, alphaVariance: 1, betaVariance: 0.5 };
const MODELS: Readonly<Record<string, KalmanLineSettings>> = {
  "the defaults of a ratio": { stateNoise: 1e-5, noise: 1e-3, start: { ...GIVEN, alpha: 0, beta: 0 } },
  "a belief about both": { stateNoise: [0.01, 1e-12], noise: 0.5, start: GIVEN },
  "an α that is known": { stateNoise: [0, 1e-9], noise: 0.5, start: { ...GIVEN, alphaVariance: 0 } },
  "a β that is known": { stateNoise: [1e-3, 0], noise: 0.5, start: { ...GIVEN, betaVariance: 0 } },
  "no steps": { stateNoise: 0, noise: 2, start: GIVEN },
  "a diffuse start": { stateNoise: 1e-5, noise: 1e-3 },
  "a diffuse start without steps": { stateNoise: 0, noise: 1e-3 },
};

for (const price of [1, 1e3, 1e6, 1e9]) {
  for (const [name, model] of Object.entries(MODELS)) {
    test(`kalmanLine at prices of ${price} keeps every variance to 1e-9 (${name})`, () => {
      const n = 60;
      const x = walk(1, n, price, 1e-3 * price);
      const e = noise(2, n);
      const y = x.map((value, t) => 0.5 + 0.75 * value + e[t]!);
      y[0] = y[20] = Number.NaN;
      const run = kalmanLine(y, x, model);
      const expected = reference(y, x, model);
      const isDiffuse = model.start === undefined;
      for (let t = 0; t < n; t++) {
        // until a diffuse line is determined, by the third bar, its variances are the reference's 1e60
        if (isDiffuse && t < 3) continue;
        const of = expected[t]!;
        for (const column of ["alphaVariance", "betaVariance"] as const)
          assertClose(run[column][t]!, of[column], 1e-9, `${column}[${t}]`);
        const scale = Math.sqrt(of.alphaVariance * of.betaVariance);
        assertClose(run.covariance[t]!, of.covariance, 1e-9, `covariance[${t}]`, 1e-9 * scale);
        assertClose(run.innovationVariance[t]!, of.innovationVariance, 1e-9, `innovationVariance[${t}]`);
        // a double holds a price of 1e9 to 1e-7; so far an innovation is off, and α by what it moves with it
        const ulp = 8 * 2 ** -52 * price;
        const lever = 1 + Math.sqrt(of.alphaVariance / model.noise);
        assertClose(run.beta[t]!, of.beta, 1e-12, `β[${t}]`);
        assertClose(run.alpha[t]!, of.alpha, 1e-9, `α[${t}]`, lever * ulp);
        assertClose(run.innovation[t]!, of.innovation, 1e-9, `innovation[${t}]`, ulp);
      }
      assertAllClose(kalmanLineBeta(y, x, model), run.beta, 0);
    });
  }

  test(`kalmanRatio at prices of ${price} keeps its variance to 1e-12`, () => {
    const n = 60;
    const x = walk(3, n, price, 1e-3 * price);
    const e = noise(4, n);
    const y = x.map((value, t) => 0.75 * value + e[t]!);
    y[20] = Number.NaN;
    for (const settings of [{}, { stateNoise: 0 }, { stateNoise: 1e-12, noise: 4 }]) {
      const { stateNoise = 1e-5, noise: r = 1e-3 } = settings as { stateNoise?: number; noise?: number };
      const start = { alpha: 0, beta: 0, alphaVariance: 0, betaVariance: 1 };
      const expected = reference(y, x, { stateNoise: [0, stateNoise], noise: r, start });
      const run = kalmanRatio(y, x, settings);
      for (let t = 0; t < n; t++) {
        assertClose(run.betaVariance[t]!, expected[t]!.betaVariance, 1e-12, `variance[${t}]`);
        assertClose(run.beta[t]!, expected[t]!.beta, 1e-12, `β[${t}]`);
      }
    }
  });
}

test("an α whose variance is given as 0, without steps, stays what it is, and a β likewise", () => {
  const x = walk(5, 200, 1e9, 1e6);
  const y = x.map((value) => 3 + 0.8 * value);
  const known = { alpha: 0.25, beta: 0.75, alphaVariance: 0, betaVariance: 1 };
  const alphas = kalmanLine(y, x, { stateNoise: [0, 1e-6], noise: 1, start: known }).alpha;
  assert.ok(alphas.every((alpha) => alpha === 0.25));
  const swapped = { ...known, alphaVariance: 1, betaVariance: 0 };
  const run = kalmanLine(y, x, { stateNoise: [1e-6, 0], noise: 1, start: swapped });
  assert.ok(run.beta.every((beta) => beta === 0.75) && run.betaVariance.every((variance) => variance === 0));
});

test("kalmanLine far from zero is the same line: x moved by an offset moves α by β times it", () => {
  const x = walk(6, 100, 100);
  const e = noise(7, 100);
  const y = x.map((value, t) => 5 + 0.8 * value + e[t]!);
  const settings = { stateNoise: [1e-4, 0], noise: 1 } as const;
  const plain = kalmanLine(y, x, settings);
  for (const offset of [2 ** 20, 2 ** 30]) {
    const moved = kalmanLine(
      y,
      x.map((value) => value + offset),
      settings,
    );
    assertAllClose(moved.betaVariance, plain.betaVariance, 1e-6, "variance of β");
    assertAllClose(moved.innovationVariance, plain.innovationVariance, 1e-6, "variance of innovations");
  }
});

test("kalmanNoise finds the same ratio in other units of price: x times 2^20, y times 2^20, noise times 2^40", () => {
  const n = 400;
  const x = walk(8, n, 100);
  const beta = walk(9, n, 0.8, 0.002);
  const e = noise(10, n, 0.05);
  const y = x.map((value, t) => beta[t]! * value + e[t]!);
  const [plain, large] = [1, 2 ** 20].map((unit) =>
    kalmanNoise(
      y.map((value) => unit * value),
      x.map((value) => unit * value),
      { model: "ratio" },
    ),
  ) as [ReturnType<typeof kalmanNoise>, ReturnType<typeof kalmanNoise>];
  // the top of a likelihood is flat: rounding alone moves it by about the root of what it is
  assertClose(large.stateNoise, plain.stateNoise, 1e-2);
  assertClose(large.noise, 2 ** 40 * plain.noise, 1e-2);
});
