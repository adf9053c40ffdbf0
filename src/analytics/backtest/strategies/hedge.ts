import { requireKnown } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { requireNumber, requireOneOf, requireWhole, requireWindow } from "../../checks.ts";
import { type HedgeMethod, hedgeRatio } from "../../pair/hedge-ratio.ts";
import { kalmanHedgeLine, kalmanHedgeRatio, rollingHedgeRatio } from "../../pair/moving-hedge-ratio.ts";
import { onScale, type PriceScale } from "../../pair/price-scale.ts";
import { spread } from "../../pair/spread.ts";
import { type KalmanNoise, kalmanNoise } from "../../regression/kalman/kalman-noise.ts";

/**
 * Where β comes from.
 *
 * `"fixed"`: one for all bars, given, or fitted on the first `calibrationBars`; trading begins after them. `"rolling"`:
 * least squares of the last `window` bars, fitted anew at an entry and kept until the exit. `"kalman"`: α and β walk (`model: "line"`, unless told), or β
 * alone (`"ratio"`), with the two variances given, or the likeliest of the first `calibrationBars`.
 */
export type HedgeSetting =
  | { readonly method: "fixed"; readonly beta: number }
  | {
      readonly method: "fixed";
      readonly calibrationBars: number;
      /** `"ols"` unless given. */
      readonly fit?: HedgeMethod;
      /** A constant beside x; true unless given. */
      readonly intercept?: boolean;
    }
  | { readonly method: "rolling"; readonly window: number; readonly intercept?: boolean }
  | {
      readonly method: "kalman";
      readonly model?: "line" | "ratio";
      readonly stateNoise: number;
      readonly noise: number;
    }
  | { readonly method: "kalman"; readonly model?: "line" | "ratio"; readonly calibrationBars: number };

/** A spread that was known bar by bar, with the ratio behind it. */
export interface HedgedSpread {
  /** y − α − βx; of Kalman, y less its prediction from the bars before. */
  readonly spread: Float64Array;
  readonly beta: Float64Array;
  /** The first bar at whose close all of this was known: the last of the calibration. Before it nothing may be used. */
  readonly from: number;
  /** Of Kalman: the innovation over its predicted deviation. */
  readonly innovationZ?: Float64Array;
}

/** Refuses a hedge that can't be; how many bars go by before it has a β. */
export function requireHedge(where: string, hedge: HedgeSetting): number {
  requireOneOf(where, "hedge.method", hedge?.method, ["fixed", "rolling", "kalman"]);
  requireKnown(where, `hedge with method "${hedge.method}"`, hedge, HEDGE_SETTINGS[hedge.method]);
  const { intercept = true, model = "line" } = hedge as { intercept?: unknown; model?: unknown };
  requireOneOf(where, "hedge.intercept", intercept, [true, false]);
  requireOneOf(where, "hedge.model", model, ["line", "ratio"]);
  if (hedge.method === "rolling") {
    requireWindow(where, hedge.window, 3);
    return hedge.window;
  }
  if ("calibrationBars" in hedge) {
    const given = ["beta", "stateNoise", "noise"].find((name) => name in hedge);
    if (given !== undefined) {
      refuse({
        code: "bad-setting",
        where,
        problem: `hedge needs either calibrationBars or ${given}; got both`,
        hint: `Leave ${given} out to have it from the first bars.`,
      });
    }
    requireWhole(where, "hedge.calibrationBars", hedge.calibrationBars, 10, " bars");
    return hedge.calibrationBars;
  }
  if (hedge.method === "fixed") {
    if (hedge.beta === undefined) {
      refuse({
        code: "bad-setting",
        where,
        problem: "hedge needs a beta, or calibrationBars to fit one on; got neither",
        hint: 'Pass hedge: { method: "fixed", calibrationBars: 1000 }.',
      });
    }
    requireNumber(where, "hedge.beta", hedge.beta);
    if (hedge.beta <= 0) {
      refuse({
        code: "bad-setting",
        where,
        problem: `hedge.beta must be above 0: at 0 nothing of x is held, and below it both legs are bought at once; got ${hedge.beta}`,
        hint: "Leave hedge out to have it from the first quarter of the bars.",
        facts: { got: hedge.beta },
      });
    }
    return 1;
  }
  for (const name of ["stateNoise", "noise"] as const) {
    if (hedge[name] > 0 && hedge[name] < Number.POSITIVE_INFINITY) continue;
    refuse({
      code: "bad-setting",
      where,
      problem: `hedge.${name} must be a variance above 0; got ${quote(hedge[name])}`,
      hint: "Pass both variances, or calibrationBars to choose them on.",
      facts: { name, got: hedge[name] },
    });
  }
  return 2;
}

const HEDGE_SETTINGS = {
  fixed: ["method", "beta", "calibrationBars", "fit", "intercept"],
  rolling: ["method", "window", "intercept"],
  kalman: ["method", "model", "stateNoise", "noise", "calibrationBars"],
} as const;

/** The spread under a hedge. Causal from bar `from` on: what is fitted on leading bars is never refitted. */
export function hedgedSpread(
  y: Float64Array,
  x: Float64Array,
  hedge: HedgeSetting,
  prices: PriceScale,
): HedgedSpread {
  if (hedge.method === "rolling") {
    const { method: _, ...settings } = hedge;
    const ratio = rollingHedgeRatio(y, x, { ...settings, prices });
    return { spread: spread(y, x, ratio).values, beta: ratio.beta, from: 0 };
  }
  const calibrationBars = "calibrationBars" in hedge ? hedge.calibrationBars : 0;
  const from = Math.max(0, calibrationBars - 1);
  if (y.length < calibrationBars) {
    const none = new Float64Array(y.length).fill(Number.NaN);
    return { spread: none, beta: none, innovationZ: none, from };
  }
  const [leadY, leadX] = [y.subarray(0, calibrationBars), x.subarray(0, calibrationBars)];
  if (hedge.method === "fixed") {
    const ratio =
      "calibrationBars" in hedge
        ? hedgeRatio(leadY, leadX, {
            method: hedge.fit ?? "ols",
            prices,
            errors: "classical",
            ...(hedge.intercept === undefined ? {} : { intercept: hedge.intercept }),
          })
        : { beta: hedge.beta, prices };
    return {
      spread: spread(y, x, ratio).values,
      beta: new Float64Array(y.length).fill(ratio.beta),
      from,
    };
  }
  const { model = "line" } = hedge;
  const noise = "calibrationBars" in hedge ? likeliest(leadY, leadX, model, prices) : hedge;
  const settings = { stateNoise: noise.stateNoise, noise: noise.noise, start: "diffuse", prices } as const;
  const run = model === "line" ? kalmanHedgeLine(y, x, settings) : kalmanHedgeRatio(y, x, settings);
  return { spread: run.innovation, beta: run.beta, innovationZ: run.zScore, from };
}

function likeliest(
  y: Float64Array,
  x: Float64Array,
  model: "line" | "ratio",
  prices: PriceScale,
): KalmanNoise {
  const where = "meanReversion";
  return kalmanNoise(onScale(where, "y", y, prices), onScale(where, "x", x, prices), { model });
}
