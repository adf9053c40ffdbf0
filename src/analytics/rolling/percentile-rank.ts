import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { requireFinite, requireWindow } from "../checks.ts";
import { type Operator, runOperator } from "./operator.ts";
import type { WindowSetting } from "./rolling.ts";

/**
 * The share of the `window` values before the newest one that are not above it: 0, lower than all of them; 1, none is
 * higher. The newest value is not part of what it is measured against.
 *
 * Causal. NaN for the first `window` values, where the value or one of those before is missing. O(window) a value.
 */
export function percentileRank(values: Float64Array, settings: WindowSetting): Float64Array {
  requireColumns("percentileRank", { values });
  const { window } = requireSettings("percentileRank", settings, ["window"]);

  requireWindow("percentileRank", window, 1);
  requireFinite("percentileRank", "values", values);
  return runOperator(percentileRankOperator({ window }), values);
}

/** `percentileRank`, one value at a time. */
export function percentileRankOperator(settings: WindowSetting): Operator {
  const { window } = requireSettings("percentileRankOperator", settings, ["window"]);

  requireWindow("percentileRankOperator", window, 1);
  const recent = new Float64Array(window).fill(Number.NaN);
  let at = 0;
  return {
    push(value) {
      let below = 0;
      for (let i = 0; i < window; i++) {
        const before = recent[i]!;
        if (before <= value) below++;
        else if (!(before > value)) below = Number.NaN;
      }
      recent[at] = value;
      at = (at + 1) % window;
      return below / window;
    },
  };
}
