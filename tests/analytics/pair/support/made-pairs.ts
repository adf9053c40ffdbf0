import { pairVerdict } from "../../../../src/analytics/pair/pair-verdict.ts";
import { random } from "../../../../src/core/random.ts";

export type PairKind =
  | "walks"
  | "correlated walks"
  | "pair"
  | "β breaks"
  | "β breaks late"
  | "spread turns walk"
  | "level breaks";

/**
 * Closes of a made pair: log x a walk, log y = log x + spread; a break is in the middle, a late one after three quarters.
 * The steps of correlated walks have a correlation of 0.9.
 */
export function madePair(
  kind: PairKind,
  bars: number,
  halfLife: number,
  seed: number,
): { readonly y: Float64Array; readonly x: Float64Array } {
  const { normal } = random(0x7a1d, bars, halfLife, seed);
  const phi = 0.5 ** (1 / halfLife);
  const deviation = 0.001 / Math.sqrt(1 - phi * phi);
  const [y, x] = [new Float64Array(bars), new Float64Array(bars)];
  let [a, b, spread, bent] = [4, 4, deviation * normal(), 0];
  for (let t = 0; t < bars; t++) {
    const step = 0.001 * normal();
    a += step;
    b += 0.001 * normal();
    if (kind === "correlated walks") b += (0.9 / Math.sqrt(1 - 0.81)) * step;
    const isLate = t >= bars / 2;
    spread = (kind === "spread turns walk" && isLate ? 1 : phi) * spread + 0.001 * normal();
    if ((kind === "β breaks" && isLate) || (kind === "β breaks late" && t >= 0.75 * bars)) bent += 0.5 * step;
    const level = kind === "level breaks" && isLate ? 4 * deviation : 0;
    x[t] = Math.exp(a);
    y[t] = Math.exp(kind.endsWith("walks") ? b : a + bent + spread + level);
  }
  return { y, x };
}

/** Shares of yes, no and too short to say. */
export function verdictShares(
  kind: PairKind,
  bars: number,
  halfLife: number,
  seeds: number,
  first = 0,
): { readonly yes: number; readonly no: number; readonly short: number } {
  const counts = { yes: 0, no: 0, "too short to say": 0 };
  for (let seed = first; seed < first + seeds; seed++) {
    const { y, x } = madePair(kind, bars, halfLife, seed);
    counts[pairVerdict(y, x).verdict] += 1;
  }
  const share = (count: number): number => count / seeds;
  return { yes: share(counts.yes), no: share(counts.no), short: share(counts["too short to say"]) };
}
