import { requireColumns, requireFields, requireSettings } from "../../core/arguments.ts";
import { originOf, type PairOrigin } from "../../core/timed.ts";
import { rollingZScore, type WindowSetting } from "../rolling/rolling.ts";
import type { Spread } from "./spread.ts";

/** A z-score with its window; times and names are those of the spread. `zScoreChart` takes it as it is. */
export interface ZScore extends PairOrigin {
  /** Bar by bar, in standard deviations. */
  readonly values: Float64Array;
  readonly window: number;
}

/** How far a spread stands from its mean over the last `window` bars: `rollingZScore` of its values. */
export function zScore(spread: Pick<Spread, "values"> & PairOrigin, settings: WindowSetting): ZScore {
  const where = "zScore";
  requireFields(where, "spread", spread, ["values"]);
  requireColumns(where, { "spread.values": spread.values });
  const { window } = requireSettings(where, settings, ["window"]);
  return { values: rollingZScore(spread.values, { window }), window, ...originOf(spread) };
}
