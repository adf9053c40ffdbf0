import { requireNumbers } from "../../core/arguments.ts";
import { fQuantile } from "./f.ts";
import { incompleteBeta } from "./incomplete-beta.ts";

/** P(T ≤ t), T Student's with `df` degrees of freedom; both tails to their own relative accuracy. */
export function studentCdf(t: number, df: number): number {
  requireNumbers("studentCdf", { t, df });

  if (Number.isNaN(t)) return Number.NaN;
  const square = t * t;
  const { lower, upper } = Number.isFinite(square)
    ? incompleteBeta(df / 2, 0.5, df / (df + square), square / (df + square))
    : { lower: 0, upper: 1 };
  return t < 0 ? lower / 2 : 0.5 + upper / 2;
}

/** P(T > t). */
export function studentSurvival(t: number, df: number): number {
  requireNumbers("studentSurvival", { t, df });

  return studentCdf(-t, df);
}

/** The t with P(T ≤ t) = p. */
export function studentQuantile(p: number, df: number): number {
  requireNumbers("studentQuantile", { p, df });

  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(fQuantile(1 - 2 * tail, 1, df, 2 * tail));
  return p < 0.5 ? -t : t;
}
