import { requireSequence } from "../../../core/arguments.ts";
import type { View } from "../../view.ts";
import { requireOptions } from "../base/options.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";

export interface CorrelationOptions extends LinesOptions {
  /** Bars in the trailing window, the current one included. */
  readonly window: number;
  /** What is correlated: `log returns` unless told. */
  readonly of?: string;
}

/** A rolling correlation, on the whole of its range from −1 to 1. */
export function correlationChart(
  times: ArrayLike<number>,
  r: ArrayLike<number>,
  options: CorrelationOptions,
): View {
  requireSequence("correlationChart", "times", times);
  requireSequence("correlationChart", "r", r);
  requireOptions("correlationChart", options, ["window", "of", ...LINES_OPTIONS]);

  const { window, of = "log returns" } = options;
  return drawLines(times, [{ name: "correlation", values: r }], {
    title: "Rolling correlation",
    yDomain: [-1, 1],
    levels: [{ value: 0, dash: [], colour: "rgba(128,128,128,0.6)" }],
    needs: window + 1,
    ...options,
    note: [`of ${of}, last ${window} bars`, options.note].filter(Boolean).join(" · "),
  });
}
