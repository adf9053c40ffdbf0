import { requireKnown } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { requireBetween, requireOneOf } from "../../checks.ts";
import type { PriceScale } from "../../pair/price-scale.ts";

/**
 * How much is held.
 *
 * `"units"`: so many of y. `"notional"`: so much money, the sum of both legs' absolute values. `"equity"`: this share of
 * the equity, as that sum. `"risk"`: so much that a move of the spread by one of its trailing deviations is this share
 * of the equity, and never more than `most` times the equity (1 unless told) as that sum.
 */
export type Sizing =
  | { readonly by: "units"; readonly units: number }
  | { readonly by: "notional"; readonly notional: number }
  | { readonly by: "equity"; readonly share: number }
  | { readonly by: "risk"; readonly share: number; readonly most?: number };

/** `"beta"`: β of x against y; `"money"`: as much money of x as of y; `"none"`: y alone is traded. */
export type Neutral = "beta" | "money" | "none";

export function requireSizing(where: string, size: Sizing): void {
  requireOneOf(where, "size.by", size?.by, ["units", "notional", "equity", "risk"]);
  requireKnown(where, `size by ${size.by}`, size, SIZE_SETTINGS[size.by]);
  const above0 = (name: string, got: number, most = Number.POSITIVE_INFINITY): void =>
    requireBetween(where, `size.${name}`, got, 0, most);
  if (size.by === "units") above0("units", size.units);
  else if (size.by === "notional") above0("notional", size.notional);
  else above0("share", size.share, 100);
  if (size.by === "risk" && size.most !== undefined) above0("most", size.most, 100);
  if (size.by !== "risk" || size.share < 1) return;
  refuse({
    code: "bad-setting",
    where,
    problem: `size.share by risk is what one deviation of the spread may cost, below 1; got ${quote(size.share)}`,
    hint: "Pass 0.01 for one per cent of the equity.",
    facts: { got: size.share },
  });
}

const SIZE_SETTINGS = {
  units: ["by", "units"],
  notional: ["by", "notional"],
  equity: ["by", "share"],
  risk: ["by", "share", "most"],
} as const;

/** What is known at the close of the decision. */
export interface SizingAt {
  readonly priceY: number;
  /** Of x; anything where x is not traded. */
  readonly priceX: number;
  readonly beta: number;
  /** Trailing deviation of the spread, on the scale of the prices. */
  readonly deviation: number;
  readonly equity: number;
}

/** Units of x against `unitsY` of y; on log prices β is a ratio of money, on raw ones of units. */
export function hedgeUnits(
  unitsY: number,
  { priceY, priceX, beta }: Pick<SizingAt, "priceY" | "priceX" | "beta">,
  neutral: Neutral,
  prices: PriceScale,
): number {
  if (neutral === "none") return 0;
  if (neutral === "money") return (-unitsY * priceY) / priceX;
  return prices === "raw" ? -unitsY * beta : (-unitsY * priceY * beta) / priceX;
}

/** Units of y, above 0. */
export function unitsOfY(size: Sizing, at: SizingAt, neutral: Neutral, prices: PriceScale): number {
  if (size.by === "units") return size.units;
  const gross =
    at.priceY + Math.abs(hedgeUnits(1, at, neutral, prices) * (neutral === "none" ? 0 : at.priceX));
  if (size.by === "notional") return size.notional / gross;
  if (size.by === "equity") return (size.share * at.equity) / gross;
  const moneyPerDeviation = prices === "raw" ? at.deviation : at.deviation * at.priceY;
  return Math.min((size.share * at.equity) / moneyPerDeviation, ((size.most ?? 1) * at.equity) / gross);
}
