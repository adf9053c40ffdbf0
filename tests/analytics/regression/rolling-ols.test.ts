import assert from "node:assert/strict";
import { test } from "node:test";
import { expandingOls, expandingOlsOperator } from "../../../src/analytics/regression/expanding-ols.ts";
import { ols } from "../../../src/analytics/regression/ols.ts";
import {
  type LineSeries,
  rollingOls,
  rollingOlsOperator,
} from "../../../src/analytics/regression/rolling-ols.ts";
import { assertAllClose, assertClose, assertSame } from "../support/assert-close.ts";
import { assertCausal, noise, walk } from "../support/laws.ts";
import { reference, refPair } from "../support/reference.ts";
import { minus, narrow, over, root, times, total, type Wide, wide } from "../support/wide.ts";

const nan = Number.NaN;
const names = ["alpha", "beta", "betaError", "residualStd"] as const;
const columns = (lines: LineSeries) => names.map((name) => lines[name]);

test("rollingOls of (1,2,4,8) on (1,2,3,4) with a window of 3 is that of a pocket calculator", () => {
  const lines = rollingOls(Float64Array.of(1, 2, 4, 8), Float64Array.of(1, 2, 3, 4), { window: 3 });
  assertAllClose(lines.beta, [nan, nan, 1.5, 3], 1e-15);
  assertAllClose(lines.alpha, [nan, nan, -2 / 3, -13 / 3], 1e-14);
  assertAllClose(lines.residualStd, [nan, nan, Math.sqrt(1 / 6), Math.sqrt(2 / 3)], 1e-14);
});

test("rollingOls and expandingOls give statsmodels' coefficients and errors (1e-9)", () => {
  const { y, x } = refPair(21, 150);
  const { at, ...expected } = reference("regression").rolling;
  const runs = [
    [rollingOls(y, x, { window: 20 }), expected.params, expected.errors],
    [expandingOls(y, x), expected.expanding, expected.expandingErrors],
  ] as const;
  for (const [lines, params, errors] of runs) {
    at.forEach((t: number, i: number) => {
      assertClose(lines.alpha[t]!, params[i][0], 1e-9, `α[${t}]`);
      assertClose(lines.beta[t]!, params[i][1], 1e-9, `β[${t}]`);
      assertClose(lines.betaError[t]!, errors[i][1], 1e-9, `error[${t}]`);
    });
  }
  const through = [
    [rollingOls(y, x, { window: 20, intercept: false }), expected.origin, expected.originErrors],
    [expandingOls(y, x, { intercept: false }), expected.expandingOrigin, expected.expandingOriginErrors],
  ] as const;
  for (const [lines, betas, errors] of through) {
    at.forEach((t: number, i: number) => {
      assert.equal(lines.alpha[t], 0);
      assertClose(lines.beta[t]!, betas[i], 1e-9, `β[${t}]`);
      assertClose(lines.betaError[t]!, errors[i], 1e-9, `error[${t}]`);
    });
  }
});

for (const offset of [0, 1e5, 1e9]) {
  for (const deviation of [1, 1e-4]) {
    test(`at an offset of ${offset} and residuals of ${deviation}, every line is that of ols on its view`, () => {
      const x = walk(1, 300, 100 + offset);
      const e = noise(2, 300, deviation);
      const y = x.map((value, i) => 5 + 0.8 * value + e[i]!);
      const [rolling, expanding] = [rollingOls(y, x, { window: 40 }), expandingOls(y, x)];
      for (let t = 39; t < 300; t += 9) {
        for (const [lines, from] of [
          [rolling, t - 39],
          [expanding, 0],
        ] as const) {
          const fit = ols(y.subarray(from, t + 1), x.subarray(from, t + 1));
          assertClose(lines.beta[t]!, fit.beta[0]!, 1e-13, `β[${t}]`);
          // α is what the line says at x = 0: it inherits the rounding of β times the offset
          assertClose(lines.alpha[t]!, fit.alpha, 1e-9, `α[${t}]`, 1e-14 * offset);
          assertClose(lines.betaError[t]!, fit.parameters[1]!.standardError, 1e-10, `error[${t}]`);
          assertClose(lines.residualStd[t]!, fit.residualStd, 1e-10, `deviation[${t}]`);
        }
      }
    });
  }
}

