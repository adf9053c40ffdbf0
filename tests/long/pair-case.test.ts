import assert from "node:assert/strict";
import { test } from "node:test";
import { type HedgeRatio, hedgeRatio } from "../../src/analytics/pair/hedge-ratio.ts";
import { spread } from "../../src/analytics/pair/spread.ts";
import { adf } from "../../src/analytics/unit-root/adf.ts";
import { engleGrangerBothWays } from "../../src/analytics/unit-root/engle-granger.ts";
import type { TestResult } from "../../src/analytics/unit-root/test-result.ts";
import { random } from "../../src/core/random.ts";

const RUNS = 1000;
const HALF_LIFE = 20;

type Pair = readonly [y: Float64Array, x: Float64Array];

/** Prices with log y = 0.5 + 1.5 log x + s: the walk's steps are twice the spread's. */
function pair(halfLives: number, run: number): Pair {
  const { normal } = random(halfLives, run);
  const phi = 0.5 ** (1 / HALF_LIFE);
  let [level, s] = [4, 0];
  const x = new Float64Array(halfLives * HALF_LIFE);
  const y = x.map((_, t) => {
    level += 0.004 * normal();
    s = phi * s + 0.002 * normal();
    x[t] = Math.exp(level);
    return Math.exp(0.5 + 1.5 * level + s);
  });
  return [y, x];
}

function halves([y, x]: Pair): readonly [Pair, Pair] {
  const middle = y.length >> 1;
  return [
    [y.subarray(0, middle), x.subarray(0, middle)],
    [y.subarray(middle), x.subarray(middle)],
  ];
}

function share(halfLives: number, holds: (pair: Pair) => boolean): number {
  let count = 0;
  for (let run = 0; run < RUNS; run++) if (holds(pair(halfLives, run))) count += 1;
  return count / RUNS;
}

const rejects = ({ statistic, criticalValues }: TestResult) => statistic < criticalValues["5%"];

test("pairCase may call a pair of 45 half-lives not cointegrated: in 95 of 100 such pairs Engle-Granger finds it", () => {
  const seen = share(45, ([y, x]) => {
    const { yOnX, xOnY } = engleGrangerBothWays(y.map(Math.log), x.map(Math.log));
    return rejects(yOnX) || rejects(xOnY);
  });
  assert.ok(Math.abs(seen - 0.95) < 0.025, `${seen}`);
});

test("pairCase may miss a return on held-out bars of 30 half-lives: in 80 of 100 such pairs ADF sees it", () => {
  const seen = share(60, (whole) => {
    const [early, late] = halves(whole);
    return rejects(adf(spread(...late, hedgeRatio(...early)).values));
  });
  assert.ok(Math.abs(seen - 0.8) < 0.035, `${seen}`);
});

test("pairCase calls a ratio of 30 half-lives moved in 6 of 100 pairs where it did not", () => {
  const width = ({ low, high }: HedgeRatio) => high - low;
  const moved = share(30, (whole) => {
    const [early, late] = halves(whole);
    const [first, second] = [hedgeRatio(...early), hedgeRatio(...late)];
    return Math.abs(second.beta - first.beta) > Math.hypot(width(first), width(second));
  });
  assert.ok(Math.abs(moved - 0.06) < 0.025, `${moved}`);
});
