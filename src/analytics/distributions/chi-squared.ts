import { requireNumbers } from "../../core/arguments.ts";
import { incompleteGamma } from "./incomplete-gamma.ts";
import { invert } from "./invert.ts";
import { deviance, stirlingRest } from "./stirling.ts";

/** P(X ≤ x), X chi-squared with `df` degrees of freedom. */
export function chiSquaredCdf(x: number, df: number): number {
  requireNumbers("chiSquaredCdf", { x, df });

  return incompleteGamma(df / 2, x / 2).lower;
}

/** P(X > x), to its own relative accuracy far into the tail. */
export function chiSquaredSurvival(x: number, df: number): number {
  requireNumbers("chiSquaredSurvival", { x, df });

  return incompleteGamma(df / 2, x / 2).upper;
}

/** The x with P(X ≤ x) = p. `upperP`, 1 − p, may be given apart where p is too close to 1 to hold it. */
export function chiSquaredQuantile(p: number, df: number, upperP: number = 1 - p): number {
  requireNumbers("chiSquaredQuantile", { p, df, upperP });

  const a = df / 2;
  const density = (half: number): number =>
    Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingRest(a) - deviance(a, half));
  return 2 * invert(p, (half) => incompleteGamma(a, half), density, upperP);
}
