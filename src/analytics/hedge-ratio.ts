import { requireOneOf, requireSameLength } from "./checks.ts";
import { ols } from "./ols.ts";
import { onScale, type PriceScale } from "./price-scale.ts";

export interface HedgeRatioSettings {
  readonly method?: "ols";
  /** A constant beside x; true unless given. */
  readonly intercept?: boolean;
  /** `"log"` unless given. */
  readonly prices?: PriceScale;
}

/** How much of x to hold against one of y. It can be handed to `spread` as it is. */
export interface HedgeRatio {
  readonly method: "ols";
  readonly beta: number;
  readonly alpha: number;
  /** `"log"`: β is money of x a unit of money of y. `"raw"`: β is units of x a unit of y. */
  readonly prices: PriceScale;
  readonly nobs: number;
  readonly missing: number;
}

/**
 * One hedge ratio for the whole window that is passed: y = α + βx on log prices unless `prices: "raw"` is asked for.
 * Applied inside that window it is in-sample.
 */
export function hedgeRatio(y: Float64Array, x: Float64Array, settings: HedgeRatioSettings = {}): HedgeRatio {
  const where = "hedgeRatio";
  const { method = "ols", intercept = true, prices = "log" } = settings;
  requireOneOf(where, "method", method, ["ols"]);
  requireSameLength(where, { y: y.length, x: x.length });
  const fit = ols(onScale(where, "y", y, prices), onScale(where, "x", x, prices), { intercept });
  return { method, beta: fit.beta[0]!, alpha: fit.alpha, prices, nobs: fit.nobs, missing: fit.missing };
}
