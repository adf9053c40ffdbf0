import { quote, refuse } from "../../core/errors.ts";

/** Refuses a yearly rate at which everything would be lost. */
export function requireRate(where: string, riskFree: number): void {
  if (typeof riskFree === "number" && riskFree > -1 && riskFree < Number.POSITIVE_INFINITY) return;
  refuse({
    code: "bad-setting",
    where,
    problem: `riskFree must be a rate a year above -1; got ${quote(riskFree)}`,
    hint: "Pass 0.04 for 4 % a year.",
    facts: { name: "riskFree", got: riskFree },
  });
}
