import { random } from "../../../core/random.ts";

/** A function on the grid `0 … 2^depth`, known at its ends and refined by halving: any place costs `depth` steps. */
export interface Dyadic {
  /** The value at `x`, a straight line between grid points. */
  at(x: number): number;
  /** Where the function never falls: the last grid point whose value is at or below `value`. */
  find(value: number): number;
}

/**
 * `midpoint(level, place, left, right)` gives the value half way between two neighbours `2^level` apart.
 * It has to be a pure function; the last path is remembered, so that neighbouring places cost a step or two.
 */
export function dyadic(
  depth: number,
  first: number,
  last: number,
  midpoint: (level: number, place: number, left: number, right: number) => number,
): Dyadic {
  const start = new Float64Array(depth + 1).fill(-1);
  const left = new Float64Array(depth + 1);
  const right = new Float64Array(depth + 1);
  const middle = new Float64Array(depth + 1).fill(Number.NaN);
  const size = Float64Array.from({ length: depth + 1 }, (_, level) => 2 ** level);
  start[depth] = 0;
  left[depth] = first;
  right[depth] = last;

  const middleOf = (level: number): number => {
    let value = middle[level]!;
    if (Number.isNaN(value)) {
      value = midpoint(level, start[level]! + size[level - 1]!, left[level]!, right[level]!);
      middle[level] = value;
    }
    return value;
  };
  const halve = (level: number, goRight: boolean): void => {
    const value = middleOf(level);
    const below = level - 1;
    const place = goRight ? start[level]! + size[below]! : start[level]!;
    if (start[below] === place) return;
    start[below] = place;
    left[below] = goRight ? value : left[level]!;
    right[below] = goRight ? right[level]! : value;
    middle[below] = Number.NaN;
  };
  const descend = (place: number): void => {
    let level = 0;
    while (place < start[level]! || place >= start[level]! + size[level]! || start[level]! < 0) level++;
    for (; level > 0; level--) halve(level, place >= start[level]! + size[level - 1]!);
  };

  return {
    at(x) {
      const place = Math.min(Math.floor(x), size[depth]! - 1);
      descend(place);
      const part = x - place;
      return part === 0 ? left[0]! : left[0]! + part * (right[0]! - left[0]!);
    },
    find(value) {
      for (let level = depth; level > 0; level--) halve(level, value >= middleOf(level));
      return start[0]!;
    },
  };
}

/**
 * A stationary Ornstein-Uhlenbeck path with mean 0: the Gaussian process with covariance `sd² · 2^(-|h| / halfLife)`.
 * With ρ = 2^(-h / halfLife), half way between two neighbours at distance 2h it has, given them,
 * mean `(left + right) · ρ / (1 + ρ²)` and variance `sd² (1 - ρ²) / (1 + ρ²)`.
 */
export function ouPath(depth: number, halfLife: number, sd: number, key: readonly number[]): Dyadic {
  const weight = new Float64Array(depth + 1);
  const noise = new Float64Array(depth + 1);
  for (let level = 1; level <= depth; level++) {
    const logRho = (-Math.LN2 * 2 ** (level - 1)) / halfLife;
    const rho = Math.exp(logRho);
    weight[level] = rho / (1 + rho * rho);
    noise[level] = sd * Math.sqrt(-Math.expm1(2 * logRho) / (1 + rho * rho));
  }
  const ends = random(...key);
  return dyadic(
    depth,
    sd * ends.normal(),
    sd * ends.normal(),
    (level, place, left, right) =>
      weight[level]! * (left + right) + noise[level]! * random(...key, level, place).normal(),
  );
}
