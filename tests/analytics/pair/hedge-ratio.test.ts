import assert from "node:assert/strict";
import { test } from "node:test";
import { hedgeRatio, hedgeRatios, hedgeRatioTable } from "../../../src/analytics/pair/hedge-ratio.ts";
import {
  kalmanHedgeLine,
  kalmanHedgeRatio,
  rollingHedgeRatio,
} from "../../../src/analytics/pair/moving-hedge-ratio.ts";
import { pairTable } from "../../../src/analytics/pair/pair-table.ts";
import { spread } from "../../../src/analytics/pair/spread.ts";
import { huber } from "../../../src/analytics/regression/huber.ts";
import { ols } from "../../../src/analytics/regression/ols.ts";
import { rollingOls } from "../../../src/analytics/regression/rolling-ols.ts";
import { theilSen } from "../../../src/analytics/regression/theil-sen.ts";
import { totalLeastSquares } from "../../../src/analytics/regression/tls.ts";
import { rollingZScore } from "../../../src/analytics/rolling/rolling.ts";
import { adf } from "../../../src/analytics/unit-root/adf.ts";
import { testsTable, testTable } from "../../../src/analytics/unit-root/test-result.ts";
import { csvText } from "../../../src/render/csv.ts";
import { tableView } from "../../../src/render/table.ts";
import type { TableData } from "../../../src/render/table-data.ts";
import { assertAllClose, assertClose, assertSame } from "../support/assert-close.ts";
import { assertCausal, noise, walk } from "../support/laws.ts";

const logs = (prices: Float64Array) => prices.map(Math.log);

function prices(length = 400): { y: Float64Array; x: Float64Array } {
  const x = walk(1, length, 1000);
  const e = noise(2, length, 0.002);
  return { y: x.map((value, t) => 3 * value ** 0.8 * Math.exp(e[t]!)), x };
}

test("hedgeRatio is each estimator on log prices, or on raw ones if asked, and says which", () => {
  const { y, x } = prices();
  const [ly, lx] = [logs(y), logs(x)];
  assert.equal(hedgeRatio(y, x).beta, ols(ly, lx).beta[0]);
  assert.equal(hedgeRatio(y, x, { method: "tls" }).beta, totalLeastSquares(ly, lx).beta);
  assert.equal(hedgeRatio(y, x, { method: "huber" }).beta, huber(ly, lx).beta);
  assert.equal(hedgeRatio(y, x, { method: "theil-sen" }).low, theilSen(ly, lx).low);
  const raw = hedgeRatio(y, x, { prices: "raw", intercept: false });
  assert.equal(raw.beta, ols(y, x, { intercept: false }).beta[0]);
  assert.deepEqual([raw.prices, raw.alpha, raw.method], ["raw", 0, "ols"]);
});

test("the band of least squares is of HAC errors with Andrews' lags unless told, and every band holds its own β", () => {
  const { y, x } = prices();
  const slope = ols(logs(y), logs(x), { errors: "HAC", lags: "andrews" }).parameters[1]!;
  const { low, high } = hedgeRatio(y, x);
  assert.deepEqual([low, high], [slope.low, slope.high]);
  for (const ratio of hedgeRatios(y, x)) {
    if (ratio.method === "tls") assert.ok(Number.isNaN(ratio.low));
    else assert.ok(ratio.low < ratio.beta && ratio.beta < ratio.high, ratio.method);
  }
});

test("hedge ratios side by side are a table with a row a method", () => {
  const { y, x } = prices();
  const table = hedgeRatioTable(hedgeRatios(y, x));
  assert.equal(table.length, 4);
  assert.deepEqual(table.columns[0]!.values, ["least squares", "total least squares", "Huber", "Theil-Sen"]);
});

test("moving hedge ratios run on the scale they name, and fit spread as they are", () => {
  const { y, x } = prices();
  const rolling = rollingHedgeRatio(y, x, { window: 60 });
  assertSame(rolling.beta, rollingOls(logs(y), logs(x), { window: 60 }).beta);
  const values = spread(y, x, rolling).values;
  assert.ok(Number.isNaN(values[58]) && Math.abs(values[59]!) < 0.02);
  const line = kalmanHedgeLine(y, x, { stateNoise: 1e-9, noise: 4e-6 });
  assertClose(line.beta[399]!, 0.8, 0.05);
  assertAllClose(
    line.zScore,
    line.innovation.map((v, t) => v / Math.sqrt(line.innovationVariance[t]!)),
    0,
  );
  const ratio = kalmanHedgeRatio(y, x, { prices: "raw" });
  assert.deepEqual([ratio.prices, ratio.alpha[0], ratio.alpha[399]], ["raw", 0, 0]);
  assertAllClose(
    spread(y, x, ratio).values,
    y.map((value, t) => value - ratio.beta[t]! * x[t]!),
    1e-12,
    "s",
    1e-9,
  );
});

