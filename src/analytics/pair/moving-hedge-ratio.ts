import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { kalmanLine } from "../regression/kalman/kalman-line.ts";
import type { KalmanLineSettings } from "../regression/kalman/kalman-line-types.ts";
import { NOISE_FIELDS } from "../regression/kalman/kalman-line-types.ts";
import { type KalmanRatioSettings, kalmanRatio } from "../regression/kalman/kalman-ratio.ts";
import { type RollingOlsSettings, rollingOls } from "../regression/rolling-ols.ts";
import { innovationZScore } from "../rolling/innovation-z-score.ts";
import { onScale, type PriceScale } from "./price-scale.ts";

export interface ScaleSetting {
  /** `"log"` unless given. */
  readonly prices?: PriceScale;
}

/** A hedge ratio for every bar. It can be handed to `spread` as it is. */
export interface MovingHedgeRatio {
  readonly alpha: Float64Array;
  readonly beta: Float64Array;
  /** Standard error of β. */
  readonly betaError: Float64Array;
  readonly prices: PriceScale;
}

/** One with predictions: what the next y would be was known before it came. */
export interface KalmanHedgeRatio extends MovingHedgeRatio {
  /** y less its prediction from the bars before: the spread that could be traded on. */
  readonly innovation: Float64Array;
  readonly innovationVariance: Float64Array;
  /** The innovation over its predicted deviation. */
  readonly zScore: Float64Array;
  readonly logLikelihood: number;
}

/** `rollingOls` on prices: a hedge ratio of the last `window` bars, at every bar. */
export function rollingHedgeRatio(
  y: Float64Array,
  x: Float64Array,
  settings: RollingOlsSettings & ScaleSetting,
): MovingHedgeRatio {
  requireColumns("rollingHedgeRatio", { y, x });
  requireSettings("rollingHedgeRatio", settings, ["intercept", "window", "prices"]);

  const { prices = "log", ...rest } = settings;
  const { alpha, beta, betaError } = rollingOls(...scaled("rollingHedgeRatio", y, x, prices), rest);
  return { alpha, beta, betaError, prices };
}

/** `kalmanLine` on prices: α and β walk. */
export function kalmanHedgeLine(
  y: Float64Array,
  x: Float64Array,
  settings: KalmanLineSettings & ScaleSetting,
): KalmanHedgeRatio {
  requireColumns("kalmanHedgeLine", { y, x });
  requireSettings("kalmanHedgeLine", settings, ["stateNoise", "noise", "start", "prices"], [NOISE_FIELDS]);

  const { prices = "log", ...rest } = settings;
  const run = kalmanLine(...scaled("kalmanHedgeLine", y, x, prices), rest);
  return { ...run, betaError: run.betaVariance.map(Math.sqrt), zScore: innovationZScore(run), prices };
}

/** `kalmanRatio` on prices: β walks, α is 0. */
export function kalmanHedgeRatio(
  y: Float64Array,
  x: Float64Array,
  settings: KalmanRatioSettings & ScaleSetting = {},
): KalmanHedgeRatio {
  requireColumns("kalmanHedgeRatio", { y, x });
  requireSettings("kalmanHedgeRatio", settings, ["stateNoise", "noise", "start", "prices"], [NOISE_FIELDS]);

  const { prices = "log", ...rest } = settings;
  const run = kalmanRatio(...scaled("kalmanHedgeRatio", y, x, prices), rest);
  // 0, and NaN where there is no β yet
  const alpha = run.beta.map((beta) => 0 * beta);
  return { ...run, alpha, betaError: run.betaVariance.map(Math.sqrt), zScore: innovationZScore(run), prices };
}

function scaled(
  where: string,
  y: Float64Array,
  x: Float64Array,
  prices: PriceScale,
): [Float64Array, Float64Array] {
  return [onScale(where, "y", y, prices), onScale(where, "x", x, prices)];
}
