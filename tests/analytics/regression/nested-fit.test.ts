import assert from "node:assert/strict";
import { test } from "node:test";
import { nestedFit, quickNestedFit } from "../../../src/analytics/regression/nested-fit.ts";
import { ols } from "../../../src/analytics/regression/ols.ts";
import { assertAllClose, assertClose } from "../support/assert-close.ts";
import { noise } from "../support/laws.ts";

const columns = Array.from({ length: 5 }, (_, k) => noise(k + 1, 80));
const target = noise(9, 80);

test("each step of a nested fit leaves what least squares on so many columns leaves", () => {
  const { along, rest } = nestedFit(columns, target);
  let squares = rest;
  for (let count = 5; count > 0; count--) {
    const fit = ols(target, columns.slice(0, count), { intercept: false });
    assertClose(squares, fit.residualStd ** 2 * fit.degreesOfFreedom, 1e-12, `${count} columns`);
    squares += along[count - 1]! ** 2;
  }
});

test("the quick way gives the same but for signs, and leaves its columns as they were", () => {
  const before = columns.map((column) => column.slice());
  const quick = quickNestedFit(columns, target)!;
  const slow = nestedFit(columns, target);
  assertAllClose(quick.along.map(Math.abs), slow.along.map(Math.abs), 1e-11, "along");
  assertAllClose(quick.diagonal.map(Math.abs), slow.diagonal.map(Math.abs), 1e-12, "diagonal");
  assertClose(quick.rest, slow.rest, 1e-12);
  assert.deepEqual(columns, before);
});

test("the quick way steps back where its square of the condition would cost digits", () => {
  const close = columns[0]!.map((value, i) => value + 1e-4 * columns[1]![i]!);
  assert.equal(quickNestedFit([columns[0]!, close], target), undefined);
  assert.equal(quickNestedFit([new Float64Array(80)], target), undefined);
  const nearTarget = target.map((value, i) => value + 1e-4 * columns[1]![i]!);
  assert.equal(quickNestedFit([nearTarget], target), undefined);
  assert.ok(nestedFit([nearTarget], target).rest > 0);
});

test("a column that the others make up is passed over", () => {
  const sum = columns[0]!.map((value, i) => value + 2 * columns[1]![i]!);
  const { along, rest } = nestedFit([columns[0]!, columns[1]!, sum, columns[2]!], target);
  const without = nestedFit([columns[0]!, columns[1]!, columns[2]!], target);
  assert.ok(Number.isNaN(along[2]));
  assertClose(along[3]!, without.along[2]!, 1e-11);
  assertClose(rest, without.rest, 1e-13);
});
