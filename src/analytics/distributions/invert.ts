import type { Tails } from "./incomplete-gamma.ts";

/**
 * The x > 0 at which a distribution's lower tail is `p`: Newton's method on log x and the log of the smaller tail,
 * kept in a bracket.
 *
 * @param density x times the density at x: the slope of the lower tail in log x.
 */
export function invert(
  p: number,
  tails: (x: number) => Tails,
  density: (x: number) => number,
  upperP: number = 1 - p,
): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return 0;
  if (upperP === 0) return Number.POSITIVE_INFINITY;
  const lower = p <= upperP;
  const target = Math.log(lower ? p : upperP);
  let low = -740;
  let high = 709;
  let u = 0;
  for (let step = 0; step < 200; step++) {
    const x = Math.exp(u);
    const tail = lower ? tails(x).lower : tails(x).upper;
    const off = (Math.log(tail) - target) * (lower ? 1 : -1);
    if (off === 0) break;
    if (off < 0) low = u;
    else high = u;
    let next = u - (off * tail) / density(x);
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - u) < 2e-16 * Math.max(1, Math.abs(u))) break;
    u = next;
  }
  return Math.exp(u);
}
