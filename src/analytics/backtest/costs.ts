import { requireKnown } from "../../core/arguments.ts";
import { quote, refuse } from "../../core/errors.ts";
import type { Costs, LegCosts } from "./types.ts";

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
  requireKnown(where, "costs", given, [...Object.keys(RANGES), "financingBpsPerYear", "legs"]);
  requireRanges(where, "costs", given);
  const { financingBpsPerYear = 0, legs } = given;
  requireRange(where, "costs.financingBpsPerYear", financingBpsPerYear, [0, 100_000]);
  if (legs !== undefined && !(Array.isArray(legs) && (legs.length === 1 || legs.length === 2))) {
    refuse({
      code: "bad-setting",
      where,
      problem: `costs.legs needs what is other for y, and for x; got ${quote(legs, 60)}`,
      hint: "Pass costs: { feeBps: 2, legs: [{}, { feeBps: 5 }] }.",
    });
  }
  legs?.forEach((leg, k) => {
    requireKnown(where, `costs.legs[${k}]`, leg, Object.keys(RANGES));
    requireRanges(where, `costs.legs[${k}]`, leg);
  });
  const whole = { ...completeLeg(given), financingBpsPerYear, ...(legs !== undefined && { legs }) };
  for (const k of [0, 1]) requireMaker(where, legCosts(whole, k));
  return whole;
}

/** What trading leg `k` costs. */
export function legCosts({ legs, financingBpsPerYear: _, ...whole }: Costs, k: number): LegCosts {
  return { ...whole, ...legs?.[k] };
}

/** What is 0 anyway is left out, so that a run names what it was told. */
function completeLeg(given: Partial<LegCosts>): LegCosts {
  const { feeBps = 0, halfSpreadBps = 0, slippageBps = 0 } = given;
  const { makerFeeBps, makerShare = 0, borrowBpsPerYear = 0, lotStep = 0, minOrder = 0 } = given;
  return {
    feeBps,
    halfSpreadBps,
    slippageBps,
    ...(makerFeeBps !== undefined && { makerFeeBps }),
    ...(makerShare > 0 && { makerShare }),
    ...(borrowBpsPerYear > 0 && { borrowBpsPerYear }),
    ...(lotStep > 0 && { lotStep }),
    ...(minOrder > 0 && { minOrder }),
  };
}

const RANGES: Readonly<Record<keyof LegCosts, readonly [least: number, most: number]>> = {
  feeBps: [-100, 1000],
  makerFeeBps: [-100, 1000],
  makerShare: [0, 1],
  halfSpreadBps: [0, 1000],
  slippageBps: [0, 1000],
  borrowBpsPerYear: [0, 100_000],
  lotStep: [0, 1e15],
  minOrder: [0, 1e15],
};

/** What is no number of basis points, with how it is passed. */
const OTHER: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  makerShare: ["a share", "0.5 is half of what is traded."],
  lotStep: ["base units", "0.001 for a leg that is traded in thousandths."],
  minOrder: ["money", "10 where no order may be of less than 10 of the quote currency."],
};

function requireRanges(where: string, name: string, given: Partial<LegCosts>): void {
  for (const [cost, range] of Object.entries(RANGES)) {
    const got = given[cost as keyof LegCosts];
    if (got !== undefined) requireRange(where, `${name}.${cost}`, got, range);
  }
}

function requireRange(
  where: string,
  name: string,
  got: number,
  [least, most]: readonly [number, number],
): void {
  if (typeof got === "number" && got >= least && got <= most) return;
  const [what, hint] = OTHER[name.split(".").at(-1)!] ?? [
    "a number of basis points",
    "1 basis point is 0.01 %: pass 10 for a fee of 0.1 %.",
  ];
  const percent = what.startsWith("a number") && Number.isFinite(got) ? `, which is ${got / 100} %` : "";
  refuse({
    code: "bad-setting",
    where,
    problem: `${name} must be ${what} from ${least} to ${most}; got ${quote(got)}${percent}`,
    hint,
    facts: { name, got, least, most },
  });
}

function requireMaker(where: string, { makerShare = 0, makerFeeBps }: LegCosts): void {
  if (makerShare === 0 || makerFeeBps !== undefined) return;
  refuse({
    code: "bad-setting",
    where,
    problem: `costs need makerFeeBps where a part is filled as a maker; got makerShare ${makerShare} alone`,
    hint: "Pass the maker's fee of your exchange; a rebate is negative.",
  });
}
