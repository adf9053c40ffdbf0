import { requireSettings } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";

/** Options of charts that are numbers, and texts. */
const NUMBERS = [
  ...["width", "height", "needs", "mostRows", "markBeyond", "worst", "mostFills", "volumeHeight", "bins"],
  ...["exit", "stop", "whole", "entry", "leg", "mostTrips", "band"],
];
const TEXTS = ["title", "note", "yName", "xName", "unit", "of", "hedgeRatio", "signal"];

/** Refuses options that are no object, unknown, or of another kind; what is undefined is not given. Returns them. */
export function requireOptions<Options extends object>(
  where: string,
  options: Options,
  names: readonly (keyof Options & string)[],
): Options {
  requireSettings(where, options, names);
  for (const [name, got] of Object.entries(options)) {
    if (got === undefined) continue;
    const isBad = NUMBERS.includes(name)
      ? !Number.isFinite(got)
      : TEXTS.includes(name) && typeof got !== "string";
    if (!isBad) continue;
    refuse({
      code: "bad-setting",
      where,
      problem: `${name} must be a ${TEXTS.includes(name) ? "text" : "finite number"}; got ${quote(got, 60)}`,
      hint: "Correct it, or leave it out.",
      facts: { name, got },
    });
  }
  return options;
}
