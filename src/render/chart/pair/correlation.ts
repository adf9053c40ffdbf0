import { requireNumbers } from "../../../core/arguments.ts";
import type { View } from "../../view.ts";
import { requireOptions } from "../base/options.ts";
import { type Column, type Drawn, originOptions, timed } from "../base/origin.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";

export interface CorrelationOptions extends LinesOptions {
  /** What is correlated: `log returns` unless told. */
  readonly of?: string;
}

/** A rolling correlation with its times: of a pair `{ ...pair, values, window }`. */
export interface DrawnCorrelation extends Drawn {
  /** Bars in the trailing window, the current one included. */
  readonly window: number;
}

/** A rolling correlation, on the whole of its range from −1 to 1. */
export function correlationChart(correlation: DrawnCorrelation, options?: CorrelationOptions): View;
/** @deprecated `correlationChart({ ...pair, values, window }, options)` */
export function correlationChart(timeUs: Column, values: Column, options: object): View;
export function correlationChart(
  given: DrawnCorrelation | Column,
  told: CorrelationOptions | Column = {},
): View {
  const where = "correlationChart";
  const fields = ["values", "window"] as const;
  const correlation = timed<DrawnCorrelation>(
    where,
    "correlation",
    given,
    fields,
    "{ ...pair, values, window }",
  );
  const { timeUs, values, window, names } = correlation;
  requireNumbers(where, { "correlation.window": window });
  const options = requireOptions(where, told as CorrelationOptions, ["of", ...LINES_OPTIONS]);

  const { of = "log returns" } = options;
  const all = { ...originOptions(correlation), ...options };
  return drawLines(timeUs, [{ name: "correlation", values }], {
    title: names === undefined ? "Rolling correlation" : `Correlation of ${names.y} and ${names.x}`,
    yDomain: [-1, 1],
    levels: [{ value: 0, dash: [], colour: "rgba(128,128,128,0.6)" }],
    needs: window + 1,
    ...all,
    note: [`of ${of}, last ${window} bars`, all.note].filter(Boolean).join(" · "),
  });
}
