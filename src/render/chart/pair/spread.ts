import { requireSequence } from "../../../core/arguments.ts";
import { assetsOf } from "../../../core/assets.ts";
import type { View } from "../../view.ts";
import { requireOptions } from "../base/options.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";

export interface SpreadOptions extends LinesOptions {
  /** The symbol on the left of the regression, and the one on its right. */
  readonly y: string;
  readonly x: string;
  /** β; or in words where it changes over time: `rolling over 240 bars`. */
  readonly hedgeRatio: number | string;
  /** α, where β is a number. */
  readonly intercept?: number;
  /** Whether α and β are those of log prices or of prices. */
  readonly scale: "log" | "raw";
}

/** The spread y − α − βx over time; the line under the title says which one. */
export function spreadChart(
  times: ArrayLike<number>,
  spread: ArrayLike<number>,
  options: SpreadOptions,
): View {
  requireSequence("spreadChart", "times", times);
  requireSequence("spreadChart", "spread", spread);
  requireOptions("spreadChart", options, ["y", "x", "hedgeRatio", "intercept", "scale", ...LINES_OPTIONS]);

  const { y, x, hedgeRatio, intercept = 0, scale } = options;
  const name = (symbol: string): string => (scale === "log" ? `log ${symbol}` : symbol);
  const signed = (value: number, tail = ""): string =>
    `${value < 0 ? "+" : "−"} ${Number(Math.abs(value).toPrecision(5))}${tail}`;
  const formula =
    typeof hedgeRatio === "number" && Number.isFinite(hedgeRatio) && Number.isFinite(intercept)
      ? [name(y), intercept === 0 ? "" : signed(intercept), signed(hedgeRatio, ` × ${name(x)}`)]
          .filter(Boolean)
          .join(" ")
      : `${name(y)} − α − β × ${name(x)}, β ${typeof hedgeRatio === "string" ? hedgeRatio : "not defined yet"}`;
  const unit = scale === "log" ? "log price" : assetsOf(y).quote;
  return drawLines(times, [{ name: "spread", values: spread }], {
    title: `Spread ${y} against ${x}`,
    unit,
    ...options,
    note: [formula, options.note].filter(Boolean).join(" · "),
  });
}
