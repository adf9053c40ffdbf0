import { requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import type { PairColumns, PairOrigin } from "../../core/timed.ts";
import { requireFinite, requireSameLength } from "../checks.ts";
import { type PairArguments, pairArguments } from "./pair-arguments.ts";
import { onScale, type PriceScale } from "./price-scale.ts";

/** A spread with all that made it; of a pair, with its times and names, too: `spreadChart` takes it as it is. */
export interface Spread extends PairOrigin {
  /** y − α − βx, bar by bar. */
  readonly values: Float64Array;
  /** `"log"`: values are in log price of y (0.01 is about one per cent); `"raw"`: in money of y. */
  readonly prices: PriceScale;
  readonly beta: number | Float64Array;
  readonly alpha: number | Float64Array;
}

/** A hedge ratio for every bar, or one for all; what `hedgeRatio` returns fits. */
export interface SpreadSettings {
  readonly beta: number | Float64Array;
  /** 0 unless given. */
  readonly alpha?: number | Float64Array;
  /** `"log"` unless given. It must be the scale that β was estimated on. */
  readonly prices?: PriceScale;
}

/**
 * What is left of y when β of x is held against it: y − α − βx, on log prices unless `prices: "raw"` is asked for.
 *
 * With an α and β for every bar (rolling, Kalman) the spread is as causal as they are. With one fitted on the bars
 * themselves it is in-sample. NaN where a price or a ratio is. Of closes that `pairCloses` gave, `spread(pair, ratio)` keeps
 * their times, names and venue.
 */
export function spread(pair: PairColumns, settings: SpreadSettings): Spread;
export function spread(y: Float64Array, x: Float64Array, settings: SpreadSettings): Spread;
export function spread(...given: PairArguments<SpreadSettings>): Spread {
  const where = "spread";
  const { y, x, settings, origin } = pairArguments(where, given);
  requireSettings(where, settings, ["beta", "alpha", "prices"], RATIOS);

  const { beta, alpha = 0, prices = "log" } = settings;
  requireSameLength(where, { y: y.length, x: x.length });
  const betaAt = perBar(where, "beta", beta, y.length);
  const alphaAt = perBar(where, "alpha", alpha, y.length);
  const [ys, xs] = [onScale(where, "y", y, prices), onScale(where, "x", x, prices)];
  return {
    values: ys.map((value, i) => value - alphaAt(i) - betaAt(i) * xs[i]!),
    prices,
    beta,
    alpha,
    ...origin,
  };
}

function perBar(
  where: string,
  name: string,
  value: number | Float64Array,
  length: number,
): (i: number) => number {
  if (typeof value !== "number") {
    requireSameLength(where, { y: length, [name]: value.length });
    requireFinite(where, name, value);
    return (i) => value[i]!;
  }
  if (!Number.isFinite(value)) {
    refuse({
      code: "bad-setting",
      where,
      problem: `${name} must be a finite number or a series of one a bar; got ${value}`,
      hint: "Estimate it with hedgeRatio first.",
      facts: { name, got: value },
    });
  }
  return () => value;
}

/** A hedge ratio, of one window or moving, is taken as it is. */
const RATIOS = [
  ["method", "beta", "alpha", "low", "high", "prices", "nobs", "missing"],
  ["alpha", "beta", "prices", "fromUs", "toUs", "bars", "calibration", "window", "standIn"],
  ["alpha", "beta", "prices", "calibrationBars", "window", "windowSentence", "verdict"],
  ["alpha", "beta", "betaError", "prices"],
  [
    ...["alpha", "beta", "betaError", "betaVariance", "innovation", "innovationVariance", "zScore"],
    ...["logLikelihood", "nobs", "missing", "prices"],
  ],
  [
    ...["alpha", "beta", "alphaVariance", "betaVariance", "covariance", "betaError", "zScore", "prices"],
    ...["innovation", "innovationVariance", "logLikelihood", "nobs", "missing"],
  ],
];
