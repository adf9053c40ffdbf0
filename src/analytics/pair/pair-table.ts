import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { requireBetween, requireSameLength } from "../checks.ts";
import { rollingMean, rollingStd, rollingZScore, type WindowSetting } from "../rolling/rolling.ts";
import { rollingCorrelation } from "../rolling/rolling-correlation.ts";
import type { ResultTable } from "../unit-root/test-result.ts";
import { onScale, type PriceScale } from "./price-scale.ts";
import { type SpreadSettings, spread } from "./spread.ts";

export interface PairTableSettings extends WindowSetting {
  /** What `spread` takes: a hedge ratio, fixed or for every bar. */
  readonly hedge: SpreadSettings;
  /** A row for each such stretch of time, microseconds: that of its last bar; a minute unless given. */
  readonly everyUs?: number;
}

/**
 * The rolling statistics of a pair as a table to look at or to export: a row a minute, each as it stood at the last
 * bar that starts in that minute. Statistics run over all bars, not over the rows; nothing looks ahead.
 */
export function pairTable(
  startUs: Float64Array,
  y: Float64Array,
  x: Float64Array,
  settings: PairTableSettings,
): ResultTable {
  const where = "pairTable";
  requireColumns(where, { startUs, y, x });
  requireSettings(where, settings, ["hedge", "everyUs", "window"]);

  const { window, hedge, everyUs = 60e6 } = settings;
  requireSameLength(where, { startUs: startUs.length, y: y.length, x: x.length });
  requireBetween(where, "everyUs", everyUs, 0, Number.POSITIVE_INFINITY);
  const unordered = startUs.findIndex((start, t) => t > 0 && !(start > startUs[t - 1]!));
  if (unordered >= 0) {
    refuse({
      code: "unordered-bars",
      where,
      problem: `needs bars in the order of their start; got ${startUs[unordered]} after ${startUs[unordered - 1]} at index ${unordered}`,
      hint: "Sort the bars by time.",
      facts: { index: unordered },
    });
  }
  const { values, prices } = spread(y, x, hedge);
  const { beta } = hedge;
  const betas = typeof beta === "number" ? y.map(() => beta) : beta;
  const ends = [...startUs.keys()].filter(
    (t) =>
      t + 1 === startUs.length || Math.floor(startUs[t]! / everyUs) !== Math.floor(startUs[t + 1]! / everyUs),
  );
  const column = (name: string, of: Float64Array) => ({
    name,
    values: Float64Array.from(ends, (t) => of[t]!),
  });
  const time = column("time", startUs);
  return {
    columns: [
      { ...time, values: time.values.map((start) => Math.floor(start / everyUs) * everyUs), kind: "time" },
      column("y", y),
      column("x", x),
      column("β", betas),
      column(`spread (${prices})`, values),
      column("mean", rollingMean(values, { window })),
      column("deviation", rollingStd(values, { window })),
      column("z-score", rollingZScore(values, { window })),
      column("correlation of moves", rollingCorrelation(moves(y, prices), moves(x, prices), { window })),
    ],
    length: ends.length,
    caption: `Rolling statistics over ${window} bars`,
  };
}

/** Log returns, or differences of raw prices. */
function moves(values: Float64Array, prices: PriceScale): Float64Array {
  const scaled = onScale("pairTable", "prices", values, prices);
  return scaled.map((value, t) => (t === 0 ? Number.NaN : value - scaled[t - 1]!));
}
