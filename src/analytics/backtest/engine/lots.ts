import type { Account } from "./account.ts";

/** Turns the units that are asked for into units that can be traded; undefined where that would leave a leg out. */
export type Lots = (bar: number, asked: readonly number[]) => readonly number[] | undefined;

/**
 * Each leg in whole lots, rounded towards 0. A decision that would trade less than the least order, or would hold one leg
 * without the other because a lot is too large, is let through in no leg: a pair with one leg is no pair.
 */
export function lotsOf({ market, rates, standing }: Account): Lots | undefined {
  if (!rates.some(({ lotStep, minOrder }) => lotStep > 0 || minOrder > 0)) return undefined;
  const { units } = standing;
  return (bar, asked) => {
    const fitted = asked.map((value, k) => inLots(value, rates[k]!.lotStep));
    if (fitted.some((value, k) => value === 0 && asked[k] !== 0)) return undefined;
    const isTooSmall = fitted.some((value, k) => {
      const money = Math.abs(value - units[k]!) * market.legs[k]!.close[bar]!;
      return value !== 0 && money > 0 && money < rates[k]!.minOrder;
    });
    return isTooSmall ? undefined : fitted;
  };
}

/** A quotient that is a whole number but for rounding is one. */
function inLots(value: number, step: number): number {
  if (step === 0) return value;
  const lots = Math.abs(value) / step;
  const whole = Math.round(lots);
  return (
    Math.sign(value) * step * (Math.abs(lots - whole) < 1e-9 * Math.max(1, whole) ? whole : Math.floor(lots))
  );
}
