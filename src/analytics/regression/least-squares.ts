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
  const factors = qr(centred.map(({ values }, j) => values.map((value) => value / scales[j]!)));
  for (let j = 0; j < width; j++) {
    const left = Math.abs(factors.r[j]![j]!);
    if (left < 1e-13 || left * scales[j]! <= roundingOf(columns[j]!))
      refuseCollinear(where, names, j, intercept);
  }
  const target = about(y);
  const residuals = target.values.slice();
  const totalSquares = squaresAbout(residuals, 0);
  const beta = new Float64Array(width);
  for (let pass = 0; pass < 2; pass++) {
    const rotated = residuals.slice();
    factors.applyTransposed(rotated);
    const step = solveUpper(factors.r, rotated);
    for (let j = 0; j < width; j++) beta[j]! += step[j]! / scales[j]!;
    for (let i = 0; i < n; i++) {
      let fitted = 0;
      for (let j = 0; j < width; j++) fitted += beta[j]! * centred[j]!.values[i]!;
      residuals[i] = target.values[i]! - fitted;
    }
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
