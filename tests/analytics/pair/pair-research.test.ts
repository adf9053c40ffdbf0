import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clusterOrder } from "../../../src/analytics/correlation/cluster-order.ts";
import { clustersAbove } from "../../../src/analytics/correlation/clusters.ts";
import { correlationMatrix } from "../../../src/analytics/correlation/correlation.ts";
import { compareRatios } from "../../../src/analytics/pair/compare-ratios.ts";
import { hedgeRatio } from "../../../src/analytics/pair/hedge-ratio.ts";
import { movingRatios } from "../../../src/analytics/pair/moving-ratios.ts";
import { caseTable, type PairEvidence, pairCase } from "../../../src/analytics/pair/pair-case.ts";
import { spread } from "../../../src/analytics/pair/spread.ts";
import { rollingEstimates } from "../../../src/analytics/rolling/rolling-estimates.ts";
import { adf } from "../../../src/analytics/unit-root/adf.ts";
import { meanCrossings } from "../../../src/analytics/unit-root/crossings.ts";
import { engleGrangerBothWays } from "../../../src/analytics/unit-root/engle-granger.ts";
import { halfLife } from "../../../src/analytics/unit-root/half-life.ts";
import { hurst } from "../../../src/analytics/unit-root/hurst.ts";
import { longestRun } from "../../../src/analytics/unit-root/longest-run.ts";
import { random } from "../../../src/core/random.ts";

const nan = Number.NaN;

/** Prices with log y = 0.5 + 1.5 log x + s, s of this half-life; of 0, a random walk of its own. */
function pair(n: number, halfLifeBars: number, seed: number): { y: Float64Array; x: Float64Array } {
  const { normal } = random(seed);
  const phi = halfLifeBars === 0 ? 1 : 0.5 ** (1 / halfLifeBars);
  let [level, s] = [4, 0];
  const [y, x] = [new Float64Array(n), new Float64Array(n)];
  for (let t = 0; t < n; t++) {
    level += 0.004 * normal();
    s = phi * s + 0.002 * normal();
    x[t] = Math.exp(level);
    y[t] = Math.exp(0.5 + 1.5 * level + s);
  }
  return { y, x };
}

function evidence({ y, x }: { y: Float64Array; x: Float64Array }, costBps: number): PairEvidence {
  const half = y.length >> 1;
  const [early, late] = [
    [y.subarray(0, half), x.subarray(0, half)],
    [y.subarray(half), x.subarray(half)],
  ] as const;
  const ratio = hedgeRatio(y, x);
  const s = spread(y, x, ratio).values;
  const earlyRatio = hedgeRatio(...early);
  const [logY, logX] = [y.map(Math.log), x.map(Math.log)];
  return {
    unitRoots: { y: adf(logY), x: adf(logX) },
    cointegration: engleGrangerBothWays(logY, logX),
    heldOut: adf(spread(...late, earlyRatio).values),
    halfLife: halfLife(s),
    hurst: hurst(s),
    crossings: meanCrossings(s),
    ratio,
    earlyRatio,
    lateRatio: hedgeRatio(...late),
    spread: s,
    costBps,
  };
}

const sideOf = (given: PairEvidence, name: string) =>
  pairCase(given).points.find(({ point }) => point === name);

