import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { correlationMatrix } from "../../../src/analytics/correlation/correlation.ts";
import { hedgeRatio, hedgeRatios } from "../../../src/analytics/pair/hedge-ratio.ts";
import { pairTable } from "../../../src/analytics/pair/pair-table.ts";
import { kalmanRatio } from "../../../src/analytics/regression/kalman/kalman-ratio.ts";
import { ols } from "../../../src/analytics/regression/ols.ts";
import { adf } from "../../../src/analytics/unit-root/adf.ts";
import { ljungBox } from "../../../src/analytics/unit-root/autocorrelation.ts";
import { meanCrossings } from "../../../src/analytics/unit-root/crossings.ts";
import { engleGrangerBothWays } from "../../../src/analytics/unit-root/engle-granger.ts";
import { halfLife } from "../../../src/analytics/unit-root/half-life.ts";
import { hurst } from "../../../src/analytics/unit-root/hurst.ts";
import { jarqueBera } from "../../../src/analytics/unit-root/jarque-bera.ts";
import { random } from "../../../src/core/random.ts";
import { check } from "../../../src/notebook/show/check.ts";
import { resultView, viewOf } from "../../../src/notebook/view/views.ts";

const { normal } = random(11);
const noise = Float64Array.from({ length: 300 }, normal);
let level = 5;
const x = Float64Array.from({ length: 300 }, () => {
  level += 0.01 * normal();
  return Math.exp(level);
});
const y = x.map((value, t) => value * Math.exp(0.005 * noise[t]!));

function shown(value: unknown): { html: string; text: string } {
  const view = viewOf(value);
  assert.ok(view.kind === "html");
  assert.deepEqual(resultView(value), view);
  return view;
}

describe("a test shows", () => {
  it("a p-value too small for its digits as less than the least of them, never as 0", () => {
    const sure = { ...adf(noise, { lags: 1 }), pValue: 0 };
    const { text } = shown([sure, { ...sure, pValue: 1e-30 }, { ...sure, pValue: 0.0321 }]);
    assert.equal(text.split("< 0.0001").length - 1, 2);
    assert.match(text, / 0\.0321 /);
    assert.doesNotMatch(text, /0\.0000|e-/);
  });

  it("its sentence first, then null, alternative, statistic, p-value, critical values, decision, lags and observations", () => {
    const result = adf(noise, { lags: 1 });
    const { html, text } = shown(result);
    const lines = text.split("\n");
    assert.equal(lines[0], result.sentence);
    const facts = [
      "null hypothesis ",
      "alternative",
      "statistic",
      "p-value",
      "critical value, 1 %",
      "critical value, 5 %",
      "critical value, 10 %",
      "null hypothesis is +rejected at 1 %",
      "lags +1$",
      "observations +298$",
    ];
    let at = 0;
    for (const fact of facts) {
      const found = lines.findIndex((line, k) => k > at && new RegExp(`^${fact}`).test(line));
      assert.ok(found > at, `${fact} in ${text}`);
      at = found;
    }
    assert.ok(html.indexOf("tickbook-sentence") < html.indexOf("<table"));
    assert.doesNotMatch(html, /color:(?!var)/, "words say it, not colours");
  });

  it("beside others in a row of its own: by name in an object, by itself in a list", () => {
    const named = shown({ y: adf(y), x: adf(x) }).text;
    assert.match(named, /^y: Augmented.*\nx: Augmented/);
    assert.match(named, /^of +statistic +p-value/m);
    assert.match(named, /^Null hypothesis: the series has a unit root: .*; alternative: /m);
    const listed = shown([ljungBox(noise), jarqueBera(noise)]).text;
    assert.match(listed, /^Ljung-Box {2,}.* (not )?rejected/m);
    assert.match(listed, /^Ljung-Box, null hypothesis: no autocorrelation up to lag 10; alternative: some/m);
  });

  it("in both directions with what the two say together", () => {
    const both = engleGrangerBothWays(y.map(Math.log), x.map(Math.log));
    const { text } = shown(both);
    assert.ok(text.startsWith(both.sentence));
    assert.match(text, /^y on x .*\nx on y /m);
  });
});

describe("other results show", () => {
  it("their sentence and their numbers in words", () => {
    const life = halfLife(noise);
    assert.match(shown(life).text, /^Half of a deviation.*\n[\s\S]*corrected half life bars +\d/);
    assert.match(shown(hurst(noise)).text, /^The Hurst exponent[\s\S]*max lag +\d+/);
    assert.match(
      shown(meanCrossings(noise)).text,
      /^The series crossed its mean \d+ times[\s\S]*crossings +\d+/,
    );
  });

  it("hedge ratios as a table, a matrix as a heat map in clustered order, tables as tables", () => {
    assert.match(shown(hedgeRatios(y, x)).text, /^Hedge ratios\nmethod[\s\S]*Theil-Sen/);
    assert.match(shown(hedgeRatio(y, x)).text, /least squares/);
    const view = viewOf(correlationMatrix({ y, noise, x }));
    assert.ok(view.kind === "chart");
    assert.match(view.label!, /^Correlation, Pearson/);
    const startUs = Float64Array.from(y, (_, t) => 1.7e15 + t * 1e6);
    const table = pairTable(startUs, y, x, { window: 20, hedge: hedgeRatio(y, x) });
    assert.match(shown(table).text, /^Rolling statistics over 20 bars\ntime/);
  });

  it("what is no result stays as it was", () => {
    assert.equal(resultView({ a: 1 }), undefined);
    assert.equal(resultView([1, 2]), undefined);
    assert.equal(resultView({}), undefined);
    assert.match(plainText({ columns: 3, length: 2 }), /columns +3/);
  });
});

function plainText(value: unknown): string {
  const view = viewOf(value);
  return view.kind === "html" ? view.text : "";
}

describe("check", () => {
  it("passes where every claim holds, and names those that do not", () => {
    check({ "one is one": true });
    assert.throws(() => check({ "one is one": true, "one is two": false, "two is three": false }), {
      code: "broken-claim",
      message: /not so: one is two; two is three\. Look at the cells/,
    });
  });
});

describe("a regression shows", () => {
  it("a row a parameter, with its errors in words, and none of its residuals", () => {
    const { text } = shown(ols(y, x, { errors: "HAC", lags: 3 }));
    const lines = text.split("\n");
    assert.match(lines[0]!, /^Least squares, HAC errors with 3 lags, 300 observations, R² 0\.\d{4}$/);
    assert.match(lines[1]!, /^parameter +estimate +standard error +t +p-value +from +to$/);
    assert.match(lines[2]!, /^intercept /);
    assert.match(lines[3]!, /^x /);
    assert.equal(lines.length, 4);
  });
});

describe("a filter shows", () => {
  it("how many values each of its series has, not all of them in one cell", () => {
    const view = viewOf(kalmanRatio(y, x));
    assert.ok(view.kind === "html");
    assert.match(view.text, /^beta +300 values: [-\d.e]+(, [-\d.e]+){3}, …$/m);
    assert.match(view.text, /^nobs +300$/m);
  });
});
