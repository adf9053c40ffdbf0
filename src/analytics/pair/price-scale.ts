import { refuse } from "../../core/errors.ts";
import { requireFinite, requireOneOf } from "../checks.ts";

/**
 * What a hedge ratio is a ratio of. `"log"`: the log of prices, β is money of x against one unit of money of y.
 * `"raw"`: prices as they are, β is units of x against one unit of y.
 */
export type PriceScale = "log" | "raw";

/** Prices on the scale asked for; NaN stays NaN. */
export function onScale(where: string, name: string, prices: Float64Array, scale: PriceScale): Float64Array {
  requireOneOf(where, "prices", scale, ["log", "raw"]);
  requireFinite(where, name, prices);
  if (scale === "raw") return prices;
  return prices.map((price, index) => {
    if (price <= 0) {
      refuse({
        code: "not-a-price",
        where,
        problem: `prices on a log scale must be above 0; got ${price} in ${name} at index ${index}`,
        hint: 'Pass prices: "raw" for series that may be zero or negative.',
        facts: { name, index, got: price },
      });
    }
    return Math.log(price);
  });
}