describe("pairCase", () => {
  const good = evidence(pair(2000, 5, 3), 1);

  test("is for a pair that returns within five bars and pays for its costs", () => {
    const { verdict, sentence, points } = pairCase(good);
    assert.equal(verdict, "for", JSON.stringify(points, null, 1));
    assert.match(sentence, /^Worth a backtest\. For it: \d, against: 0, not known: \d\.$/);
  });

  test("is against the same pair where a trade costs more than two deviations bring, and says why", () => {
    const { verdict, sentence } = pairCase({ ...good, costBps: 30 });
    assert.equal(verdict, "against");
    assert.match(sentence, /^Not worth trading on this evidence, for want of: return after costs\./);
  });

  test("is never for two whose spread is a walk, and says how many half-lives a test would want", () => {
    for (const seed of [5, 6, 7, 8]) {
      const given = evidence(pair(2000, 0, seed), 1);
      assert.notEqual(pairCase(given).verdict, "for");
      assert.match(sideOf(given, "Cointegration")!.evidence, /of 45 half-lives$/);
    }
  });

  test("is against a pair without cointegration where the bars were many enough to see it", () => {
    const { yOnX, xOnY, sentence } = good.cointegration;
    const weak = { yOnX: { ...yOnX, statistic: -1 }, xOnY: { ...xOnY, statistic: -1 }, sentence };
    assert.equal(sideOf({ ...good, cointegration: weak }, "Cointegration")?.side, "against");
    const slow = { ...good.halfLife, correctedHalfLifeBars: good.halfLife.nobs / 20 };
    const few = { ...good, cointegration: weak, halfLife: slow };
    assert.equal(sideOf(few, "Cointegration")?.side, "not known");
    assert.match(pairCase(few).sentence, /^Not shown on these bars, so no case for trading\. For it/);
  });

  test("is against a ratio that moved between the halves", () => {
    const moved = { ...good, lateRatio: { ...good.lateRatio, beta: 3, low: 2.9, high: 3.1 } };
    assert.equal(sideOf(moved, "Stable ratio")?.side, "against");
    assert.equal(pairCase(moved).verdict, "against");
  });

  test("does not hold a short held-out sample against a pair: the test could not have seen the return", () => {
    const { statistic: _, ...rest } = good.heldOut;
    const unseen = { ...rest, statistic: -1 };
    const long = { ...good, heldOut: { ...unseen, nobs: 40 * good.halfLife.correctedHalfLifeBars } };
    const short = { ...good, heldOut: { ...unseen, nobs: 20 * good.halfLife.correctedHalfLifeBars } };
    assert.equal(sideOf(long, "Return on held-out bars")?.side, "against");
    assert.equal(sideOf(short, "Return on held-out bars")?.side, "not known");
    assert.equal(pairCase(short).verdict, "not shown");
  });

  test("says where a price returns by itself, since the tests suppose walks", () => {
    const [point] = pairCase({ ...good, unitRoots: { y: good.heldOut, x: good.unitRoots.x } }).points;
    assert.equal(point?.side, "not known");
    assert.match(point!.evidence, /one returns by itself/);
  });

  test("labels each figure in-sample or out-of-sample, and always names what no figure knows", () => {
    const { points } = pairCase(good);
    assert.equal(points.filter(({ sample }) => sample === "out-of-sample").length, 1);
    assert.deepEqual(
      points.slice(-3).map(({ point, side }) => [point, side]),
      [
        ["Whether it lasts", "not known"],
        ["Execution", "not known"],
        ["Selection", "not known"],
      ],
    );
    const { columns, length } = caseTable(pairCase(good));
    assert.equal(length, points.length);
    assert.deepEqual(
      columns.map(({ values }) => values.length),
      Array(4).fill(points.length),
    );
  });

  test("refuses a cost that is none", () => {
    for (const costBps of [-1, nan])
      assert.throws(() => pairCase({ ...good, costBps }), { code: "bad-setting" });
  });
});

describe("compareRatios", () => {
  test("brackets total least squares by the two directions", () => {
    const { y, x } = pair(500, 20, 7);
    const [forward, turned, total] = compareRatios(y, x);
    assert.equal(forward!.value, hedgeRatio(y, x).beta);
    assert.equal(turned!.value, 1 / hedgeRatio(x, y).beta);
    assert.equal(turned!.low, 1 / hedgeRatio(x, y).high);
    assert.ok(forward!.value < total!.value && total!.value < turned!.value);
  });

  test("has no band for a direction that may be 0", () => {
    const { normal } = random(2);
    const [y, x] = [1, 2].map(() => Float64Array.from({ length: 50 }, () => Math.exp(0.01 * normal())));
    const [, turned] = compareRatios(y!, x!);
    assert.ok(Number.isNaN(turned!.low) && Number.isNaN(turned!.high));
  });
});

