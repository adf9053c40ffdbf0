/** What Stirling's formula leaves: ln Γ(a) − [(a − ½) ln a − a + ½ ln 2π], for a > 0. */
export function stirlingRest(a: number): number {
  let rest = 0;
  let at = a;
  for (; at < 10; at++) rest += (at + 0.5) * Math.log1p(1 / at) - 1;
  const s = 1 / (at * at);
  const series =
    1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - s * (691 / 360360 - s / 156)))));
  return rest + series / at;
}

/** a ln(a / m) + m − a, without cancellation where a and m are close (Loader 2000, the deviance part). */
export function deviance(a: number, m: number): number {
  const v = (a - m) / (a + m);
  if (!(Math.abs(v) <= 0.1)) return a * Math.log(a / m) + m - a;
  let sum = (a - m) * v;
  let power = 2 * a * v;
  for (let j = 3; ; j += 2) {
    power *= v * v;
    const next = sum + power / j;
    if (next === sum) return sum;
    sum = next;
  }
}
