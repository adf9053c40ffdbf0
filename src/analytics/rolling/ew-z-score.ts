import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireBetween, requireFinite, requireWhole } from "../checks.ts";
import { type Operator, runOperator } from "./operator.ts";

export interface EwSettings {
  /** The age, in bars, at which a value weighs half; it may be a fraction. */
  readonly halfLifeBars: number;
  /** NaN before so many values; `halfLifeBars` rounded up, and at least 2, unless given. */
  readonly minValues?: number;
}

/**
 * How far the newest value lies from its exponentially weighted mean, in exponentially weighted deviations.
 *
 * Weights are 2^(−age / halfLifeBars), the current value included; the variance is unbiased for such weights
 * (pandas' `ewm(halflife, adjust=True).std(bias=False)`). Causal. NaN at a missing bar, which ages the others, before
 * `minValues` values, and where the deviation is exactly zero.
 */
export function ewZScore(values: Float64Array, settings: EwSettings): Float64Array {
  requireColumns("ewZScore", { values });
  requireSettings("ewZScore", settings, ["halfLifeBars", "minValues"]);

  requireFinite("ewZScore", "values", values);
  return runOperator(operator("ewZScore", settings), values);
}

/** `ewZScore`, one value at a time. */
export function ewZScoreOperator(settings: EwSettings): Operator {
  requireSettings("ewZScoreOperator", settings, ["halfLifeBars", "minValues"]);

  return operator("ewZScoreOperator", settings);
}

function operator(where: string, settings: EwSettings): Operator {
  const { halfLifeBars } = settings;
  requireBetween(where, "halfLifeBars", halfLifeBars, 0, Number.POSITIVE_INFINITY);
  const { minValues = Math.max(2, Math.ceil(halfLifeBars)) } = settings;
  requireWhole(where, "minValues", minValues, 2);
  const decay = 2 ** (-1 / halfLifeBars);
  let count = 0;
  let before = 0;
  // the value before less its mean: carried instead of the mean, so that an offset costs no digits
  let gap = 0;
  let weight = 0;
  let squaredWeights = 0;
  let squares = 0;
  return {
    push(value) {
      weight *= decay;
      squaredWeights *= decay * decay;
      squares *= decay;
      if (Number.isNaN(value)) return Number.NaN;
      const off = count === 0 ? 0 : value - before + gap;
      before = value;
      count += 1;
      weight += 1;
      squaredWeights += 1;
      gap = off - off / weight;
      squares += off * gap;
      if (count < minValues || !(squares > 0)) return Number.NaN;
      return gap / Math.sqrt((squares * weight) / (weight * weight - squaredWeights));
    },
  };
}
