import { requireSettings } from "../../core/arguments.ts";
import { controls } from "../controls/arrange.ts";
import { isControl } from "../controls/control.ts";
import { display, displayBundle } from "../page/display.ts";
import { kernelApi } from "../page/kernel-api.ts";
import { ownBundle } from "../view/specs.ts";
import { plainTableOf, type ShowOptions, viewOf } from "../view/views.ts";
import { showPaged } from "./paged.ts";

/**
 * Shows a value under the cell: Polars frames and series, Arquero tables, bars, arrays of objects and plain objects
 * as tables, charts, results and controls as they show themselves, Vega-Lite and Vega specifications as
 * charts, what has a method `Symbol.for("Jupyter.display")` as that says, everything else as text.
 * Long tables have pages and can be sorted; where the kernel cannot talk with the page, and as a cell's last
 * expression, they are cut in the middle. Both say how many rows there are.
 */
export function show(value: unknown, options: ShowOptions = {}): void {
  requireSettings("show", options, ["maxRows", "sortBy", "descending", "columns", "caption", "alarm"]);

  if (isControl(value)) {
    controls(value);
    return;
  }
  const own = ownBundle(value);
  if (own) {
    displayBundle(own);
    return;
  }
  const table = kernelApi() && plainTableOf(value, options);
  if (table && table.length > (options.maxRows ?? 20)) showPaged(table, options);
  else display(viewOf(value, options), table, options);
}
