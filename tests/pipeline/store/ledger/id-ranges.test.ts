import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../../../src/core/random.ts";
import { idRanges } from "../../../../src/pipeline/store/ledger/id-ranges.ts";

test("classify tells how an id stands to the ids held", () => {
  const held = idRanges();
  assert.equal(held.classify(5), "first");
  held.hold(5, 7);
  assert.deepEqual([4, 5, 7, 8, 9].map(held.classify), ["before", "known", "known", "next", "gap"]);
  held.hold(10, 12);
  assert.deepEqual([8, 9, 10, 13].map(held.classify), ["late", "late", "known", "next"]);
});

test("hold joins what touches or overlaps, from either side", () => {
  const held = idRanges([
    { first: 5, last: 7 },
    { first: 10, last: 12 },
    { first: 20, last: 20 },
  ]);
  held.hold(8, 8);
  held.hold(19, 19);
  held.hold(1, 2);
  assert.deepEqual(held.ranges, [
    { first: 1, last: 2 },
    { first: 5, last: 8 },
    { first: 10, last: 12 },
    { first: 19, last: 20 },
  ]);
  held.hold(3, 30);
  assert.deepEqual(held.ranges, [{ first: 1, last: 30 }]);
});

test("missing and count give the holes of any range", () => {
  const held = idRanges([
    { first: 5, last: 7 },
    { first: 10, last: 12 },
  ]);
  assert.deepEqual(held.missing({ first: 1, last: 15 }), [
    { first: 1, last: 4 },
    { first: 8, last: 9 },
    { first: 13, last: 15 },
  ]);
  assert.deepEqual(held.missing({ first: 6, last: 8 }), [{ first: 8, last: 8 }]);
  assert.deepEqual(held.missing({ first: 10, last: 12 }), []);
  assert.equal(held.count({ first: 1, last: 15 }), 6);
});

test("idRanges equals a plain set of ids, for any order of additions and removals", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { uniform } = random(seed);
    const held = idRanges();
    const set = new Set<number>();
    for (let i = 0; i < 60; i++) {
      const first = Math.floor(uniform() * 100);
      const last = first + Math.floor(uniform() ** 3 * 12);
      const known = [...set];
      const expected =
        set.size === 0
          ? "first"
          : set.has(first)
            ? "known"
            : first === Math.max(...known) + 1
              ? "next"
              : first > Math.max(...known)
                ? "gap"
                : first < Math.min(...known)
                  ? "before"
                  : "late";
      assert.equal(held.classify(first), expected, `seed ${seed}`);
      const isOut = uniform() < 0.2;
      if (isOut) held.release(first, last);
      else held.hold(first, last);
      for (let id = first; id <= last; id++) isOut ? set.delete(id) : set.add(id);
      const flat = held.ranges.flatMap((range) =>
        Array.from({ length: range.last - range.first + 1 }, (_, k) => range.first + k),
      );
      assert.deepEqual(
        flat,
        [...set].sort((a, b) => a - b),
        `seed ${seed}`,
      );
      assert.ok(
        held.ranges.every((range, k) => k === 0 || range.first > held.ranges[k - 1]!.last + 1),
        `seed ${seed}: touching ranges`,
      );
      assert.equal(held.count({ first: 0, last: 120 }), set.size);
    }
  }
});

test("holdAll equals holding each range, in any order and whatever is held; around is what lies within and its neighbours", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { uniform } = random(seed);
    const some = (count: number): { first: number; last: number }[] =>
      Array.from({ length: count }, () => {
        const first = Math.floor(uniform() * 200);
        return { first, last: first + Math.floor(uniform() ** 3 * 9) };
      });
    const [together, each] = [idRanges(), idRanges()];
    for (const count of [0, 1, 12, 30]) {
      const more = some(count);
      const given = structuredClone(more);
      together.holdAll(more);
      for (const { first, last } of more) each.hold(first, last);
      assert.deepEqual(together.ranges, each.ranges, `seed ${seed}`);
      assert.deepEqual(more, given);
    }
    const [{ first, last }] = some(1) as [{ first: number; last: number }];
    const { ranges } = each;
    const near = [
      ranges.findLast((range) => range.last < first),
      ...ranges.filter((range) => range.last >= first && range.first <= last),
      ranges.find((range) => range.first > last),
    ].filter((range) => range !== undefined);
    assert.deepEqual(each.around({ first, last }), near, `seed ${seed}: ${first} to ${last}`);
  }
});
