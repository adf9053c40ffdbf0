import { deviance, stirlingRest } from "./stirling.ts";

/** Lower and upper tail, each to its own relative accuracy; they add up to 1. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/** Regularised incomplete gamma functions P(a, x) and Q(a, x): series below the mean, continued fraction above. */
export function incompleteGamma(a: number, x: number): Tails {
  if (Number.isNaN(x)) return { lower: Number.NaN, upper: Number.NaN };
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  // xᵃ e⁻ˣ / Γ(a), in Loader's form: exact for large a
  const front = Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingRest(a) - deviance(a, x));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= x / (a + k);
      sum += term;
    }
    const lower = front * sum;
    return { lower, upper: 1 - lower };
  }
  // Lentz's method
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 100_000; k++) {
    const an = k * (a - k);
    b += 2;
    d = 1 / awayFromZero(an * d + b);
    c = awayFromZero(b + an / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 2e-16) break;
  }
  const upper = front * fraction;
  return { lower: 1 - upper, upper };
}

/** Keeps a continued fraction from dividing by zero. */
export function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
