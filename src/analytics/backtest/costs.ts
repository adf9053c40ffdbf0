import { quote, refuse } from "../../core/errors.ts";
import { requireKnown } from "../checks.ts";
import type { Costs } from "./types.ts";

/** What trading costs, with 0 for what is not named. */
export function completeCosts(where: string, given: Partial<Costs>): Costs {
  if (given === undefined) {
    refuse({
      code: "bad-setting",
      where,
      problem: "needs costs; got none",
      hint: "Pass costs: { feeBps: 10, halfSpreadBps: 1 }, or costs: {} to trade for nothing.",
    });
  }
  requireKnown(where, "costs", given, Object.keys(RANGES));
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const got = given[name as keyof Costs];
    if (got === undefined || (typeof got === "number" && got >= least && got <= most)) continue;
    refuse({
      code: "bad-setting",
      where,
      problem: `costs.${name} must be a number of basis points from ${least} to ${most}; got ${quote(got)}${Number.isFinite(got) ? `, which is ${got / 100} %` : ""}`,
      hint: "1 basis point is 0.01 %: pass 10 for a fee of 0.1 %.",
      facts: { name, got, least, most },
    });
  }
  const { feeBps = 0, halfSpreadBps = 0, slippageBps = 0, financingBpsPerYear = 0 } = given;
  return { feeBps, halfSpreadBps, slippageBps, financingBpsPerYear };
}

const RANGES: Readonly<Record<keyof Costs, readonly [least: number, most: number]>> = {
  feeBps: [-100, 1000],
  halfSpreadBps: [0, 1000],
  slippageBps: [0, 1000],
  financingBpsPerYear: [0, 100_000],
};
