import { refuse } from "../../../core/errors.ts";
import { type ThinRules, thinBars } from "../../market/liquidity-thin.ts";
import { onScale, type PriceScale } from "../../pair/price-scale.ts";
import { rollingStd, rollingZScore } from "../../rolling/rolling.ts";
import type { Memo } from "../strategy.ts";
import type { Leg, Market } from "../types.ts";
import { type HedgedSpread, type HedgeSetting, hedgedSpread } from "./hedge.ts";

/** What decides about the z-score. */
export interface ReversionInputs {
  readonly hedge?: HedgeSetting;
  readonly prices: PriceScale;
  readonly window: number;
  readonly zScore: "rolling" | "innovation";
}

/** Series of mean reversion, NaN before the hedge is known. */
export interface ReversionSignals {
  readonly z: Float64Array;
  readonly spread: Float64Array;
  readonly beta: Float64Array;
}

export function reversionSignals(market: Market, inputs: ReversionInputs, memo: Memo): ReversionSignals {
  const { hedge, prices, window, zScore } = inputs;
  const hedged = memo(JSON.stringify(["hedge", hedge, prices]), () => hedgedBy(market, hedge, prices));
  const key = JSON.stringify(["z", hedge, prices, zScore, zScore === "rolling" ? window : 0]);
  return memo(key, () => {
    const { spread, beta, from, innovationZ } = hedged;
    const z = zScore === "innovation" ? innovationZ!.slice() : rollingZScore(spread, { window });
    const known = (values: Float64Array): Float64Array => values.slice().fill(Number.NaN, 0, from);
    return { z: known(z), spread: known(spread), beta: known(beta) };
  });
}

/** Trailing deviation of the spread: what risk is measured by. */
export function spreadDeviation(market: Market, inputs: ReversionInputs, memo: Memo): Float64Array {
  const { hedge, prices, window } = inputs;
  const { spread } = memo(JSON.stringify(["hedge", hedge, prices]), () => hedgedBy(market, hedge, prices));
  return memo(JSON.stringify(["deviation", hedge, prices, window]), () => rollingStd(spread, { window }));
}

function hedgedBy({ legs }: Market, hedge: HedgeSetting | undefined, prices: PriceScale): HedgedSpread {
  const [y, x] = legs as [Leg, Leg?];
  if (hedge !== undefined && x !== undefined) return hedgedSpread(y.close, x.close, hedge, prices);
  const spread = onScale("meanReversion", y.symbol, y.close, prices);
  return { spread, beta: new Float64Array(spread.length), from: 0 };
}

/** 1 where a leg is too thin to enter. */
export function thinLegs(
  legs: readonly Leg[],
  rules: ThinRules | readonly ThinRules[],
  memo: Memo,
): Uint8Array {
  return memo(JSON.stringify(["thin", legs.length, rules]), () => {
    const masks = legs.map((leg, k) => thinBars(columnsOf(leg, ruleOf(rules, k)), ruleOf(rules, k)));
    return masks[0]!.map((thin, t) => thin | (masks[1]?.[t] ?? 0));
  });
}

function ruleOf(rules: ThinRules | readonly ThinRules[], leg: number): ThinRules {
  return "length" in rules ? (rules[leg] ?? {}) : rules;
}

function columnsOf(leg: Leg, rules: ThinRules): Parameters<typeof thinBars>[0] {
  const { minVolume, minQuoteVolume, minTrades, percentile } = rules;
  const asksVolume = (minVolume ?? minQuoteVolume) !== undefined || /olume$/.test(percentile?.of ?? "");
  const asksTrades = minTrades !== undefined || percentile?.of === "tradeCount";
  for (const [name, asked] of Object.entries({ volume: asksVolume, tradeCount: asksTrades })) {
    if (!asked || leg[name as "volume" | "tradeCount"] !== undefined) continue;
    refuse({
      code: "no-column",
      where: "meanReversion",
      problem: `liquidity needs the ${name} of ${leg.symbol}; its bars have none`,
      hint: "Leave liquidity out, or take bars that have it.",
      facts: { symbol: leg.symbol, name },
    });
  }
  const nothing = new Float64Array(leg.close.length);
  const { volume = nothing, tradeCount = nothing } = leg;
  return { volume, quoteVolume: volume.map((units, t) => units * leg.close[t]!), tradeCount };
}
