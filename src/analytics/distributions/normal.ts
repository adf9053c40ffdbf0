import { requireNumbers } from "../../core/arguments.ts";
import { chiSquaredQuantile } from "./chi-squared.ts";
import { incompleteGamma } from "./incomplete-gamma.ts";

/** P(Z ≤ x), Z standard normal; both tails to their own relative accuracy. */
export function normalCdf(x: number): number {
  requireNumbers("normalCdf", { x });

  const { lower, upper } = incompleteGamma(0.5, (x * x) / 2);
  return x < 0 ? upper / 2 : 0.5 + lower / 2;
}

/** P(Z > x). */
export function normalSurvival(x: number): number {
  requireNumbers("normalSurvival", { x });

  return normalCdf(-x);
}

/** The x with P(Z ≤ x) = p. */
export function normalQuantile(p: number): number {
  requireNumbers("normalQuantile", { p });

  const tail = Math.min(p, 1 - p);
  const x = Math.sqrt(chiSquaredQuantile(1 - 2 * tail, 1, 2 * tail));
  return p < 0.5 ? -x : x;
}
