import assert from "node:assert/strict";
import { type Random, random } from "../../../src/core/random.ts";

/** A seeded random walk. */
export function walk(seed: number, length: number, start = 100, step = 1): Float64Array {
  const source: Random = random(seed);
  let level = start;
  return Float64Array.from({ length }, () => {
    level += step * source.normal();
    return level;
  });
}

/** Seeded normal values. */
export function noise(seed: number, length: number, deviation = 1): Float64Array {
  const source = random(seed);
  return Float64Array.from({ length }, () => deviation * source.normal());
}

/** The value at t depends on nothing after t: every prefix of the input gives the same prefix of the output, bit by bit. */
export function assertCausal(
  length: number,
  run: (length: number) => readonly ArrayLike<number>[] | ArrayLike<number>,
): void {
  const columns = (end: number): readonly ArrayLike<number>[] => {
    const out = run(end);
    return "length" in out && typeof out[0] === "object"
      ? (out as ArrayLike<number>[])
      : [out as ArrayLike<number>];
  };
  const whole = columns(length);
  for (let end = 0; end <= length; end++) {
    columns(end).forEach((column, c) => {
      assert.equal(column.length, end);
      for (let i = 0; i < end; i++) {
        assert.ok(
          Object.is(column[i], whole[c]![i]),
          `column ${c}, index ${i}: ${column[i]} when cut at ${end}, ${whole[c]![i]} in full`,
        );
      }
    });
  }
}
