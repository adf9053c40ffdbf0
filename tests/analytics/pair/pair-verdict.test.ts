import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { calibrate, calibrationStretch } from "../../../src/analytics/pair/calibrate.ts";
import { hedgeRatio } from "../../../src/analytics/pair/hedge-ratio.ts";
import { lineStability } from "../../../src/analytics/pair/line-stability.ts";
import { pairVerdict, pairVerdictTable } from "../../../src/analytics/pair/pair-verdict.ts";
import { leastSquares } from "../../../src/analytics/regression/least-squares.ts";
import { random } from "../../../src/core/random.ts";
import { madePair, verdictShares } from "./support/made-pairs.ts";

const SEEDS = 200;

describe("pairVerdict", () => {
  test("says yes to at most 5 of 100 pairs of walks, correlated or not", () => {
    for (const kind of ["walks", "correlated walks"] as const) {
      for (const bars of [180, 600]) {
        const { yes } = verdictShares(kind, bars, 1, SEEDS, 1);
        assert.ok(yes <= 0.05, `${kind}, ${bars} bars: ${yes}`);
      }
    }
  });

  test("says yes to at least 80 of 100 true pairs of 36 half-lives, and no to few", () => {
    for (const halfLife of [5, 12]) {
      const { yes, no } = verdictShares("pair", 36 * halfLife, halfLife, SEEDS, 1);
      assert.ok(yes >= 0.8, `half-life ${halfLife}: yes ${yes}`);
      assert.ok(no <= 0.05, `half-life ${halfLife}: no ${no}`);
    }
  });

  test("finds a stretch of 12 half-lives too short to say, mostly", () => {
    const { short, yes } = verdictShares("pair", 240, 20, SEEDS, 1);
    assert.ok(short >= 0.7, `${short}`);
    assert.ok(yes <= 0.3, `${yes}`);
  });

  test("seldom says yes where the relation broke", () => {
    for (const [kind, most] of [
      ["β breaks", 0.05],
      ["β breaks late", 0.05],
      ["level breaks", 0.05],
      ["spread turns walk", 0.25],
    ] as const) {
      const { yes } = verdictShares(kind, 144 * 8, 8, 60, 1);
      assert.ok(yes <= most, `${kind}: ${yes}`);
    }
  });

  test("is no where y falls as x rises, whatever the test says: one leg does not hedge the other", () => {
    const { y, x } = madePair("pair", 1200, 12, 1);
    const { verdict, sentence, cointegration } = pairVerdict(
      y.map((price) => 1000 / price),
      x,
    );
    assert.ok(cointegration.pValue < 0.001);
    assert.equal(verdict, "no");
    assert.match(
      sentence,
      /^No: β is −[\d.]+, so that one leg does not hedge the other \(Engle-Granger p < 0\.001, /,
    );
  });

  test("of 5,000 bars and more that show no return says no, not too short", () => {
    const { y, x } = madePair("walks", 5000, 1, 3);
    assert.equal(pairVerdict(y.subarray(0, 1000), x.subarray(0, 1000)).verdict, "too short to say");
    const { verdict, sentence } = pairVerdict(y, x);
    assert.equal(verdict, "no");
    assert.match(
      sentence,
      /^No: in 5,000 bars nothing shows that the spread returns \(Engle-Granger p = 0\.\d+; half-life /,
    );
  });

  test("says in one sentence why, with the figures that it rests on", () => {
    const { y, x } = madePair("pair", 1200, 12, 1);
    const yes = pairVerdict(y, x);
    assert.match(
      yes.sentence,
      /^Yes: in 1,200 bars the spread returned, on one line throughout \(Engle-Granger p < 0\.001; half-life [\d.]+ bars, [\d.]+ to [\d.]+\)\.$/,
    );
    assert.match(
      pairVerdict(y.subarray(0, 150), x.subarray(0, 150)).sentence,
      /^Too short to say: 150 bars hold about \d+ half-lives of the spread, \d+ at most; below 36 Engle-Granger finds fewer than four of five true pairs \(Engle-Granger p = 0\.\d+\)\.$/,
    );
    assert.equal(pairVerdictTable(yes).length, 8);
  });

  test("is the same for prices in other money, and with a gap only loses its rows", () => {
    const { y, x } = madePair("pair", 600, 8, 2);
    const base = pairVerdict(y, x);
    const scaled = pairVerdict(
      y.map((price) => 3.7 * price),
      x.map((price) => 0.01 * price),
    );
    assert.equal(scaled.verdict, base.verdict);
    assert.ok(Math.abs(scaled.cointegration.statistic - base.cointegration.statistic) < 1e-6);
    const gaps = y.map((price, t) => (t % 50 === 7 ? Number.NaN : price));
    assert.equal(pairVerdict(gaps, x).nobs, 588);
  });

  test("of a spread that is back within a bar says yes, with no figure beyond what it can count", () => {
    const { normal } = random(9);
    const { x } = madePair("walks", 1500, 1, 9);
    const y = x.map((price) => price * Math.exp(0.01 * normal()));
    for (const bars of [266, 400, 1500]) {
      const given = pairVerdict(y.subarray(0, bars), x.subarray(0, bars));
      assert.equal(given.verdict, "yes", `${bars}: ${given.sentence}`);
      const text = `${given.sentence} ${JSON.stringify(pairVerdictTable(given).columns[1]!.values)}`;
      assert.doesNotMatch(text, /NaN|Infinity|undefined|[ "]-\d/);
    }
  });

  test("where x stands still in one half its table has a dash; fewer than 20 bars and a y that stands still are refused", () => {
    const { y, x } = madePair("pair", 400, 8, 2);
    const given = pairVerdict(
      y,
      x.map((price, t) => (t < 200 ? 50 : price)),
    );
    assert.match(JSON.stringify(pairVerdictTable(given).columns[1]!.values), /"–, then /);
    assert.throws(() => pairVerdict(y.subarray(0, 10), x.subarray(0, 10)), {
      message: /^pairVerdict: needs at least 20 .*; got 10\./,
    });
    assert.throws(
      () =>
        pairVerdict(
          y.map(() => 7),
          x,
        ),
      {
        code: "no-variation",
        message: /^pairVerdict: needs two prices that move; y stands still through all 400 bars\. /,
      },
    );
  });

  test("refuses a price that stands still, and a leg that is the other one", () => {
    const { y, x } = madePair("pair", 300, 8, 2);
    const still = x.map(() => 5);
    for (const [first, second, says] of [
      [y, still, /^pairVerdict: needs two prices that move; x stands still through all 300 bars\. /],
      [still, y, /^pairVerdict: needs two prices that move; y stands still through all 300 bars\. /],
    ] as const)
      assert.throws(() => pairVerdict(first, second), { code: "no-variation", message: says });
    assert.throws(() => pairVerdict(x, x), { code: "collinear" });
  });
});

describe("lineStability", () => {
  test("has the Wald statistic of two lines against one, where residuals do not hang together", () => {
    // φ is taken as 0 there (φ̂ of 0.0001): y = x and then y = 2x − 10, with alternating noise
    const { normal } = random(5);
    const x = Float64Array.from({ length: 400 }, () => 10 + normal());
    const noise = x.map(() => 0.1 * normal());
    const y = x.map((value, t) => (t < 200 ? value : 2 * value - 10) + noise[t]!);
    const { breakWald, breakAt, earlyBeta, lateBeta, isStable, sentence } = lineStability(y, x);
    const squares = (from: number, to: number): number =>
      leastSquares("test", y.subarray(from, to), [x.subarray(from, to)], true, ["x"]).residualSquares;
    const two = squares(0, 200) + squares(200, 400);
    assert.equal(breakAt, 200);
    assert.ok(Math.abs(earlyBeta - 1) < 0.05 && Math.abs(lateBeta - 2) < 0.05);
    // Wald: (SSR of one line − SSR of two) / (SSR of two / degrees of freedom), to what φ̂ ≠ 0 changes
    const wald = (squares(0, 400) - two) / (two / 396);
    assert.ok(Math.abs(breakWald / wald - 1) < 0.05, `${breakWald}, ${wald}`);
    assert.equal(isStable, false);
    assert.match(
      sentence,
      /^the line changed after 50 % of the stretch \(β (1\.0\d|0\.9\d), then (2\.0\d|1\.9\d)\)/,
    );
  });

  test("is the same for prices in other units", () => {
    const { y, x } = madePair("β breaks", 720, 20, 3);
    const [base, scaled] = [
      lineStability(y, x),
      lineStability(
        y.map((v) => 1e6 * v),
        x.map((v) => 1e-6 * v),
      ),
    ];
    assert.ok(Math.abs(scaled.breakWald / base.breakWald - 1) < 1e-6);
    assert.equal(scaled.breakAt, base.breakAt);
  });

  test("finds a leg that stands still in one half no line that holds", () => {
    const { y, x } = madePair("pair", 400, 8, 2);
    const { isStable, earlyBeta } = lineStability(
      y,
      x.map((price, t) => (t < 200 ? 50 : price)),
    );
    assert.equal(isStable, false);
    assert.ok(Number.isNaN(earlyBeta));
  });
});

describe("calibrate", () => {
  test("takes the first quarter and at most 5,000 bars, and refuses fewer than 60", () => {
    assert.deepEqual([240, 1000, 20_000, 80_000].map(calibrationStretch), [60, 250, 5000, 5000]);
    assert.throws(() => calibrationStretch(239), { code: "too-few-bars" });
  });

  test("has the line of hedgeRatio on the stretch, and nothing after it changes it", () => {
    const { y, x } = madePair("pair", 2000, 10, 4);
    const made = calibrate(y, x);
    const line = hedgeRatio(y.subarray(0, 500), x.subarray(0, 500));
    assert.ok(Math.abs(made.beta - line.beta) < 1e-9 && Math.abs(made.alpha - line.alpha) < 1e-8);
    const later = y.map((price, t) => (t < 500 ? price : 2 * price));
    assert.deepEqual(calibrate(later, x), made);
    assert.deepEqual(calibrate(y.subarray(0, 700), x.subarray(0, 700), { calibrationBars: 500 }), made);
  });

  test("has a window of two to four half-lives, at least 60 bars, and says so", () => {
    for (const [halfLife, bars] of [
      [5, 4000],
      [40, 12_000],
      [120, 4000],
    ] as const) {
      const { y, x } = madePair("pair", bars, halfLife, 5);
      const { window, windowSentence, verdict } = calibrate(y, x);
      const lives = window / verdict.halfLife.correctedHalfLifeBars;
      assert.ok(
        window === 60 || (lives >= 2 && lives <= 4.05) || /a quarter of the stretch/.test(windowSentence),
      );
      assert.match(windowSentence, new RegExp(`^window ${window} bars`));
    }
  });

  test("has a window of a quarter of the stretch where no return is seen there", () => {
    // a spread that runs away
    const x = madePair("walks", 1200, 1, 6).x;
    const y = x.map((price, t) => price * Math.exp(1e-5 * t * t));
    const { window, windowSentence } = calibrate(y, x);
    assert.equal(window, 75);
    assert.match(windowSentence, /a quarter of the stretch/);
  });

  test("refuses a stretch that is longer than the bars", () => {
    const { y, x } = madePair("pair", 300, 8, 2);
    assert.throws(() => calibrate(y, x, { calibrationBars: 301 }), { code: "too-few-bars" });
    assert.throws(() => calibrate(y, x, { calibrationBars: 59 }), { code: "bad-setting" });
  });
});
