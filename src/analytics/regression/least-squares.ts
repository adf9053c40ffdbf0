import { refuse } from "../../core/errors.ts";
import { requireCount } from "../checks.ts";
import { type Centred, centre, squaresAbout } from "../mean.ts";
import { type Qr, qr, solveUpper } from "./qr.ts";

/** A fit of y on columns, all without missing values. */
export interface LeastSquares {
  /** 0 through the origin. */
  readonly alpha: number;
  readonly beta: Float64Array;
  readonly residuals: Float64Array;
  /** Σ residual². */
  readonly residualSquares: number;
  /** Σ (y − mean y)², or Σ y² through the origin. */
  readonly totalSquares: number;
  readonly means: Float64Array;
  /** Length of each centred column: the factorisation is of columns of length one. */
  readonly scales: Float64Array;
  readonly factors: Qr;
}

/**
 * Ordinary least squares by Householder QR of centred and scaled columns, refined once: an offset of 1e9 in a
 * regressor costs no digits, where a pseudo-inverse beside a column of ones drops it.
 */
export function leastSquares(
  where: string,
  y: Float64Array,
  columns: readonly Float64Array[],
  intercept: boolean,
  names: readonly string[] = columns.map((_, j) => (columns.length === 1 ? "x" : `x${j + 1}`)),
): LeastSquares {
  const n = y.length;
  const width = columns.length;
  requireCount(where, n, width + (intercept ? 2 : 1), `for ${width + (intercept ? 1 : 0)} coefficients`);
  const about = (values: Float64Array): Centred =>
    intercept ? centre(values) : { values, mean: 0, rest: 0 };
  const centred = columns.map(about);
  const scales = Float64Array.from(centred, ({ values }) => Math.sqrt(squaresAbout(values, 0)));
  columns.forEach((column, j) => {
    if (scales[j]! <= roundingOf(column)) refuseConstant(where, names[j]!, intercept, column[0]!);
  });
  const factors = qr(centred.map(({ values }, j) => divided(values, scales[j]!)));
  for (let j = 0; j < width; j++) {
    const left = Math.abs(factors.r[j]![j]!);
    if (left < 1e-13 || left * scales[j]! <= roundingOf(columns[j]!))
      refuseCollinear(where, names, j, intercept);
  }
  const target = about(y);
  const residuals = target.values.slice();
  const totalSquares = squaresAbout(residuals, 0);
  const beta = new Float64Array(width);
  const rotated = new Float64Array(n);
  for (let pass = 0; pass < 2; pass++) {
    rotated.set(residuals);
    factors.applyTransposed(rotated);
    const step = solveUpper(factors.r, rotated);
    for (let j = 0; j < width; j++) beta[j]! += step[j]! / scales[j]!;
    leave(residuals, target.values, centred, beta);
  }
  // the large parts first: they cancel, and the small ones keep their digits
  const alpha =
    target.mean -
    sum(centred, (c, j) => beta[j]! * c.mean) +
    target.rest -
    sum(centred, (c, j) => beta[j]! * c.rest);
  return {
    alpha,
    beta,
    residuals,
    residualSquares: squaresAbout(residuals, 0),
    totalSquares,
    means: Float64Array.from(centred, (c) => c.mean + c.rest),
    scales,
    factors,
  };
}

function divided(values: Float64Array, by: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = values[i]! / by;
  return out;
}

/** What the fit leaves of a target. */
function leave(
  residuals: Float64Array,
  target: Float64Array,
  columns: readonly Centred[],
  beta: Float64Array,
): void {
  const [first] = columns;
  if (columns.length === 1) {
    const { values } = first!;
    const slope = beta[0]!;
    for (let i = 0; i < target.length; i++) residuals[i] = target[i]! - slope * values[i]!;
    return;
  }
  for (let i = 0; i < target.length; i++) {
    let fitted = 0;
    for (let j = 0; j < columns.length; j++) fitted += beta[j]! * columns[j]!.values[i]!;
    residuals[i] = target[i]! - fitted;
  }
}

function sum(parts: readonly Centred[], of: (part: Centred, j: number) => number): number {
  return parts.reduce((total, part, j) => total + of(part, j), 0);
}

/** What rounding alone may leave of a column that should have vanished. */
function roundingOf(column: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < column.length; i++) largest = Math.max(largest, Math.abs(column[i]!));
  return 4 * Number.EPSILON * largest * Math.sqrt(column.length);
}

function refuseConstant(where: string, name: string, intercept: boolean, value: number): never {
  refuse({
    code: "constant-regressor",
    where,
    problem: `a regressor must vary${intercept ? " beside an intercept" : " from zero"}; got ${name} constant at ${value}`,
    hint: "Take a longer window, or check that the feed of this series is alive.",
    facts: { name, value },
  });
}

function refuseCollinear(where: string, names: readonly string[], j: number, intercept: boolean): never {
  const before = [...(intercept ? ["the intercept"] : []), ...names.slice(0, j)].join(", ");
  refuse({
    code: "collinear",
    where,
    problem: `no regressor may be a combination of the others; got ${names[j]} as one of ${before}`,
    hint: `Leave ${names[j]} out.`,
    facts: { name: names[j] },
  });
}
