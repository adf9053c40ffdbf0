import { requireCount, requireFinite, requireSameLength } from "../checks.ts";
import { completeRows } from "./complete-rows.ts";

/** A line through pairs: y = α + βx. */
export interface LineFit {
  /** 0 through the origin. */
  readonly alpha: number;
  readonly beta: number;
  readonly nobs: number;
  /** Pairs left out because a value was missing. */
  readonly missing: number;
}

export interface InterceptSetting {
  /** A constant beside x; true unless given. */
  readonly intercept?: boolean;
}

/** The pairs in which nothing is missing, checked to be enough for a line. */
export function completePairs(
  where: string,
  y: Float64Array,
  x: Float64Array,
  intercept: boolean,
): { readonly y: Float64Array; readonly x: Float64Array; readonly nobs: number; readonly missing: number } {
  requireSameLength(where, { y: y.length, x: x.length });
  requireFinite(where, "y", y);
  requireFinite(where, "x", x);
  const { columns, indices, missing } = completeRows([y, x]);
  requireCount(where, indices.length, intercept ? 3 : 2, `for ${intercept ? 2 : 1} coefficients`);
  return { y: columns[0]!, x: columns[1]!, nobs: indices.length, missing };
}
