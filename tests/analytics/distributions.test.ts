import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chiSquaredCdf,
  chiSquaredQuantile,
  chiSquaredSurvival,
} from "../../src/analytics/distributions/chi-squared.ts";
import { fCdf, fQuantile, fSurvival } from "../../src/analytics/distributions/f.ts";
import { normalCdf, normalQuantile, normalSurvival } from "../../src/analytics/distributions/normal.ts";
import { studentCdf, studentQuantile, studentSurvival } from "../../src/analytics/distributions/student-t.ts";
import { assertClose } from "./support/assert-close.ts";
import { reference } from "./support/reference.ts";

const values = reference("distributions");

test("normalCdf agrees with 60-digit arithmetic to 1e-13, 37 deviations into the tail as well", () => {
  for (const [x, p] of values.normal) {
    assertClose(normalCdf(x), p, 1e-13, `Φ(${x})`);
    assertClose(normalSurvival(-x), p, 1e-13, `1 − Φ(${-x})`);
  }
});

test("studentCdf agrees with 60-digit arithmetic to 1e-13, from 1 to 100,000 degrees of freedom", () => {
  for (const [t, df, p] of values.student) {
    assertClose(studentCdf(t, df), p, 1e-13, `t(${t}, ${df})`);
    assertClose(studentSurvival(-t, df), p, 1e-13, `upper t(${-t}, ${df})`);
  }
});

test("both tails of chi-squared agree with 60-digit arithmetic to 2e-13", () => {
  for (const [x, df, lower, upper] of values.chiSquared) {
    assertClose(chiSquaredCdf(x, df), lower, 2e-13, `lower chi2(${x}, ${df})`, 1e-300);
    assertClose(chiSquaredSurvival(x, df), upper, 2e-13, `upper chi2(${x}, ${df})`, 1e-300);
  }
});

test("both tails of F agree with 60-digit arithmetic to 1e-12", () => {
  for (const [x, a, b, lower, upper] of values.f) {
    // a tail near 0 beside one near 1 keeps the absolute accuracy of the larger one
    assertClose(fCdf(x, a, b), lower, 1e-12, `lower F(${x}, ${a}, ${b})`, 1e-15);
    assertClose(fSurvival(x, a, b), upper, 1e-12, `upper F(${x}, ${a}, ${b})`, 1e-300);
  }
});

test("quantiles give back the x of a probability", () => {
  for (const p of [1e-100, 1e-12, 0.001, 0.025, 0.1, 0.3, 0.5, 0.7, 0.95, 0.999999]) {
    assertClose(normalCdf(normalQuantile(p)), p, 1e-12, `normal ${p}`);
    for (const df of [1, 2.5, 10, 1000]) {
      assertClose(studentCdf(studentQuantile(p, df), df), p, 1e-12, `t ${p}, ${df}`);
      assertClose(chiSquaredCdf(chiSquaredQuantile(p, df), df), p, 1e-12, `chi2 ${p}, ${df}`);
      assertClose(fCdf(fQuantile(p, df, 7), df, 7), p, 1e-12, `F ${p}, ${df}`);
    }
  }
});

test("the quantiles of every table are those of the tables", () => {
  assertClose(normalQuantile(0.975), 1.959963984540054, 1e-15);
  assertClose(normalQuantile(0.75), 0.6744897501960817, 1e-15);
  assertClose(studentQuantile(0.975, 10), 2.228138851964939, 1e-11);
  assertClose(chiSquaredQuantile(0.95, 1), 3.841458820694124, 1e-14);
  assertClose(fQuantile(0.95, 2, 10), 4.102821015129998, 1e-13);
});

test("the ends and what lies beyond them", () => {
  assert.equal(normalQuantile(0), Number.NEGATIVE_INFINITY);
  assert.equal(normalQuantile(1), Number.POSITIVE_INFINITY);
  assert.equal(normalQuantile(0.5), 0);
  assert.equal(normalCdf(Number.NEGATIVE_INFINITY), 0);
  assert.equal(normalCdf(Number.POSITIVE_INFINITY), 1);
  assert.equal(studentCdf(Number.NEGATIVE_INFINITY, 3), 0);
  assert.equal(chiSquaredCdf(-1, 3), 0);
  assert.equal(chiSquaredSurvival(0, 3), 1);
  assert.equal(fCdf(Number.POSITIVE_INFINITY, 2, 3), 1);
  for (const p of [-0.1, 1.1, Number.NaN]) assert.ok(Number.isNaN(normalQuantile(p)));
  for (const cdf of [normalCdf, (x: number) => studentCdf(x, 3), (x: number) => chiSquaredCdf(x, 3)]) {
    assert.ok(Number.isNaN(cdf(Number.NaN)));
  }
});
