import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { requireSameLength, requireWhole } from "../checks.ts";
import { halfLife } from "../unit-root/half-life.ts";
import { MOST_CALIBRATION_BARS, type PairVerdict, pairVerdict } from "./pair-verdict.ts";
import { onScale, type PriceScale } from "./price-scale.ts";

/** A line that is fitted once and frozen, with the window of its z-score and what its stretch says of the pair. */
export interface Calibration {
  /** The stretch: the first so many bars. What is drawn inside it is in-sample; trading begins after it. */
  readonly calibrationBars: number;
  readonly alpha: number;
  readonly beta: number;
  readonly prices: PriceScale;
  /** Bars in the trailing window of the z-score. */
  readonly window: number;
  /** Where the window comes from. */
  readonly windowSentence: string;
  readonly verdict: PairVerdict;
}

export interface CalibrationSettings {
  /** The first quarter of the bars and at most 5,000 unless given. */
  readonly calibrationBars?: number;
  /** `"log"` unless given. */
  readonly prices?: PriceScale;
}

/** The shortest window of a z-score, and the shortest stretch. */
export const LEAST_WINDOW = 60;

/** How many leading bars are for calibration: a quarter, at most 5,000; refused below 60. */
export function calibrationStretch(bars: number): number {
  const stretch = Math.min(MOST_CALIBRATION_BARS, Math.floor(bars / 4));
  if (stretch >= LEAST_WINDOW) return stretch;
  return refuse({
    code: "too-few-bars",
    where: "calibrate",
    problem: `needs at least ${4 * LEAST_WINDOW} bars, the first quarter of which is for β and the window; got ${bars}`,
    hint: "Take more bars, or name both hedge and window.",
    facts: { bars },
  });
}

/**
 * Everything that a desk, a backtest and a report take for granted of a pair unless told otherwise, from its closes.
 *
 * α and β by least squares on the first quarter of the bars, at most 5,000, and frozen; the window of the z-score from the
 * half-life there (`calibratedWindow`); the verdict on the pair from the same bars. Later bars change nothing of it.
 */
export function calibrate(y: Float64Array, x: Float64Array, settings: CalibrationSettings = {}): Calibration {
  const where = "calibrate";
  requireColumns(where, { y, x });
  requireSettings(where, settings, ["calibrationBars", "prices"]);

  requireSameLength(where, { y: y.length, x: x.length });
  const { calibrationBars = calibrationStretch(y.length), prices = "log" } = settings;
  requireWhole(where, "calibrationBars", calibrationBars, LEAST_WINDOW, " bars");
  if (calibrationBars > y.length) {
    refuse({
      code: "too-few-bars",
      where,
      problem: `needs ${calibrationBars} bars to calibrate on; there are ${y.length}`,
      hint: "Wait for more, or take a shorter stretch.",
      facts: { calibrationBars, bars: y.length },
    });
  }
  const verdict = pairVerdict(y.subarray(0, calibrationBars), x.subarray(0, calibrationBars), { prices });
  const { alpha, beta } = verdict.cointegration;
  return {
    calibrationBars,
    alpha,
    beta: beta[0]!,
    prices,
    ...windowFrom(verdict.halfLife.correctedHalfLifeBars, calibrationBars),
    verdict,
  };
}

/** The window of one leg's z-score, from the half-life of its own price in the stretch. */
export function calibratedWindow(
  close: Float64Array,
  prices: PriceScale = "log",
): Pick<Calibration, "calibrationBars" | "window" | "windowSentence"> {
  const calibrationBars = calibrationStretch(close.length);
  const price = onScale("calibrate", "close", close.subarray(0, calibrationBars), prices);
  return { calibrationBars, ...windowFrom(halfLife(price).correctedHalfLifeBars, calibrationBars) };
}

/** Three half-lives, or two where three are more than a quarter of the stretch; a quarter of it where even two are. At least 60 bars. */
function windowFrom(halfLifeBars: number, stretch: number): Pick<Calibration, "window" | "windowSentence"> {
  const quarter = Math.max(LEAST_WINDOW, Math.floor(stretch / 4));
  const life = halfLifeBars.toLocaleString("en", { maximumFractionDigits: 1 });
  for (const times of [4, 3, 2]) {
    const window = Math.ceil(times * halfLifeBars);
    if (times === 4 && window > LEAST_WINDOW) continue;
    if (window <= LEAST_WINDOW)
      return {
        window: LEAST_WINDOW,
        windowSentence: `window ${LEAST_WINDOW} bars, the least: half of a deviation is gone after ${life}`,
      };
    if (window <= quarter)
      return { window, windowSentence: `window ${window} bars: ${times} half-lives of ${life} bars` };
  }
  const why =
    halfLifeBars === Number.POSITIVE_INFINITY
      ? "no return was seen there"
      : `two half-lives of ${life} bars would be more`;
  return { window: quarter, windowSentence: `window ${quarter} bars, a quarter of the stretch: ${why}` };
}
