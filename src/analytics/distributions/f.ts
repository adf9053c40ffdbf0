import { requireNumbers } from "../../core/arguments.ts";
import { incompleteBeta } from "./incomplete-beta.ts";
import type { Tails } from "./incomplete-gamma.ts";
import { invert } from "./invert.ts";
import { deviance, stirlingRest } from "./stirling.ts";

/** P(X ≤ x), X with Fisher's F distribution of `df1` and `df2` degrees of freedom. */
export function fCdf(x: number, df1: number, df2: number): number {
  requireNumbers("fCdf", { x, df1, df2 });

  return fTails(x, df1, df2).lower;
}

/** P(X > x), to its own relative accuracy far into the tail. */
export function fSurvival(x: number, df1: number, df2: number): number {
  requireNumbers("fSurvival", { x, df1, df2 });

  return fTails(x, df1, df2).upper;
}

/** The x with P(X ≤ x) = p. `upperP`, 1 − p, may be given apart where p is too close to 1 to hold it. */
export function fQuantile(p: number, df1: number, df2: number, upperP: number = 1 - p): number {
  requireNumbers("fQuantile", { p, df1, df2, upperP });

  const [a, b] = [df1 / 2, df2 / 2];
  const density = (x: number): number => {
    const [share, rest] = shares(x, df1, df2);
    return (
      Math.sqrt((a * b) / (2 * Math.PI * (a + b))) *
      Math.exp(
        stirlingRest(a + b) -
          stirlingRest(a) -
          stirlingRest(b) -
          deviance(a, (a + b) * share) -
          deviance(b, (a + b) * rest),
      )
    );
  };
  return invert(p, (x) => fTails(x, df1, df2), density, upperP);
}

function fTails(x: number, df1: number, df2: number): Tails {
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  const [share, rest] = shares(x, df1, df2);
  return incompleteBeta(df1 / 2, df2 / 2, share, rest);
}

/** df1 x / (df1 x + df2), and what is left of 1. */
function shares(x: number, df1: number, df2: number): [number, number] {
  const total = df1 * x + df2;
  return [(df1 * x) / total, df2 / total];
}
