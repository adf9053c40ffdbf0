import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isTurned,
  type Judge,
  judge,
  type Threshold,
  type Verdict,
} from "../../../src/analytics/alerts/judge.ts";

const Z: Threshold = { when: "abs", fire: 2, resolve: 1 };
const VOLUME: Threshold = { when: "above", fire: 10, resolve: 5 };
/** A value of each that is so. */
const AS: Readonly<Record<Verdict, readonly [z: number, volume: number]>> = {
  out: [2.5, 12],
  between: [1.5, 7],
  back: [0.5, 3],
  missing: [Number.NaN, Number.NaN],
};
const VERDICTS: readonly Verdict[] = ["out", "between", "back", "missing"];

/** Rows: the first value; columns: the second, both in the order of `VERDICTS`. By hand. */
const ALL: readonly Verdict[][] = [
  ["out", "between", "back", "missing"],
  ["between", "between", "back", "missing"],
  ["back", "back", "back", "missing"],
  ["missing", "missing", "missing", "missing"],
];
const ANY: readonly Verdict[][] = [
  ["out", "out", "out", "out"],
  ["out", "between", "between", "missing"],
  ["out", "between", "back", "missing"],
  ["out", "missing", "missing", "missing"],
];

for (const [by, truth] of [
  ["all", ALL],
  ["any", ANY],
] as const) {
  test(`${by}: every pair of verdicts, by hand, in either order, and which value led to it`, () => {
    VERDICTS.forEach((first, row) => {
      VERDICTS.forEach((second, column) => {
        const expected = truth[row]![column]!;
        const values = [AS[first][0], AS[second][1]];
        const found = judge({ by, of: [Z, VOLUME] }, values, []);
        assert.equal(found.verdict, expected, `${first}, ${second}`);
        assert.equal(found.lead, first === expected ? 0 : 1, `${first}, ${second}`);
        const turned = judge({ by, of: [VOLUME, Z] }, values.toReversed(), []);
        assert.equal(turned.verdict, expected, `${second}, ${first}`);
      });
    });
  });
}

test("one value is what it is alone, by all as by any", () => {
  for (const verdict of VERDICTS) {
    for (const by of ["all", "any"] as const)
      assert.equal(judge({ by, of: [Z] }, [AS[verdict][0]], []).verdict, verdict);
  }
});

test("sides are those on which values were out last, and stay the same object while they do", () => {
  const of: Judge = { by: "any", of: [Z, VOLUME, Z] };
  const first = judge(of, [2, 12, 0.1], []);
  assert.deepEqual(first.sides, [1, 0, 0]);
  const second = judge(of, [1.5, 3, -3], first.sides);
  assert.deepEqual(second.sides, [1, 0, -1]);
  assert.ok(!isTurned(first.sides, second.sides));
  assert.equal(judge(of, [Number.NaN, 3, -1.5], second.sides).sides, second.sides);
  const third = judge(of, [-2, 3, -3], second.sides);
  assert.deepEqual(third.sides, [-1, 0, -1]);
  assert.ok(isTurned(second.sides, third.sides));
});

test("to have crossed 0 is to be back, of a value that was out; of one that was not, only resolve counts", () => {
  const of: Judge = { by: "any", of: [Z] };
  assert.equal(judge(of, [-1.5], [1]).verdict, "back");
  assert.equal(judge(of, [-1.5], [-1]).verdict, "between");
  assert.equal(judge(of, [-1.5], [0]).verdict, "between");
});
