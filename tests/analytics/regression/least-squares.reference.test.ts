import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ols } from "../../../src/analytics/regression/ols.ts";
import { sharedData } from "../../support/shared-data.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { reference, refNoise, refPair } from "../support/reference.ts";

const values = reference("regression");

test("ols gives statsmodels' coefficients, errors, t, p and intervals, under every kind of errors (1e-9, p 1e-6)", () => {
  const { y, x } = refPair(11, 60);
  const columns = [x, refNoise(13, 60)];
  for (const expected of values.ols) {
    const { intercept, kind: errors, regressors } = expected;
    const fit = ols(y, columns.slice(0, regressors), {
      intercept,
      errors,
      ...(errors === "HAC" ? { lags: 4 } : {}),
    });
    const what = `${errors}, ${regressors} regressors, intercept ${intercept}`;
    const of = (name: "estimate" | "standardError" | "t" | "pValue" | "low" | "high") =>
      fit.parameters.map((parameter) => parameter[name]);
    assertAllClose(of("estimate"), expected.params, 1e-9, `${what}: estimate`);
    assertAllClose(of("standardError"), expected.errors, 1e-9, `${what}: error`);
    assertAllClose(of("t"), expected.t, 1e-9, `${what}: t`);
    assertAllClose(of("pValue"), expected.p, 1e-6, `${what}: p`);
    assertAllClose(of("low"), expected.low, 1e-9, `${what}: low`);
    assertAllClose(of("high"), expected.high, 1e-9, `${what}: high`);
    assertClose(fit.rSquared, expected.rSquared, 1e-9, `${what}: R²`);
    assertClose(fit.residualStd, expected.residualStd, 1e-9, `${what}: residual deviation`);
  }
});

test("ols is right where a regressor stands at 1e9, where statsmodels drops it: 60-digit arithmetic agrees", () => {
  const { y, x } = refPair(11, 60);
  const far = x.map((value) => value + 1e9);
  const expected = values.exactAtOffset;
  for (const [errors, wanted] of [
    ["classical", expected.errors],
    ["HAC", expected.hac],
  ] as const) {
    const fit = ols(y, far, { errors, lags: 4 });
    assertAllClose(
      fit.parameters.map(({ estimate }) => estimate),
      expected.params,
      1e-9,
      "estimate",
    );
    assertAllClose(
      fit.parameters.map(({ standardError }) => standardError),
      wanted,
      1e-9,
      errors,
    );
  }
});

/** A file of NIST's: certified coefficients with their deviations, residual deviation, R², and the data. */
function nist(text: string, width: number) {
  const lines = text.split("\n").map((line) => line.trim());
  const parameters = lines
    .filter((line) => /^B\d+\s/.test(line))
    .map((line) => line.split(/\s+/).slice(1).map(Number));
  const figure = (label: RegExp) =>
    Number(
      lines
        .find((line) => label.test(line))!
        .split(/\s+/)
        .at(-1),
    );
  const start = lines.findLastIndex((line) => line.startsWith("Data:")) + 1;
  const rows = lines
    .slice(start)
    .map((line) => line.split(/\s+/).map(Number))
    .filter((row) => row.length === width);
  return {
    parameters,
    deviation: figure(/^Standard Deviation\s+\d/),
    rSquared: figure(/^R-Squared\s+\d/),
    y: Float64Array.from(rows, (row) => row[0]!),
    x: Array.from({ length: width - 1 }, (_, j) => Float64Array.from(rows, (row) => row[j + 1]!)),
  };
}

const SETS = [
  { name: "Norris", regressors: 1, intercept: true, digits: 12 },
  { name: "Longley", regressors: 6, intercept: true, digits: 10 },
  { name: "NoInt1", regressors: 1, intercept: false, digits: 14 },
  { name: "NoInt2", regressors: 1, intercept: false, digits: 14 },
];
for (const { name, regressors, intercept, digits } of SETS) {
  test(`ols gives NIST's ${name} to ${digits} digits`, (t) => {
    const file = sharedData(`nist-strd/${name}.dat`);
    if (file === undefined) return t.skip("not beside the project");
    const set = nist(readFileSync(file, "utf8"), regressors + 1);
    const fit = ols(set.y, set.x, { intercept });
    assert.equal(set.parameters.length, fit.parameters.length);
    // certified values are printed with 15 digits, so half a unit of the last digit is theirs
    const tolerance = 0.5 * 10 ** -digits + 5e-15;
    fit.parameters.forEach(({ estimate, standardError }, j) => {
      assertClose(estimate, set.parameters[j]![0]!, tolerance, `coefficient ${j}`);
      assertClose(standardError, set.parameters[j]![1]!, tolerance, `its deviation ${j}`);
    });
    assertClose(fit.residualStd, set.deviation, tolerance, "residual deviation");
    assertClose(fit.rSquared, set.rSquared, tolerance, "R²");
  });
}
