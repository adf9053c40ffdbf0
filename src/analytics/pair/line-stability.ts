import { leastSquares } from "../regression/least-squares.ts";
import { nestedFit } from "../regression/nested-fit.ts";
import { halfLife } from "../unit-root/half-life.ts";

/** Whether one line holds for a whole stretch. NaN where a part has a constant price. */
export interface LineStability {
  readonly isStable: boolean;
  /** β of the earlier and of the later half. */
  readonly earlyBeta: number;
  readonly lateBeta: number;
  /** Wald statistic of another level and another β from one bar on, the largest of 15 cuts from 15 to 85 % of the stretch. */
  readonly breakWald: number;
  /** The first bar after that cut. */
  readonly breakAt: number;
  /** The faster return of the two halves over the slower one, each from its own line. */
  readonly returnRatio: number;
  /** What speaks against one line; empty where nothing does. */
  readonly sentence: string;
}

/**
 * Beyond these a line is called broken. One line of 36 half-lives shows a Wald statistic above 17 in 1 of 100 pairs, above 25
 * in 3 of 100 where returns have the tails of Student's t of 3; a return ratio above 4.5 in 1 of 100. Where β moves by half
 * in 36 half-lives and more the Wald statistic is above 25 in 97 of 100 (tests/long/pair-verdict.test.ts).
 */
const LIMITS = { breakWald: 25, returnRatio: 4.5 };
const CUTS = Array.from({ length: 15 }, (_, k) => (k + 3) / 20);

/**
 * Does one line y = α + βx hold for all of these bars? Rows without NaN, on the scale of the spread.
 *
 * Breaks are looked for in y[t] − φy[t−1] on x[t] − φx[t−1], with φ of the residuals of the one line (Cochrane and Orcutt):
 * residuals that return slowly would make the errors of β in levels several times too small, or their bands so wide
 * that a break of β by half passes.
 */
export function lineStability(y: Float64Array, x: Float64Array): LineStability {
  const n = y.length;
  const half = n >> 1;
  const early = halfLine(y.subarray(0, half), x.subarray(0, half));
  const late = halfLine(y.subarray(half), x.subarray(half));
  const returnRatio = Math.max(early.returning, late.returning) / Math.min(early.returning, late.returning);
  const { breakWald, breakAt } = largestBreak(y, x);
  const cut = `${Math.round((100 * breakAt) / n)} % of the stretch`;
  const [before, after] = [
    halfLine(y.subarray(0, breakAt), x.subarray(0, breakAt)),
    halfLine(y.subarray(breakAt), x.subarray(breakAt)),
  ];
  const against = [
    breakWald > LIMITS.breakWald &&
      `the line changed after ${cut} (β ${betaText(before.beta)}, then ${betaText(after.beta)})`,
    !(returnRatio <= LIMITS.returnRatio) &&
      `the ${early.returning > late.returning ? "later" : "earlier"} half hardly returns`,
  ].filter((text) => text !== false);
  return {
    isStable: against.length === 0,
    earlyBeta: early.beta,
    lateBeta: late.beta,
    breakWald,
    breakAt,
    returnRatio,
    sentence: against.join(", "),
  };
}

function betaText(beta: number): string {
  return Number.isNaN(beta) ? "undefined" : beta.toFixed(2).replace("-", "−");
}

function largestBreak(y: Float64Array, x: Float64Array): Pick<LineStability, "breakWald" | "breakAt"> {
  const n = y.length;
  const { residuals } = leastSquares("lineStability", y, [x], true, ["x"]);
  const phi = isConstant(residuals) ? 0 : Math.min(1 - 1e-4, halfLife(residuals).phi);
  const quasi = (at: (t: number) => number): Float64Array =>
    Float64Array.from({ length: n - 1 }, (_, t) => at(t + 1) - phi * at(t));
  const middle = x[n >> 1]!;
  const target = quasi((t) => y[t]! - y[0]!);
  const whole = [quasi(() => 1), quasi((t) => x[t]! - middle)];
  let best = { breakWald: 0, breakAt: n >> 1 };
  for (const cut of CUTS.map((share) => Math.floor(share * n))) {
    const [level, slope] = [quasi((t) => (t >= cut ? 1 : 0)), quasi((t) => (t >= cut ? x[t]! - x[cut]! : 0))];
    const { along, rest } = nestedFit([...whole, level, slope], target);
    const breakWald = ((along[2]! || 0) ** 2 + (along[3]! || 0) ** 2) / (rest / (n - 5));
    if (breakWald > best.breakWald) best = { breakWald, breakAt: cut };
  }
  return best;
}

interface HalfLine {
  readonly beta: number;
  /** −n ln φ of the residuals, a φ below ½ as ½: how often the part holds the time of its own return. Above 0. */
  readonly returning: number;
}

function halfLine(y: Float64Array, x: Float64Array): HalfLine {
  if (isConstant(x)) return { beta: Number.NaN, returning: Number.NaN };
  const { beta, residuals } = leastSquares("lineStability", y, [x], true, ["x"]);
  const phi = isConstant(residuals) ? 1 : halfLife(residuals).phi;
  return { beta: beta[0]!, returning: Math.max(1e-3, -y.length * Math.log(Math.max(phi, 0.5))) };
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}
