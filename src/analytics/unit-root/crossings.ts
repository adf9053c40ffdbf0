import { requireColumns } from "../../core/arguments.ts";
import { requireCount, requireFinite } from "../checks.ts";
import { mean } from "../mean.ts";
import { completeRows } from "../regression/complete-rows.ts";
import { counted } from "../words.ts";

export interface CrossingsResult {
  /** How often the series went from one side of its mean to the other. */
  readonly crossings: number;
  readonly mean: number;
  /** Bars with a value, less one, over crossings; Infinity where there is none. */
  readonly barsBetween: number;
  readonly nobs: number;
  readonly sentence: string;
}

/**
 * Crossings of the mean of the whole window: how often a bet on a return would have been paid. A value on the mean
 * belongs to the side it came from; missing bars are passed over.
 */
export function meanCrossings(series: Float64Array): CrossingsResult {
  const where = "meanCrossings";
  requireColumns(where, { series });

  requireFinite(where, "series", series);
  const values = completeRows([series]).columns[0]!;
  requireCount(where, values.length, 2, "to cross a mean");
  const centre = mean(values);
  let crossings = 0;
  let side = 0;
  for (const value of values) {
    const next = Math.sign(value - centre) || side;
    if (next !== side && side !== 0) crossings += 1;
    side = next;
  }
  const nobs = values.length;
  const barsBetween = (nobs - 1) / crossings;
  const sentence =
    crossings === 0
      ? `The series never crossed its mean in ${nobs} bars.`
      : `The series crossed its mean ${counted(crossings, "time")} in ${nobs} bars, once in ${barsBetween.toFixed(1)} bars on average.`;
  return { crossings, mean: centre, barsBetween, nobs, sentence };
}