describe("rollingEstimates", () => {
  test("gives each window to the estimator, whole, ends where it says, and does not move when bars come", () => {
    const seen: [number, number][] = [];
    const { at, values } = rollingEstimates(25, { window: 10, step: 4 }, (from, to) => {
      seen.push([from, to]);
      return to;
    });
    assert.deepEqual(seen, [
      [0, 10],
      [4, 14],
      [8, 18],
      [12, 22],
    ]);
    assert.deepEqual([...at], [9, 13, 17, 21]);
    assert.deepEqual([...values], [10, 14, 18, 22]);
    const later = rollingEstimates(40, { window: 10, step: 4 }, (_, to) => to);
    assert.deepEqual([...later.at.subarray(0, 4)], [...at]);
  });

  test("is NaN where the estimator refuses its window, and lets any other error through", () => {
    const flat = new Float64Array(20).fill(1);
    const { values } = rollingEstimates(
      20,
      { window: 10, step: 10 },
      (from, to) => halfLife(flat.subarray(from, to)).phi,
    );
    assert.deepEqual([...values], [nan, nan]);
    const broken = () => {
      throw new RangeError("a defect");
    };
    assert.throws(() => rollingEstimates(20, { window: 10 }, broken), RangeError);
  });

  test("has no window where there are too few bars, and refuses what is none", () => {
    assert.equal(rollingEstimates(9, { window: 10 }, () => 1).at.length, 0);
    assert.throws(() => rollingEstimates(9, { window: 1.5 }, () => 1), { code: "bad-window" });
    assert.throws(() => rollingEstimates(9, { window: 5, step: 0 }, () => 1), { code: "bad-setting" });
  });
});

describe("movingRatios", () => {
  const { y, x } = pair(600, 4, 9);
  const { at, ratios, calibrationBars } = movingRatios(y, x, { window: 100 });

  test("has least squares and Huber of each window, as hedgeRatio gives them", () => {
    assert.deepEqual(
      [...at],
      Array.from({ length: 21 }, (_, k) => 99 + 25 * k),
    );
    const [from, to] = [at[4]! - 99, at[4]! + 1];
    const whole = hedgeRatio(y.subarray(from, to), x.subarray(from, to));
    assert.equal(ratios[0]!.beta[4], whole.beta);
    assert.ok(Math.abs(ratios[0]!.low[4]! - whole.low) < 1e-12);
    assert.equal(
      ratios[1]!.beta[4],
      hedgeRatio(y.subarray(from, to), x.subarray(from, to), { method: "huber" }).beta,
    );
  });

  test("holds the true β in its Kalman band, and is the same when the later half is another", () => {
    const kalman = ratios[2]!;
    const last = at.length - 1;
    assert.ok(
      kalman.low[last]! < 1.5 && 1.5 < kalman.high[last]!,
      `${kalman.low[last]} ${kalman.high[last]}`,
    );
    assert.equal(calibrationBars, 300);
    const other = y.map((value, t) => (t < 450 ? value : 2 * value));
    const again = movingRatios(other, x, { window: 100 }).ratios[2]!;
    const before = [...at].filter((t) => t < 450).length;
    assert.deepEqual([...again.beta.subarray(0, before)], [...kalman.beta.subarray(0, before)]);
  });

  test("refuses fewer bars than a window", () => {
    assert.throws(() => movingRatios(y.subarray(0, 99), x.subarray(0, 99), { window: 100 }), {
      code: "too-few-values",
    });
  });
});

test("longestRun is the longest stretch without a gap, the first of two", () => {
  assert.deepEqual([...longestRun(Float64Array.of(1, nan, 2, 3, nan, 4, 5))], [2, 3]);
  assert.deepEqual([...longestRun(Float64Array.of(nan, 1, 2, 3))], [1, 2, 3]);
  assert.deepEqual([...longestRun(Float64Array.of(nan, nan))], []);
});

test("clustersAbove cuts the tree where the mean correlation falls below the least", () => {
  const { normal } = random(4);
  const walk = () => Float64Array.from({ length: 400 }, normal);
  const [a, b] = [walk(), walk()];
  const near = (series: Float64Array) => series.map((value) => value + 0.3 * normal());
  const matrix = correlationMatrix({ a1: near(a), b1: near(b), a2: near(a), b2: near(b), alone: walk() });
  const order = clusterOrder(matrix);
  const names = (least: number) =>
    clustersAbove(order, least)
      .map((members) =>
        members
          .map((i) => matrix.names[i])
          .sort()
          .join("+"),
      )
      .sort();
  assert.deepEqual(names(0.5), ["a1+a2", "alone", "b1+b2"]);
  assert.equal(names(-0.99).length, 1);
  assert.equal(names(0.999).length, 5);
  assert.throws(() => clustersAbove(order, 2), { code: "bad-setting" });
});
