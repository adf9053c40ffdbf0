import type { MovingRatios } from "../../../analytics/pair/moving-ratios.ts";
import type { View } from "../../view.ts";
import { requireOptions } from "../base/options.ts";
import { type Column, originOptions, timed } from "../base/origin.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";

export interface RatiosOptions extends LinesOptions {
  /** The ratio of the whole window, as a level. */
  readonly whole?: number;
}

/** What `movingRatios` gives. */
export type DrawnRatios = Omit<MovingRatios, "calibrationBars">;

/** Hedge ratios that move, with their bands; the axis follows the lines, and bands may leave it. */
export function ratiosChart(moving: DrawnRatios, options?: RatiosOptions): View;
/** @deprecated `ratiosChart(moving, options)` of `movingRatios(pair, { window })` */
export function ratiosChart(timeUs: Column, moving: DrawnRatios, options?: RatiosOptions): View;
export function ratiosChart(given: DrawnRatios | Column, told: RatiosOptions | DrawnRatios = {}): View {
  const where = "ratiosChart";
  const fields = ["at", "ratios"] as const;
  const moving = timed<DrawnRatios>(where, "moving", given, fields, "movingRatios(pair, { window })");
  const options = requireOptions(where, told as RatiosOptions, ["whole", ...LINES_OPTIONS]);

  const { whole } = options;
  const { timeUs, at, ratios } = moving;
  const known = ratios
    .flatMap(({ beta }) => [...beta])
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const quantile = (share: number): number => known[Math.round(share * (known.length - 1))] ?? 0;
  const [low, high] = [quantile(0.01), quantile(0.99)];
  const room = Math.max(0.35 * (high - low), 0.02 * Math.abs(high));
  return drawLines(
    Float64Array.from(at, (t) => timeUs[t]!),
    ratios.map(({ name, beta, low, high }) => ({ name, values: beta, band: { low, high } })),
    {
      title: "Hedge ratio over time",
      yName: "β",
      yDomain: [low - room, high + room],
      ...(whole !== undefined && { levels: [{ value: whole, label: `whole window ${whole.toFixed(3)}` }] }),
      height: 220,
      needs: moving.window,
      ...originOptions(moving),
      ...options,
    },
  );
}