test("rollingOls is NaN until full, while a NaN is in view and where x does not vary; a spike leaves no trace", () => {
  const [x, y] = [noise(3, 200), noise(4, 200)];
  const clean = rollingOls(y, x, { window: 10 });
  x.fill(0.1, 100, 130);
  y[50] = nan;
  x[170] = 1e12;
  const lines = rollingOls(y, x, { window: 10 });
  for (let t = 0; t < 200; t++) {
    const undefinedHere = t < 9 || (t >= 50 && t < 60) || (t >= 109 && t < 130);
    assert.equal(Number.isNaN(lines.beta[t]), undefinedHere, `β[${t}]`);
    assert.equal(Number.isNaN(lines.alpha[t]), undefinedHere, `α[${t}]`);
    if ((t >= 60 && t < 100) || (t >= 140 && t < 170) || t >= 180) {
      assertClose(lines.beta[t]!, clean.beta[t]!, 1e-12, `β[${t}]`);
      assertClose(lines.betaError[t]!, clean.betaError[t]!, 1e-12, `error[${t}]`);
    }
  }
});

/** The line of a view in 600 bits, rounded once. */
function exactLine(y: Float64Array, x: Float64Array, intercept: boolean) {
  const n = wide(y.length);
  const [ys, xs] = [Array.from(y, wide), Array.from(x, wide)];
  const mean = (values: Wide[]) => (intercept ? over(total(values), n) : wide(0));
  const [my, mx] = [mean(ys), mean(xs)];
  const [dy, dx] = [ys.map((value) => minus(value, my)), xs.map((value) => minus(value, mx))];
  const xx = total(dx.map((d) => times(d, d)));
  if (xx.m === 0n) return { beta: nan, betaError: nan, residualStd: nan };
  const beta = over(total(dx.map((d, i) => times(d, dy[i]!))), xx);
  const squares = total(
    dx.map((d, i) => {
      const e = minus(dy[i]!, times(beta, d));
      return times(e, e);
    }),
  );
  const variance = over(squares, wide(y.length - (intercept ? 2 : 1)));
  return { beta: narrow(beta), betaError: root(over(variance, xx)), residualStd: root(variance) };
}

const FAULTS: Readonly<Record<string, (y: Float64Array, x: Float64Array) => void>> = {
  "a spike of 1e6 in y": (y) => y.fill(1e6, 75, 76),
  "a spike of 1e12 in y": (y) => y.fill(1e12, 75, 76),
  "a spike of −1e12 in x": (_, x) => x.fill(-1e12, 75, 76),
  "spikes in both": (y, x) => {
    y[75] = 1e10;
    x[83] = 1e10;
  },
  "a spike on a block's first place": (y) => y.fill(1e12, 80, 81),
  "a spike on a block's last place": (y) => y.fill(1e12, 79, 80),
  "an x that stood still while y walked": (_, x) => x.fill(x[60]!, 60, 105),
  "an x that all but stood still": (_, x) => {
    for (let t = 60; t < 105; t++) x[t] = x[60]! + (t % 20 === 19 ? 2 ** -30 : 0);
  },
  "a y that stood still": (y) => y.fill(y[60]!, 60, 105),
  "a gap": (y) => y.fill(nan, 75, 82),
  "another slope": (y, x) => {
    for (let t = 70; t < 200; t++) y[t] = y[t]! - 5 * x[t]!;
  },
};

for (const [name, damage] of Object.entries(FAULTS)) {
  for (const [intercept, residual] of [
    [true, 1e-4],
    [true, 1],
    [false, 1e-4],
  ] as const) {
    const kind = intercept ? "with a constant" : "through the origin";
    test(`rollingOls forgets ${name} when it leaves the window (${kind}, residuals of ${residual}; exact lines)`, () => {
      const x = walk(11, 200);
      const e = noise(12, 200, residual);
      const y = x.map((value, t) => (intercept ? 5 : 0) + 0.8 * value + e[t]!);
      damage(y, x);
      const lines = rollingOls(y, x, { window: 20, intercept });
      const operator = rollingOlsOperator({ window: 20, intercept });
      const spiky = (t: number) => t >= 75 && t < 104 && name.includes("spike");
      for (let t = 0; t < 200; t++) {
        const live = operator.push(y[t]!, x[t]!);
        for (const column of names) assert.ok(Object.is(live[column], lines[column][t]), `${column}[${t}]`);
        if (t < 19) continue;
        const view = [y, x].map((values) => values.subarray(t - 19, t + 1)) as [Float64Array, Float64Array];
        if (view.some((values) => values.some(Number.isNaN))) {
          assert.ok(Number.isNaN(lines.beta[t]));
          continue;
        }
        const exact = exactLine(...view, intercept);
        // what a view with a spike in it can tell is bounded by the digits of a double beside the spike
        const near = spiky(t) ? 1e-9 : 1e-14;
        assertClose(lines.beta[t]!, exact.beta, spiky(t) ? 1e-3 : 1e-10, `β[${t}]`, near);
        if (spiky(t)) continue;
        assertClose(lines.betaError[t]!, exact.betaError, 1e-9, `error[${t}]`, 1e-15);
        assertClose(lines.residualStd[t]!, exact.residualStd, 1e-9, `deviation[${t}]`, 1e-15);
      }
    });
  }
}

