import { controls } from "./controls/arrange.ts";
import { isControl } from "./controls/control.ts";
import { display } from "./display.ts";
import { type ShowOptions, viewOf } from "./views.ts";

/**
 * Shows a value under the cell: Polars frames and series, Arquero tables, bars, arrays of objects and plain objects
 * as tables, charts, results and controls as they show themselves, everything else as text.
 * Long tables are cut in the middle and say how many rows they have.
 */
export function show(value: unknown, options: ShowOptions = {}): void {
  if (isControl(value)) controls(value);
  else display(viewOf(value, options));
}
