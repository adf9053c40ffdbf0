import type { MovingRatios } from "../../../analytics/pair/moving-ratios.ts";
import { requireFields, requireSequence } from "../../../core/arguments.ts";
import type { View } from "../../view.ts";
import { requireOptions } from "../base/options.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";

export interface RatiosOptions extends LinesOptions {
  /** The ratio of the whole window, as a level. */
  readonly whole?: number;
}

/** Hedge ratios that move, with their bands; the axis follows the lines, and bands may leave it. */
export function ratiosChart(
  timesUs: ArrayLike<number>,
  moving: Pick<MovingRatios, "at" | "ratios">,
  options: RatiosOptions = {},
): View {
  requireSequence("ratiosChart", "timesUs", timesUs);
  requireFields("ratiosChart", "moving", moving, ["at", "ratios"]);
  requireOptions("ratiosChart", options, ["whole", ...LINES_OPTIONS]);

  const { whole } = options;
  const { at, ratios } = moving;
  const known = ratios
    .flatMap(({ beta }) => [...beta])
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const quantile = (share: number): number => known[Math.round(share * (known.length - 1))] ?? 0;
  const [low, high] = [quantile(0.01), quantile(0.99)];
  const room = Math.max(0.35 * (high - low), 0.02 * Math.abs(high));
  return drawLines(
    Float64Array.from(at, (t) => timesUs[t]!),
    ratios.map(({ name, beta, low, high }) => ({ name, values: beta, band: { low, high } })),
    {
      title: "Hedge ratio over time",
      yName: "β",
      yDomain: [low - room, high + room],
      ...(whole !== undefined && { levels: [{ value: whole, label: `whole window ${whole.toFixed(3)}` }] }),
      height: 220,
      ...options,
    },
  );
}
