import assert from "node:assert/strict";

/** Equal within a relative tolerance, or an absolute one near zero; NaN equals NaN. */
export function assertClose(
  got: number,
  expected: number,
  tolerance: number,
  what = "value",
  near = 0,
): void {
  if (Number.isNaN(got) && Number.isNaN(expected)) return;
  const off = Math.abs(got - expected);
  assert.ok(
    got === expected || off <= Math.max(tolerance * Math.abs(expected), near),
    `${what}: got ${got}, expected ${expected}, off by ${off} (relative ${off / Math.abs(expected)})`,
  );
}

/** `assertClose` for every element. */
export function assertAllClose(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = "series",
  near = 0,
): void {
  assert.equal(got.length, expected.length, `${what}: length`);
  for (let i = 0; i < got.length; i++) assertClose(got[i]!, expected[i]!, tolerance, `${what}[${i}]`, near);
}

/** Equal to the last bit, element by element; NaN equals NaN whatever its payload. */
export function assertSame(got: ArrayLike<number>, expected: ArrayLike<number>, what = "series"): void {
  assert.equal(got.length, expected.length, `${what}: length`);
  for (let i = 0; i < got.length; i++) {
    assert.ok(Object.is(got[i], expected[i]), `${what}[${i}]: got ${got[i]}, expected ${expected[i]}`);
  }
}
