import { requireColumns, requireSettings } from "../../core/arguments.ts";
import { type HedgeRatioSettings, hedgeRatio, hedgeRatios, METHOD_WORDS } from "./hedge-ratio.ts";

/** A hedge ratio by name, with its band; NaN where there is none. */
export interface NamedRatio {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Every estimate of one hedge ratio side by side, and least squares of x on y turned round: 1 / β of x on y. Where noise is
 * large the two directions lie far apart, with the total least squares between them.
 */
export function compareRatios(
  y: Float64Array,
  x: Float64Array,
  settings: Pick<HedgeRatioSettings, "prices" | "errors" | "confidence"> = {},
): readonly NamedRatio[] {
  requireColumns("compareRatios", { y, x });
  requireSettings("compareRatios", settings, ["prices", "errors", "confidence"]);

  const forward = hedgeRatios(y, x, settings).map(({ method, beta, low, high }) => ({
    name: METHOD_WORDS[method],
    value: beta,
    low,
    high,
  }));
  const back = hedgeRatio(x, y, settings);
  // a band of x on y that holds 0 has no band of its inverse
  const isBounded = back.low * back.high > 0;
  const turned = {
    name: "least squares, x on y inverted",
    value: 1 / back.beta,
    low: isBounded ? 1 / back.high : Number.NaN,
    high: isBounded ? 1 / back.low : Number.NaN,
  };
  return [forward[0]!, turned, ...forward.slice(1)];
}
