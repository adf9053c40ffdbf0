import { requireColumns, requireFields, requireSequence, requireSettings } from "../../core/arguments.ts";
import type { BarColumns } from "../../core/bars.ts";
import { requireAtLeast, requireBetween, requireOneOf, requireSameLength, requireWindow } from "../checks.ts";
import { percentileRank } from "../rolling/percentile-rank.ts";

/** When a bar is too thin to trust: as soon as one of the given rules says so. */
export interface ThinRules {
  readonly minVolume?: number;
  readonly minQuoteVolume?: number;
  readonly minTrades?: number;
  /** Lower than all but this share of the bars before it: `{ of: "volume", share: 0.05, window: 500 }`. */
  readonly percentile?: {
    readonly of: "volume" | "quoteVolume" | "tradeCount";
    /** Between 0 and 1. */
    readonly share: number;
    /** Bars before the one that is judged; nothing is marked by this rule until there are so many. */
    readonly window: number;
  };
}

/** 1 where a bar is too thin to trust, or missing (NaN); 0 elsewhere. Causal: a bar is judged by itself and those before it. */
export function thinBars(
  bars: Pick<BarColumns, "volume" | "quoteVolume" | "tradeCount">,
  rules: ThinRules,
): Uint8Array {
  requireFields("thinBars", "bars", bars, ["volume", "quoteVolume", "tradeCount"]);
  requireColumns("thinBars", {
    "bars.volume": bars.volume,
    "bars.quoteVolume": bars.quoteVolume,
    "bars.tradeCount": bars.tradeCount,
  });
  requireSettings("thinBars", rules, ["minVolume", "minQuoteVolume", "minTrades", "percentile"]);

  const { minVolume = 0, minQuoteVolume = 0, minTrades = 0, percentile } = rules;
  const { volume, quoteVolume, tradeCount } = bars;
  const where = "thinBars";
  for (const [name, least] of Object.entries({ minVolume, minQuoteVolume, minTrades }))
    requireAtLeast(where, name, least, 0);
  const thin = Uint8Array.from(volume, (value, t) =>
    value >= minVolume && quoteVolume[t]! >= minQuoteVolume && tradeCount[t]! >= minTrades ? 0 : 1,
  );
  if (percentile === undefined) return thin;
  const { of, share, window } = percentile;
  requireOneOf(where, "percentile.of", of, ["volume", "quoteVolume", "tradeCount"]);
  requireBetween(where, "percentile.share", share, 0, 1);
  requireWindow(where, window, 1);
  percentileRank(bars[of], { window }).forEach((rank, t) => {
    if (rank < share) thin[t] = 1;
  });
  return thin;
}

/** The values with NaN where a bar is too thin: what a statistic then leaves out. */
export function withoutThin(values: Float64Array, thin: Uint8Array): Float64Array {
  requireColumns("withoutThin", { values });
  requireSequence("withoutThin", "thin", thin);

  requireSameLength("withoutThin", { values: values.length, thin: thin.length });
  return values.map((value, t) => (thin[t] === 1 ? Number.NaN : value));
}
