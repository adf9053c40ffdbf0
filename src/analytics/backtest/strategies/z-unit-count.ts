import { requireColumns, requireSettings } from "../../../core/arguments.ts";
import { refuse } from "../../../core/errors.ts";
import { requireBetween, requireFinite, requireNumber } from "../../checks.ts";

export interface ZUnitSettings {
  /** Enter against z where |z| is this or more; 2 unless given. */
  readonly entry?: number;
  /** Leave where z has come back to this; 0 unless given. */
  readonly exit?: number;
}

export interface ZUnitCount {
  /** Round trips that were closed. */
  readonly trades: number;
  /** Of them, in deviations: |z| at entry less what was left of it at exit. */
  readonly profit: number;
}

/**
 * The quick count of a z-score: enters and leaves at the very z that it looks at, and adds up deviations.
 *
 * No prices, no costs, no wait for a fill, and each deviation is as large as the next: it says how often z came back, not
 * what that would have earned. NaN is passed over; what is open at the end is not counted. Causal.
 */
export function zUnitCount(z: Float64Array, settings: ZUnitSettings = {}): ZUnitCount {
  const where = "zUnitCount";
  requireColumns(where, { z });
  requireSettings(where, settings, ["entry", "exit"]);

  const { entry = 2, exit = 0 } = settings;
  requireFinite(where, "z", z);
  requireBetween(where, "entry", entry, 0, Number.POSITIVE_INFINITY);
  requireNumber(where, "exit", exit);
  if (exit >= entry) {
    refuse({
      code: "bad-thresholds",
      where,
      problem: `needs exit below entry; got exit ${exit}, entry ${entry}`,
      hint: "Pass for example entry: 2, exit: 0.",
      facts: { entry, exit },
    });
  }
  let [trades, profit, side, depth] = [0, 0, 0, 0];
  for (const now of z) {
    if (side !== 0 && side * now <= exit) {
      trades += 1;
      profit += depth - side * now;
      side = 0;
    } else if (side === 0 && Math.abs(now) >= entry) {
      side = Math.sign(now);
      depth = Math.abs(now);
    }
  }
  return { trades, profit };
}
