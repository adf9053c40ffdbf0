import { requireSettings } from "../../core/arguments.ts";
import type { PairColumns, PairOrigin } from "../../core/timed.ts";
import { requireBetween, requireCount, requireSameLength } from "../checks.ts";
import { normalQuantile } from "../distributions/normal.ts";
import { kalmanNoise } from "../regression/kalman/kalman-noise.ts";
import { type RollingEstimateSettings, rollingEstimates } from "../rolling/rolling-estimates.ts";
import { type HedgeRatio, hedgeRatio } from "./hedge-ratio.ts";
import { kalmanHedgeLine } from "./moving-hedge-ratio.ts";
import { type PairArguments, pairArguments } from "./pair-arguments.ts";
import { onScale } from "./price-scale.ts";

export interface MovingRatioSettings extends RollingEstimateSettings {
  /** Of the bands; 0.95 unless given. */
  readonly confidence?: number;
}

/** One way to let β move, with its band; NaN where there is none. */
export interface MovingRatio {
  readonly name: string;
  readonly beta: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** β over time; of a pair, with the times of the pair's bars: `ratiosChart` takes it as it is. */
export interface MovingRatios extends PairOrigin {
  /** The bars at which β is looked at: the ends of the windows. */
  readonly at: Int32Array;
  readonly window: number;
  /** Rolling least squares, rolling Huber, Kalman. */
  readonly ratios: readonly MovingRatio[];
  /** The first so many bars chose the Kalman filter's variances: inside them it is in-sample. */
  readonly calibrationBars: number;
}

/**
 * How the hedge ratio of log prices moves, three ways side by side, at the ends of the same windows: least squares and
 * Huber over the last `window` bars, and Kalman's α and β that walk, whose variances are the likeliest of the first half.
 *
 * The band of least squares knows that residuals remember (HAC); Huber's does not, so none is given: NaN. In a window of
 * a few half-lives a spread wanders like a trend, and β takes it for a change of its own: no band covers that.
 */
export function movingRatios(pair: PairColumns, settings: MovingRatioSettings): MovingRatios;
export function movingRatios(y: Float64Array, x: Float64Array, settings: MovingRatioSettings): MovingRatios;
export function movingRatios(...given: PairArguments<MovingRatioSettings>): MovingRatios {
  const where = "movingRatios";
  const { y, x, settings, origin } = pairArguments(where, given);
  requireSettings(where, settings, ["confidence", "step", "window"]);

  const { window, confidence = 0.95 } = settings;
  requireBetween(where, "confidence", confidence, 0, 1);
  requireSameLength(where, { y: y.length, x: x.length });
  requireCount(where, y.length, Math.max(window, 40), "to see a ratio move");
  const fit = (method: "ols" | "huber", from: number, to: number): HedgeRatio =>
    hedgeRatio(y.subarray(from, to), x.subarray(from, to), { method, confidence });
  const reaches = new Map<number, number>();
  const ols = rollingEstimates(y.length, settings, (from, to) => {
    const { beta, high } = fit("ols", from, to);
    reaches.set(to - 1, high - beta);
    return beta;
  });
  const huber = rollingEstimates(y.length, settings, (from, to) => fit("huber", from, to).beta);
  const { at } = ols;

  const half = Math.floor(y.length / 2);
  const [ys, xs] = [onScale(where, "y", y, "log"), onScale(where, "x", x, "log")];
  const kalman = kalmanHedgeLine(y, x, kalmanNoise(ys.subarray(0, half), xs.subarray(0, half)));
  const times = normalQuantile((1 + confidence) / 2);
  const none = new Float64Array(at.length).fill(Number.NaN);
  const reach = Float64Array.from(at, (t) => reaches.get(t) ?? Number.NaN);
  return {
    ...origin,
    at,
    window,
    ratios: [
      banded("rolling OLS", ols.values, reach),
      banded("rolling Huber", huber.values, none),
      banded(
        "Kalman",
        Float64Array.from(at, (t) => kalman.beta[t]!),
        Float64Array.from(at, (t) => times * kalman.betaError[t]!),
      ),
    ],
    calibrationBars: half,
  };
}

function banded(name: string, beta: Float64Array, reach: Float64Array): MovingRatio {
  return {
    name,
    beta,
    low: beta.map((value, k) => value - reach[k]!),
    high: beta.map((value, k) => value + reach[k]!),
  };
}
