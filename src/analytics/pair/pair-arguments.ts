import { requireColumns } from "../../core/arguments.ts";
import { originOf, type PairColumns, type PairOrigin } from "../../core/timed.ts";

/** `(pair, settings)` or `(y, x, settings)`. */
export type PairArguments<Settings> =
  | readonly [pair: PairColumns, settings: Settings]
  | readonly [y: Float64Array, x: Float64Array, settings: Settings];

export interface PairGiven<Settings> {
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly settings: Settings;
  /** Empty of plain columns. */
  readonly origin: PairOrigin;
}

/** The two series and the settings, however they came. */
export function pairArguments<Settings>(where: string, given: PairArguments<Settings>): PairGiven<Settings> {
  const [first, second, third] = given;
  if (isPair(first)) {
    requireColumns(where, { "pair.y": first.y, "pair.x": first.x });
    return { y: first.y, x: first.x, settings: second as Settings, origin: originOf(first) };
  }
  requireColumns(where, { y: first, x: second });
  return { y: first, x: second as Float64Array, settings: third as Settings, origin: {} };
}

function isPair(first: PairColumns | Float64Array): first is PairColumns {
  return typeof first === "object" && first !== null && "y" in first && "x" in first;
}
