import { centre, dot } from "../mean.ts";
import { leastSquares } from "../regression/least-squares.ts";
import { halfLife } from "../unit-root/half-life.ts";
import { hedgeRatio } from "./hedge-ratio.ts";

/** Whether one line holds for a whole stretch. NaN where a part has a constant price. */
export interface LineStability {
  readonly isStable: boolean;
  /** β of the earlier and of the later half. */
  readonly earlyBeta: number;
  readonly lateBeta: number;
  /** |later β − earlier β| over the root of the summed squares of their 95 % bands' widths (HAC). */
  readonly moved: number;
  /** By how many times the sum of squares shrinks when the stretch is cut into two lines, at the best of five cuts. */
  readonly cutGain: number;
  /** The faster return of the two halves over the slower one, each from its own line. */
  readonly returnRatio: number;
  /** What speaks against one line; empty where nothing does. */
  readonly sentence: string;
}

/**
 * Beyond these a line is called broken. Each is beyond what 98 to 99 of 100 pairs with one line show in 36 half-lives;
 * together they lose 1 to 2 in 100 of such pairs (npm run test:long, tests/long/pair-verdict.test.ts).
 */
const LIMITS = { moved: 1.5, cutGain: 2.3, returnRatio: 4.5 };
const CUTS = [1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4];

/** Does one line y = α + βx hold for all of these bars? Rows without NaN, on the scale of the spread. */
export function lineStability(y: Float64Array, x: Float64Array): LineStability {
  const n = y.length;
  const part = (from: number, to: number): [Float64Array, Float64Array] => [
    y.subarray(from, to),
    x.subarray(from, to),
  ];
  const whole = squaresLeft(...part(0, n));
  const cutGain = Math.max(
    ...CUTS.map((share) => Math.floor(share * n)).map(
      (cut) => whole / (squaresLeft(...part(0, cut)) + squaresLeft(...part(cut, n))),
    ),
  );
  const half = n >> 1;
  const [early, late] = [part(0, half), part(half, n)].map(([ys, xs]) => halfLine(ys, xs));
  const moved =
    Math.abs(late!.beta - early!.beta) / Math.hypot(early!.high - early!.low, late!.high - late!.low);
  const returnRatio =
    Math.max(early!.returning, late!.returning) / Math.min(early!.returning, late!.returning);
  const against = [
    moved > LIMITS.moved && `β was ${early!.beta.toFixed(2)}, then ${late!.beta.toFixed(2)}`,
    cutGain > LIMITS.cutGain && "two lines fit far better than one",
    !(returnRatio <= LIMITS.returnRatio) &&
      `the ${early!.returning > late!.returning ? "later" : "earlier"} half hardly returns`,
  ].filter((text) => text !== false);
  return {
    isStable: against.length === 0,
    earlyBeta: early!.beta,
    lateBeta: late!.beta,
    moved,
    cutGain,
    returnRatio,
    sentence: against.join(", "),
  };
}

interface HalfLine {
  readonly beta: number;
  readonly low: number;
  readonly high: number;
  /** −n ln φ of the residuals: how often the half holds the time of its own return. Above 0. */
  readonly returning: number;
}

function halfLine(y: Float64Array, x: Float64Array): HalfLine {
  if (isConstant(x)) return { beta: Number.NaN, low: Number.NaN, high: Number.NaN, returning: Number.NaN };
  const { beta, low, high, alpha } = hedgeRatio(y, x, { prices: "raw" });
  const residuals = y.map((value, t) => value - alpha - beta * x[t]!);
  const phi = isConstant(residuals) ? 1 : halfLife(residuals).phi;
  return { beta, low, high, returning: Math.max(1e-3, -y.length * Math.log(Math.max(phi, 1e-9))) };
}

/** Sum of squares about the line of a part; about its mean where x stands still. */
function squaresLeft(y: Float64Array, x: Float64Array): number {
  if (!isConstant(x)) return leastSquares("lineStability", y, [x], true, ["x"]).residualSquares;
  const { values } = centre(y);
  return dot(values, values);
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}
