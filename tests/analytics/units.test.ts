import assert from "node:assert/strict";
import { test } from "node:test";
import { correlationMatrix } from "../../src/analytics/correlation/correlation.ts";
import { rollingRollSpread } from "../../src/analytics/market/liquidity-roll.ts";
import { hedgeRatio } from "../../src/analytics/pair/hedge-ratio.ts";
import { expandingOls } from "../../src/analytics/regression/expanding-ols.ts";
import { huber } from "../../src/analytics/regression/huber.ts";
import { ols } from "../../src/analytics/regression/ols.ts";
import { rollingOls } from "../../src/analytics/regression/rolling-ols.ts";
import { theilSen } from "../../src/analytics/regression/theil-sen.ts";
import { totalLeastSquares } from "../../src/analytics/regression/tls.ts";
import { ewZScore } from "../../src/analytics/rolling/ew-z-score.ts";
import { percentileRank } from "../../src/analytics/rolling/percentile-rank.ts";
import { robustZScore } from "../../src/analytics/rolling/robust-z-score.ts";
import { rollingMean, rollingStd, rollingZScore } from "../../src/analytics/rolling/rolling.ts";
import { rollingCorrelation } from "../../src/analytics/rolling/rolling-correlation.ts";
import { adf } from "../../src/analytics/unit-root/adf.ts";
import { autocorrelation, ljungBox } from "../../src/analytics/unit-root/autocorrelation.ts";
import { meanCrossings } from "../../src/analytics/unit-root/crossings.ts";
import { engleGranger } from "../../src/analytics/unit-root/engle-granger.ts";
import { halfLife } from "../../src/analytics/unit-root/half-life.ts";
import { hurst } from "../../src/analytics/unit-root/hurst.ts";
import { jarqueBera } from "../../src/analytics/unit-root/jarque-bera.ts";
import { assertAllClose, assertClose } from "./support/assert-close.ts";
import { noise, walk } from "./support/laws.ts";

/** About 1e±80: powers of two, so that a change of units costs no digit. */
const UNITS = [2 ** -266, 2 ** 266];
const n = 400;
const X = walk(1, n);
const Y = (() => {
  const e = noise(2, n);
  let s = 0;
  return X.map((x, t) => {
    s = 0.8 * s + e[t]!;
    return 3 + 0.75 * x + s;
  });
})();

const scaled = (values: Float64Array, unit: number): Float64Array => values.map((value) => unit * value);
const single = (value: number): Float64Array => Float64Array.of(value);

/** What has no unit. */
const FREE: Readonly<Record<string, (v: Float64Array) => Float64Array>> = {
  rollingZScore: (v) => rollingZScore(v, { window: 20 }),
  ewZScore: (v) => ewZScore(v, { halfLifeBars: 10 }),
  robustZScore: (v) => robustZScore(v, { window: 20 }),
  percentileRank: (v) => percentileRank(v, { window: 20 }),
  "adf's statistic": (v) => single(adf(v).statistic),
  "the half-life": (v) => single(halfLife(v).halfLifeBars),
  hurst: (v) => single(hurst(v).hurst),
  jarqueBera: (v) => single(jarqueBera(v).statistic),
  ljungBox: (v) => single(ljungBox(v, { lags: 5 }).statistic),
  autocorrelation: (v) => autocorrelation(v, { lags: 5 }).values,
  meanCrossings: (v) => single(meanCrossings(v).crossings),
};

/** What has the unit of the values. */
const OF_VALUES: Readonly<Record<string, (v: Float64Array) => Float64Array>> = {
  rollingMean: (v) => rollingMean(v, { window: 20 }),
  rollingStd: (v) => rollingStd(v, { window: 20 }),
  rollingRollSpread: (v) => rollingRollSpread(v, { window: 20, prices: "raw" }),
};

/** What has the unit of y over that of x. */
const OF_PAIRS: Readonly<Record<string, (y: Float64Array, x: Float64Array) => Float64Array>> = {
  rollingOls: (y, x) => rollingOls(y, x, { window: 20 }).beta,
  "rollingOls' error": (y, x) => rollingOls(y, x, { window: 20 }).betaError,
  "rollingOls through the origin": (y, x) => rollingOls(y, x, { window: 20, intercept: false }).beta,
  expandingOls: (y, x) => expandingOls(y, x).beta,
  "expandingOls' error": (y, x) => expandingOls(y, x).betaError,
  ols: (y, x) => ols(y, x).beta,
  "ols' error": (y, x) => single(ols(y, x).parameters[1]!.standardError),
  huber: (y, x) => single(huber(y, x).beta),
  theilSen: (y, x) => single(theilSen(y, x).beta),
  hedgeRatio: (y, x) => single(hedgeRatio(y, x, { prices: "raw" }).beta),
};

/** What a pair has without a unit. */
const FREE_OF_PAIRS: Readonly<Record<string, (y: Float64Array, x: Float64Array) => Float64Array>> = {
  rollingCorrelation: (y, x) => rollingCorrelation(y, x, { window: 20 }),
  correlationMatrix: (y, x) => correlationMatrix({ y, x }).values[0]!,
  "Engle and Granger's statistic": (y, x) => single(engleGranger(y, x).statistic),
  "ols' R²": (y, x) => single(ols(y, x).rSquared),
};

for (const unit of UNITS) {
  for (const [name, run] of Object.entries(FREE)) {
    test(`${name} is the same in units of ${unit.toExponential(0)}`, () => {
      assertAllClose(run(scaled(Y, unit)), run(Y), 1e-11);
    });
  }
  for (const [name, run] of Object.entries(OF_VALUES)) {
    test(`${name} follows units of ${unit.toExponential(0)}`, () => {
      assertAllClose(run(scaled(Y, unit)), scaled(run(Y), unit), 1e-11);
    });
  }
  for (const [name, run] of Object.entries(OF_PAIRS)) {
    test(`${name} follows y, and x, in units of ${unit.toExponential(0)}`, () => {
      assertAllClose(run(scaled(Y, unit), X), scaled(run(Y, X), unit), 1e-10, "y");
      assertAllClose(run(Y, scaled(X, unit)), scaled(run(Y, X), 1 / unit), 1e-10, "x");
      assertAllClose(run(scaled(Y, unit), scaled(X, unit)), run(Y, X), 1e-10, "both");
    });
  }
  for (const [name, run] of Object.entries(FREE_OF_PAIRS)) {
    test(`${name} is the same with y, and x, in units of ${unit.toExponential(0)}`, () => {
      assertAllClose(run(scaled(Y, unit), X), run(Y, X), 1e-10, "y");
      assertAllClose(run(Y, scaled(X, unit)), run(Y, X), 1e-10, "x");
      assertAllClose(run(scaled(Y, unit), scaled(X, unit)), run(Y, X), 1e-10, "both");
    });
  }
  test(`totalLeastSquares is the same with both in units of ${unit.toExponential(0)}`, () => {
    assertClose(
      totalLeastSquares(scaled(Y, unit), scaled(X, unit)).beta,
      totalLeastSquares(Y, X).beta,
      1e-12,
    );
  });
}

test("the series are what the statistics have something to say about", () => {
  for (const run of Object.values(FREE)) assert.ok(run(Y).some((value) => Number.isFinite(value)));
});
