import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { requireBetween } from "../checks.ts";
import { normalQuantile } from "../distributions/normal.ts";
import { centre } from "../mean.ts";
import { medianInPlace } from "../rolling/median.ts";
import { countInversions, tieSizes } from "./inversions.ts";
import { completePairs, type LineFit } from "./line-fit.ts";

export interface TheilSenSettings {
  /** Of the interval `low` to `high`; 0.95 unless given. */
  readonly confidence?: number;
}

export interface TheilSenFit extends LineFit {
  /** Sen's interval of β, by the variance of Kendall's S; it supposes independent residuals. */
  readonly low: number;
  readonly high: number;
}

/**
 * Theil and Sen's line: β is the median of the slopes of all pairs of points, α = median y − β median x. Up to 29 % of
 * the points may be anything.
 *
 * The median slope is searched by counting inversions, O(n log n) a step: 40,000 bars take a second and no memory
 * to speak of, where listing the slopes would take 6 GB. Pairs with a NaN are left out and counted.
 */
export function theilSen(y: Float64Array, x: Float64Array, settings: TheilSenSettings = {}): TheilSenFit {
  const where = "theilSen";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["confidence"]);

  const { confidence = 0.95 } = settings;
  requireBetween(where, "confidence", confidence, 0, 1);
  const pairs = completePairs(where, y, x, true);
  const n = pairs.nobs;
  const [cy, cx] = [centre(pairs.y), centre(pairs.x)];
  // points of one x stand in the order of y: they have no slope and never count as an inversion
  const order = Uint32Array.from(pairs.x.keys()).sort(
    (i, j) => pairs.x[i]! - pairs.x[j]! || pairs.y[i]! - pairs.y[j]!,
  );
  const xs = Float64Array.from(order, (i) => cx.values[i]!);
  const ys = Float64Array.from(order, (i) => cy.values[i]!);
  const [tiesX, tiesY] = [tieSizes(xs), tieSizes(ys.slice().sort())];
  const slopes = (n * (n - 1)) / 2 - tiesX.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
  if (slopes === 0) {
    refuse({
      code: "constant-regressor",
      where,
      problem: `x must vary; got x constant at ${pairs.x[0]}`,
      hint: "Take a longer window, or check that the feed of this series is alive.",
      facts: { value: pairs.x[0] },
    });
  }
  const kth = slopeSelector(ys, xs);
  const [lower, upper] = [Math.floor((slopes - 1) / 2), Math.floor(slopes / 2)];
  const beta = lower === upper ? kth(lower) : (kth(lower) + kth(upper)) / 2;
  const spread = (size: number): number => size * (size - 1) * (2 * size + 5);
  const ties = [...tiesX, ...tiesY].reduce((sum, size) => sum + spread(size), 0);
  const reach = normalQuantile((1 + confidence) / 2) * Math.sqrt((spread(n) - ties) / 18);
  return {
    alpha: medianInPlace(pairs.y.slice()) - beta * medianInPlace(pairs.x.slice()),
    beta,
    low: kth(Math.max(Math.round((slopes - reach) / 2) - 1, 0)),
    high: kth(Math.min(Math.round((slopes + reach) / 2), slopes - 1)),
    nobs: n,
    missing: pairs.missing,
  };
}

/** Finds the k-th smallest slope, k from 0, of points ordered by x: slopes below θ are inversions of y − θx. */
function slopeSelector(ys: Float64Array, xs: Float64Array): (k: number) => number {
  const values = new Float64Array(ys.length);
  const buffer = new Float64Array(ys.length);
  const below = (theta: number): number => {
    for (let i = 0; i < values.length; i++) values[i] = ys[i]! - theta * xs[i]!;
    return countInversions(values, buffer);
  };
  const unit = largest(ys) / largest(xs) || 1;
  return (k) => {
    let low = -unit;
    let high = unit;
    while (below(low) > k && low > Number.NEGATIVE_INFINITY) low *= 2;
    while (below(high) <= k && high < Number.POSITIVE_INFINITY) high *= 2;
    while (high - low > 1e-15 * Math.max(Math.abs(low), Math.abs(high))) {
      const middle = low + (high - low) / 2;
      if (middle === low || middle === high) break;
      if (below(middle) > k) high = middle;
      else low = middle;
      if (Math.max(Math.abs(low), Math.abs(high)) < 1e-15 * unit) return 0;
    }
    return low + (high - low) / 2;
  };
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