test("expandingOls leaves out a pair with a NaN and is defined from the second different x on", () => {
  const y = Float64Array.of(1, 3, nan, 5, 6);
  const x = Float64Array.of(2, 2, 3, nan, 4);
  const { alpha, beta, residualStd, betaError } = expandingOls(y, x);
  assertAllClose(beta, [nan, nan, nan, nan, 2], 1e-15);
  assertAllClose(alpha, [nan, nan, nan, nan, -2], 1e-15);
  const fit = ols(Float64Array.of(1, 3, 6), Float64Array.of(2, 2, 4));
  assertClose(residualStd[4]!, fit.residualStd, 1e-14);
  assertClose(betaError[4]!, fit.parameters[1]!.standardError, 1e-14);
});

test("an exact line has residuals of exactly nothing to speak of", () => {
  const x = walk(5, 100);
  const lines = rollingOls(
    x.map((value) => 3 - 2 * value),
    x,
    { window: 15 },
  );
  for (let t = 14; t < 100; t++) {
    assertClose(lines.beta[t]!, -2, 1e-13);
    assert.ok(lines.residualStd[t]! < 1e-12);
  }
});

test("rollingOls follows a change of scale and shift of both series", () => {
  const [x, y] = [walk(6, 120), walk(7, 120)];
  const lines = rollingOls(y, x, { window: 25 });
  const moved = rollingOls(
    y.map((value) => 10 * value + 3),
    x.map((value) => 4 * value - 7),
    { window: 25 },
  );
  for (let t = 24; t < 120; t++) {
    assertClose(moved.beta[t]!, 2.5 * lines.beta[t]!, 1e-11);
    assertClose(moved.alpha[t]!, 10 * lines.alpha[t]! + 3 + 7 * moved.beta[t]!, 1e-10);
    assertClose(moved.residualStd[t]!, 10 * lines.residualStd[t]!, 1e-11);
  }
});

test("both are causal at every prefix, and their operators give the batch, bit by bit", () => {
  const [x, y] = [walk(8, 70), walk(9, 70)];
  y[33] = nan;
  const runs = [
    [
      (a: Float64Array, b: Float64Array) => rollingOls(a, b, { window: 8 }),
      rollingOlsOperator({ window: 8 }),
    ],
    [(a: Float64Array, b: Float64Array) => expandingOls(a, b), expandingOlsOperator()],
  ] as const;
  for (const [batch, operator] of runs) {
    assertCausal(70, (end) => columns(batch(y.subarray(0, end), x.subarray(0, end))));
    const live = names.map(() => new Float64Array(70));
    for (let t = 0; t < 70; t++) {
      const line = operator.push(y[t]!, x[t]!);
      names.forEach((name, c) => {
        live[c]![t] = line[name];
      });
    }
    columns(batch(y, x)).forEach((column, c) => {
      assertSame(live[c]!, column, names[c]);
    });
  }
});

test("empty series give empty lines; bad windows, lengths and infinities are refused", () => {
  assert.equal(rollingOls(new Float64Array(), new Float64Array(), { window: 5 }).beta.length, 0);
  assert.equal(expandingOls(new Float64Array(), new Float64Array()).beta.length, 0);
  const x = noise(10, 20);
  for (const window of [0, 1, 2, 1.5]) {
    assert.throws(() => rollingOls(x, x, { window }), {
      message: `rollingOls: window must be a whole number of bars, at least 3; got ${window}. Pass 60 for an hour of minute bars.`,
    });
  }
  assert.throws(() => rollingOls(x, x, { window: 1, intercept: false }), { code: "bad-window" });
  assert.throws(() => rollingOls(x, x.subarray(1), { window: 5 }), { code: "length-mismatch" });
  assert.throws(
    () =>
      expandingOls(
        x,
        x.map(() => Number.POSITIVE_INFINITY),
      ),
    { code: "infinite-value" },
  );
});
