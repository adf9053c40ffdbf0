import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterOrder } from "../../../src/analytics/correlation/cluster-order.ts";
import {
  type CorrelationMatrix,
  correlationMatrix,
  ranks,
} from "../../../src/analytics/correlation/correlation.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { noise, walk } from "../support/laws.ts";
import { reference, refNoise } from "../support/reference.ts";

const nan = Number.NaN;
const values = reference("correlation");
const METHODS = ["pearson", "spearman", "kendall"] as const;

function refColumns(): Record<string, Float64Array> {
  const columns = Array.from({ length: 8 }, (_, i) => {
    const own = refNoise(90 + i, 120);
    const sum = refNoise(80 + (i % 4), 120).map((value, t) => value + 0.5 * own[t]!);
    return i === 5 || i === 6 ? sum.map(Math.round) : sum;
  });
  return Object.fromEntries(columns.map((column, i) => [`s${i}`, column]));
}

test("correlations of (1,2,3,4) and (1,3,2,4) are those of a pocket calculator", () => {
  const series = { a: Float64Array.of(1, 2, 3, 4), b: Float64Array.of(1, 3, 2, 4) };
  for (const [method, expected] of [
    ["pearson", 0.8],
    ["spearman", 0.8],
    ["kendall", 2 / 3],
  ] as const) {
    const { values: rows, nobs, names } = correlationMatrix(series, { method });
    assertAllClose([...rows[0]!, ...rows[1]!], [1, expected, expected, 1], 1e-15, method);
    assert.deepEqual([names, nobs[0]![1]], [["a", "b"], 4]);
  }
});

for (const method of METHODS) {
  test(`${method} agrees with scipy (1e-12), with ties as well`, () => {
    const { values: rows } = correlationMatrix(refColumns(), { method });
    rows.forEach((row, i) => {
      assertAllClose(row, values[method][i], 1e-12, `row ${i}`, 1e-14);
    });
  });

  test(`${method} uses the rows in which both series are there, and is NaN where one does not vary`, () => {
    const [a, b] = [noise(1, 60), noise(2, 60)];
    const clean = correlationMatrix({ a: a.subarray(5), b: b.subarray(5) }, { method }).values[0]![1]!;
    a.fill(nan, 0, 3);
    b.fill(nan, 3, 5);
    const flat = new Float64Array(60).fill(0.1);
    const { values: rows, nobs } = correlationMatrix({ a, b, flat }, { method });
    assertClose(rows[0]![1]!, clean, 1e-14);
    assert.deepEqual([nobs[0]![0], nobs[0]![1], nobs[1]![2]], [57, 55, 58]);
    assert.ok(Number.isNaN(rows[0]![2]) && Number.isNaN(rows[2]![2]));
  });

  test(`${method} does not feel a shift or a scale, and keeps its digits at an offset of 1e9`, () => {
    const [a, b] = [walk(3, 100), walk(4, 100)].map((v) => v.map((value) => Math.round(value * 1024) / 1024));
    const plain = correlationMatrix({ a: a!, b: b! }, { method }).values[0]![1]!;
    const far = { a: a!.map((value) => 1e9 + 4 * value), b: b!.map((value) => 1e9 - value) };
    assertClose(correlationMatrix(far, { method }).values[0]![1]!, -plain, 1e-10);
  });
}

test("kendall by merge sort is kendall by counting pairs", () => {
  const [a, b] = [noise(5, 80), noise(6, 80)].map((v) => v.map((value) => Math.round(3 * value)));
  let [score, untiedA, untiedB] = [0, 0, 0];
  for (let i = 0; i < 80; i++) {
    for (let j = 0; j < i; j++) {
      const [da, db] = [Math.sign(a![i]! - a![j]!), Math.sign(b![i]! - b![j]!)];
      score += da * db;
      untiedA += da * da;
      untiedB += db * db;
    }
  }
  const { values: rows } = correlationMatrix({ a: a!, b: b! }, { method: "kendall" });
  assertClose(rows[0]![1]!, score / Math.sqrt(untiedA * untiedB), 1e-14);
});

test("ranks start at 1 and equal values share the mean of theirs", () => {
  assert.deepEqual([...ranks(Float64Array.of(5, 1, 5, 3))], [3.5, 1, 3.5, 2]);
});

test("correlationMatrix takes no series and one value, and refuses lengths that differ and infinities", () => {
  assert.deepEqual(correlationMatrix({}).values, []);
  assert.ok(Number.isNaN(correlationMatrix({ a: Float64Array.of(1) }).values[0]![0]));
  assert.throws(() => correlationMatrix({ a: noise(7, 3), b: noise(8, 4) }), {
    message:
      "correlationMatrix: needs series of one length; got a with 3, b with 4. Align both on the same bars first.",
  });
  assert.throws(() => correlationMatrix({ a: Float64Array.of(1, Number.POSITIVE_INFINITY) }), {
    code: "infinite-value",
  });
  assert.throws(() => correlationMatrix({}, { method: "cosine" as "pearson" }), { code: "bad-setting" });
});

const pathCost = (matrix: CorrelationMatrix, order: readonly number[]): number =>
  order.slice(1).reduce((sum, to, i) => sum + 1 - matrix.values[order[i]!]![to]!, 0);

test("clusterOrder merges at the heights of scipy's average linkage, and takes the shortest path of that tree", () => {
  const matrix = correlationMatrix(refColumns());
  const { order, merges } = clusterOrder(matrix);
  assertAllClose(
    merges.map(({ distance }) => distance),
    values.heights,
    1e-12,
    "height",
  );
  assertClose(pathCost(matrix, order), values.path, 1e-12, "path");
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
});

test("clusterOrder is the shortest of all orders that flipping branches of its tree allows", () => {
  const columns = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`s${i}`, noise(20 + i, 12)]));
  const matrix = correlationMatrix(columns);
  const { order, merges } = clusterOrder(matrix);
  let shortest = Number.POSITIVE_INFINITY;
  for (let flips = 0; flips < 2 ** merges.length; flips++) {
    const laid = new Map<string, readonly number[]>(order.map((i) => [String(i), [i]]));
    merges.forEach(({ left, right }, k) => {
      const pair = [laid.get(String(left))!, laid.get(String(right))!];
      laid.set(String([...left, ...right]), ((flips >> k) & 1 ? pair.toReversed() : pair).flat());
    });
    shortest = Math.min(shortest, pathCost(matrix, [...laid.values()].at(-1)!));
  }
  assertClose(pathCost(matrix, order), shortest, 1e-12);
});

test("clusterOrder takes no series, one, and one that does not vary; a hundred in reasonable time, and five hundred at most", () => {
  assert.deepEqual(clusterOrder(correlationMatrix({})).order, []);
  assert.deepEqual(clusterOrder(correlationMatrix({ a: noise(9, 9) })).order, [0]);
  const flat = correlationMatrix({ a: noise(9, 9), flat: new Float64Array(9), b: noise(10, 9) });
  assert.equal(clusterOrder(flat).order.length, 3);
  const many = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`s${i}`, noise(i + 1, 30)]));
  assert.throws(() => clusterOrder(correlationMatrix(many)), { code: "too-many-series" });
  for (let i = 100; i <= 500; i++) delete many[`s${i}`];
  assert.equal(new Set(clusterOrder(correlationMatrix(many)).order).size, 100);
});
