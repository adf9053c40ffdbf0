import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import { deltaOf, patched } from "../../../src/notebook/page/delta.ts";

/** As it goes over the wire. */
const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function check(before: unknown, after: unknown): number {
  const delta = deltaOf(before, after);
  if (delta === undefined) {
    assert.deepEqual(before, after);
    return 0;
  }
  const kept = structuredClone(before);
  assert.deepEqual(patched(before, sent(delta)), sent(after));
  assert.deepEqual(before, kept, "what was before is left as it was");
  return JSON.stringify(delta).length;
}

test("a delta makes what was before what comes after, of values, texts, lists and objects", () => {
  const values = [
    1,
    null,
    "a",
    "",
    "abc",
    "abXc",
    [],
    [1],
    [1, 2, 3],
    [2, 3, 4],
    [[1], [2]],
    {},
    { a: 1 },
    { a: [1] },
    { b: { c: "d" } },
    true,
  ];
  for (const before of values) for (const after of values) check(before, after);
});

test("a row that came and one that left cost themselves, whatever stays between them", () => {
  const column = (from: number): number[] => Array.from({ length: 300 }, (_, i) => (from + i) / 7);
  const chart = (from: number) => ({
    data: { values: [{ t: column(from), c: column(from + 9) }] },
    mark: "line",
  });
  assert.ok(check(chart(0), chart(1)) < 150);
  assert.ok(check(chart(0), chart(5)) < 400);
  assert.equal(check(chart(3), chart(3)), 0);
});

test("random trees, changed at random, arrive whole", () => {
  const source = random(3);
  const pick = (n: number): number => Math.floor(source.uniform() * n);
  const tree = (depth: number): unknown => {
    if (depth === 0 || pick(4) === 0) return [pick(3), "x".repeat(pick(4)), null, pick(2) === 0][pick(4)];
    const many = Array.from({ length: pick(5) }, () => tree(depth - 1));
    return pick(2) === 0 ? many : Object.fromEntries(many.map((one, k) => ["abcde"[k]!, one]));
  };
  for (let k = 0; k < 3000; k++) check(tree(4), tree(4));
});
