import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireFinite, requireOneOf, requireWhole } from "../checks.ts";
import { onScale } from "../pair/price-scale.ts";

export interface ReturnSettings {
  /** `"log"` ln(p[t] / p[t−k]), the default, or `"simple"` p[t] / p[t−k] − 1. */
  readonly kind?: "log" | "simple";
  /** k, in bars; 1 unless given. */
  readonly bars?: number;
}

/** Returns of prices, same length; NaN for the first `bars` and wherever one of the two prices is missing. Causal. */
export function returns(prices: Float64Array, settings: ReturnSettings = {}): Float64Array {
  const where = "returns";
  requireColumns(where, { prices });
  requireSettings(where, settings, ["kind", "bars"]);

  const { kind = "log", bars = 1 } = settings;
  requireOneOf(where, "kind", kind, ["log", "simple"]);
  requireWhole(where, "bars", bars, 1, " bars");
  requireFinite(where, "prices", prices);
  onScale(where, "prices", prices, "log");
  return prices.map((price, t) => {
    if (t < bars) return Number.NaN;
    const before = prices[t - bars]!;
    // log1p of the simple return keeps the digits of a small move
    const simple = (price - before) / before;
    return kind === "simple" ? simple : Math.log1p(simple);
  });
}
