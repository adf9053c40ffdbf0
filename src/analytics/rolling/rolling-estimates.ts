import { requireFunction, requireNumbers, requireSettings } from "../../core/arguments.ts";
import { TickbookError } from "../../core/errors.ts";
import { requireWhole, requireWindow } from "../checks.ts";
import type { WindowSetting } from "./rolling.ts";

export interface RollingEstimateSettings extends WindowSetting {
  /** Bars from one window to the next; a quarter of a window, rounded up, unless given. */
  readonly step?: number;
}

/** What an estimator gives for window after window. */
export interface RollingEstimates {
  /** The last bar of each window. */
  readonly at: Int32Array;
  /** NaN where the estimator refused its window: constant prices, too much missing. */
  readonly values: Float64Array;
}

/**
 * An estimator applied to window after window: bars `from` to `to` (not included). Each value knows its own window
 * alone, and the windows do not depend on how many bars come after them. Windows overlap, so neighbouring values are
 * anything but independent: of p-values, about one in twenty lies below 0.05 when there is nothing to find.
 */
export function rollingEstimates(
  length: number,
  settings: RollingEstimateSettings,
  estimate: (from: number, to: number) => number,
): RollingEstimates {
  const where = "rollingEstimates";
  requireNumbers(where, { length });
  requireFunction(where, "estimate", estimate);
  requireSettings(where, settings, ["step", "window"]);

  const { window } = settings;
  requireWindow(where, window, 2);
  const { step = Math.ceil(window / 4) } = settings;
  requireWhole(where, "step", step, 1, " bars");
  const count = length < window ? 0 : Math.floor((length - window) / step) + 1;
  const at = Int32Array.from({ length: count }, (_, k) => window - 1 + k * step);
  return {
    at,
    values: Float64Array.from(at, (last) => {
      try {
        return estimate(last + 1 - window, last + 1);
      } catch (error) {
        if (error instanceof TickbookError) return Number.NaN;
        throw error;
      }
    }),
  };
}
