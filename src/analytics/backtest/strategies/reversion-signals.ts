import { refuse } from "../../../core/errors.ts";
import { type ThinRules, thinBars } from "../../market/liquidity-thin.ts";
import { onScale, type PriceScale } from "../../pair/price-scale.ts";
import { rollingStd, rollingZScore } from "../../rolling/rolling.ts";
import type { Memo } from "../strategy.ts";
import type { Leg, Market } from "../types.ts";
import { type HedgedSpread, type HedgeSetting, hedgedSpread } from "./hedge.ts";
import { type LineAtBar, lineZScore } from "./line-z-score.ts";

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
  if (hedge?.method === "rolling" && market.legs.length === 2) {
    // each bar by the line that an entry there would keep
    const { z } = rollingLines(market, inputs, memo);
    return { z: z.slice(), spread: hedged.spread.slice(), beta: hedged.beta.slice() };
  }
  const key = JSON.stringify(["z", hedge, prices, zScore, zScore === "rolling" ? window : 0]);
  const { from } = hedged;
  const known = (values: Float64Array): Float64Array => values.slice().fill(Number.NaN, 0, from);
  const { spread, beta } = memo(JSON.stringify(["known", hedge, prices]), () => ({
    spread: known(hedged.spread),
    beta: known(hedged.beta),
  }));
  const z = memo(key, () =>
    zScore === "innovation"
      ? known(hedged.innovationZ!)
      : rollingZScore(hedged.spread, { window }).fill(Number.NaN, 0, from),
  );
  return { z, spread, beta };
}

/** Trailing deviation of the spread: what risk is measured by. */
export function spreadDeviation(market: Market, inputs: ReversionInputs, memo: Memo): Float64Array {
  const { hedge, prices, window } = inputs;
  if (hedge?.method === "rolling" && market.legs.length === 2)
    return rollingLines(market, inputs, memo).deviation;
  const { spread } = memo(JSON.stringify(["hedge", hedge, prices]), () => hedgedBy(market, hedge, prices));
  return memo(JSON.stringify(["deviation", hedge, prices, window]), () => rollingStd(spread, { window }));
}

/** What a line kept from an entry on says at a later bar; undefined where lines are not kept. */
export interface KeptLine {
  at(bar: number, beta: number, alpha: number): LineAtBar & { readonly spread: number };
  /** α of the line of a bar. */
  alpha(bar: number): number;
}

export function keptLine(market: Market, inputs: ReversionInputs, memo: Memo): KeptLine | undefined {
  const { hedge, prices, window } = inputs;
  if (hedge?.method !== "rolling" || market.legs.length !== 2) return undefined;
  const [y, x] = scaledCloses(market, prices, memo);
  const { spread, beta } = memo(JSON.stringify(["hedge", hedge, prices]), () =>
    hedgedBy(market, hedge, prices),
  );
  return {
    alpha: (bar) => y[bar]! - beta[bar]! * x[bar]! - spread[bar]!,
    at: (bar, kept, alpha) => ({
      ...lineZScore(y, x, kept, bar, window),
      spread: y[bar]! - alpha - kept * x[bar]!,
    }),
  };
}

function rollingLines(
  market: Market,
  { hedge, prices, window }: ReversionInputs,
  memo: Memo,
): { readonly z: Float64Array; readonly deviation: Float64Array } {
  const { beta } = memo(JSON.stringify(["hedge", hedge, prices]), () => hedgedBy(market, hedge, prices));
  return memo(JSON.stringify(["lines", hedge, prices, window]), () => {
    const [y, x] = scaledCloses(market, prices, memo);
    const [z, deviation] = [new Float64Array(y.length), new Float64Array(y.length)];
    for (let t = 0; t < y.length; t++) {
      const at = lineZScore(y, x, beta[t]!, t, window);
      z[t] = at.z;
      deviation[t] = at.deviation;
    }
    return { z, deviation };
  });
}

function scaledCloses({ legs }: Market, prices: PriceScale, memo: Memo): [Float64Array, Float64Array] {
  const [y, x] = legs.map(({ symbol, close }, k) =>
    memo(JSON.stringify(["scaled", k, prices]), () => onScale("meanReversion", symbol, close, prices)),
  );
  return [y!, x!];
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