test("moving hedge ratios are causal at every prefix", () => {
  const { y, x } = prices(60);
  const cut = (end: number) => [y.subarray(0, end), x.subarray(0, end)] as const;
  assertCausal(60, (end) => {
    const { alpha, beta, betaError } = rollingHedgeRatio(...cut(end), { window: 9 });
    return [alpha, beta, betaError];
  });
  assertCausal(60, (end) => {
    const { beta, zScore } = kalmanHedgeLine(...cut(end), { stateNoise: 1e-6, noise: 1e-4 });
    return [beta, zScore];
  });
});

test("hedgeRatio refuses what no method answers", () => {
  const { y, x } = prices(50);
  assert.throws(() => hedgeRatio(y, x, { method: "ridge" as "ols" }), {
    message:
      'hedgeRatio: method must be one of "ols", "tls", "huber", "theil-sen"; got "ridge". Pass for example method: "ols".',
  });
  assert.throws(() => hedgeRatio(y, x, { method: "theil-sen", intercept: false }), { code: "bad-setting" });
  assert.throws(
    () =>
      hedgeRatio(
        y.map((value) => -value),
        x,
      ),
    { code: "not-a-price" },
  );
  assert.throws(() => hedgeRatio(y, x.subarray(1)), { code: "length-mismatch" });
});

test("pairTable has a row a minute, each as it stood at the last bar of that minute", () => {
  const { y, x } = prices(150);
  // a bar every 25 s from 12:00:00 on: bars 0 to 2 start in the first minute, 3 and 4 in the second
  const start = Date.UTC(2024, 0, 1, 12) * 1000;
  const startUs = Float64Array.from({ length: 150 }, (_, t) => start + t * 25e6);
  const hedge = hedgeRatio(y, x);
  const table = pairTable(startUs, y, x, { window: 20, hedge });
  const column = (name: string) => table.columns.find((c) => c.name === name)!.values as Float64Array;
  assert.deepEqual(
    table.columns.map(({ name }) => name),
    ["time", "y", "x", "β", "spread (log)", "mean", "deviation", "z-score", "correlation of moves"],
  );
  assert.equal(table.length, 63);
  assert.deepEqual([...column("time").subarray(0, 2)], [start, start + 60e6]);
  assert.deepEqual([...column("y").subarray(0, 2)], [y[2], y[4]]);
  const z = rollingZScore(spread(y, x, hedge).values, { window: 20 });
  assert.equal(column("z-score")[62], z[149]);
  for (const { values } of table.columns) assert.equal(values.length, 63);
});

test("pairTable takes a ratio for every bar and raw prices below zero, and refuses bars out of order", () => {
  const [y, x] = [walk(3, 100, 0), walk(4, 100, 0)];
  const startUs = Float64Array.from({ length: 100 }, (_, t) => t * 60e6);
  const hedge = rollingHedgeRatio(y, x, { window: 10, prices: "raw" });
  const table = pairTable(startUs, y, x, { window: 10, hedge });
  assert.equal(table.length, 100);
  assertSame(table.columns[3]!.values as Float64Array, hedge.beta);
  assert.equal(
    pairTable(new Float64Array(), new Float64Array(), new Float64Array(), { window: 5, hedge: { beta: 1 } })
      .length,
    0,
  );
  assert.throws(() => pairTable(startUs.toReversed(), y, x, { window: 10, hedge }), {
    code: "unordered-bars",
  });
});

test("every table of results is one that render shows and exports", () => {
  const { y, x } = prices(100);
  const startUs = Float64Array.from({ length: 100 }, (_, t) => 1.7e15 + t * 60e6);
  const tables: TableData[] = [
    hedgeRatioTable(hedgeRatios(y, x)),
    pairTable(startUs, y, x, { window: 20, hedge: hedgeRatio(y, x) }),
    testTable(adf(x)),
    testsTable([adf(x), adf(y)], "Unit roots"),
  ];
  for (const table of tables) {
    const view = tableView(table);
    assert.match(view.html, /<table/);
    assert.ok(csvText(table).split("\n").length > table.length);
  }
});
