import { readFileSync } from "node:fs";

/** Values from outside packages; made and described by reference/make_reference.py. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is that of a file
export function reference(family: string): any {
  const file = new URL(`../reference/${family}.reference.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"), (_, value) => (value === null ? Number.NaN : value)).values;
}

/** The generators of make_reference.py: the same numbers to the last bit. */
export function uniforms(seed: number, length: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state = (1664525 * state + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  });
}

export function refNoise(seed: number, length: number): Float64Array {
  const u = uniforms(seed, 12 * length);
  return Float64Array.from(
    { length },
    (_, i) => u.subarray(12 * i, 12 * i + 12).reduce((sum, value) => sum + value, 0) - 6,
  );
}

export function refWalk(seed: number, length: number, start = 100): Float64Array {
  let level = start;
  return refNoise(seed, length).map((step) => {
    level += step;
    return level;
  });
}

/** Two cointegrated series: y = 2 + 0.75 x + an autoregression with φ = 0.875. */
export function refPair(seed: number, length: number): { y: Float64Array; x: Float64Array } {
  const x = refWalk(seed, length);
  const e = refNoise(seed + 1, length);
  let s = 0;
  const y = x.map((value, t) => {
    s = 0.875 * s + e[t]!;
    return 2 + 0.75 * value + s;
  });
  return { y, x };
}
