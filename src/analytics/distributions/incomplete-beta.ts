import { awayFromZero, type Tails } from "./incomplete-gamma.ts";
import { deviance, stirlingRest } from "./stirling.ts";

/** Regularised incomplete beta function I_x(a, b) and its complement; `y` is 1 − x, given apart to keep its digits. */
export function incompleteBeta(a: number, b: number, x: number, y: number): Tails {
  if (Number.isNaN(x)) return { lower: Number.NaN, upper: Number.NaN };
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  const n = a + b;
  // xᵃ yᵇ / B(a, b), in Loader's form: exact for large a and b
  const front =
    Math.sqrt((a * b) / (2 * Math.PI * n)) *
    Math.exp(stirlingRest(n) - stirlingRest(a) - stirlingRest(b) - deviance(a, n * x) - deviance(b, n * y));
  // a − n x, from whichever of x and y holds the digits
  const below = a > b ? n * y - b : a - n * x;
  if (below > 0) {
    const lower = front * fraction(a, b, x, y, below);
    return { lower, upper: 1 - lower };
  }
  const upper = front * fraction(b, a, y, x, -below);
  return { lower: 1 - upper, upper };
}

/** The continued fraction of I_x(a, b) in the form of Didonato and Morris (1992), by Lentz's method. */
function fraction(a: number, b: number, x: number, y: number, below: number): number {
  let c = Number.MAX_VALUE;
  let d = (a + 1) / (a * (below + 1));
  let value = d;
  for (let n = 1; n < 100_000; n++) {
    const at = a + 2 * n;
    const w = n * (b - n) * x;
    const over = ((a + n - 1) * (a + b + n - 1) * w * x) / ((at - 1) * (at - 1));
    const under = n + w / (at - 1) + ((a + n) / (at + 1)) * (below + 1 + n * (1 + y));
    d = 1 / awayFromZero(under + over * d);
    c = awayFromZero(under + over / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 2e-16) break;
  }
  return value;
}
