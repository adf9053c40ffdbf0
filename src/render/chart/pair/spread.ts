import type { Spread } from "../../../analytics/pair/spread.ts";
import { assetsOf } from "../../../core/assets.ts";
import type { Timed } from "../../../core/timed.ts";
import type { View } from "../../view.ts";
import { requireOptions } from "../base/options.ts";
import { type Column, originOptions, timed } from "../base/origin.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";

export interface SpreadOptions extends LinesOptions {
  /** Where β changes over time, how: `rolling over 240 bars`. */
  readonly hedgeRatio?: string;
}

/** The spread y − α − βx over time; the line under the title says which one. */
export function spreadChart(spread: Spread, options?: SpreadOptions): View;
/** @deprecated `spreadChart(spread, options)` */
export function spreadChart(timeUs: Column, values: Column, options: object): View;
export function spreadChart(given: Spread | Column, options: SpreadOptions | Column = {}): View {
  const where = "spreadChart";
  const fields = ["values", "prices", "beta"] as const;
  const spread = timed<Spread>(where, "spread", given, fields, "spread(pair, ratio)");
  return drawSpread(
    spread,
    requireOptions(where, options as SpreadOptions, ["hedgeRatio", ...LINES_OPTIONS]),
  );
}

function drawSpread(spread: Spread & Timed, options: SpreadOptions): View {
  const { timeUs, values, prices, names } = spread;
  const { y = "y", x = "x" } = names ?? {};
  const all = { ...originOptions(spread), ...options };
  return drawLines(timeUs, [{ name: "spread", values }], {
    title: `Spread ${y} against ${x}`,
    unit: prices === "log" ? "log price" : assetsOf(y).quote,
    ...all,
    note: [formulaOf(spread, y, x, options.hedgeRatio), all.note].filter(Boolean).join(" · "),
  });
}

function formulaOf({ alpha = 0, beta, prices }: Spread, y: string, x: string, words?: string): string {
  const name = (symbol: string): string => (prices === "log" ? `log ${symbol}` : symbol);
  if (typeof beta !== "number" || typeof alpha !== "number")
    return `${name(y)} − α − β × ${name(x)}, β ${words ?? "of each bar"}`;
  if (!Number.isFinite(beta) || !Number.isFinite(alpha))
    return `${name(y)} − α − β × ${name(x)}, β not defined yet`;
  return [name(y), alpha === 0 ? "" : signed(alpha), signed(beta, ` × ${name(x)}`)].filter(Boolean).join(" ");
}

function signed(value: number, tail = ""): string {
  return `${value < 0 ? "+" : "−"} ${Number(Math.abs(value).toPrecision(5))}${tail}`;
}
