import { inspect } from "node:util";
import { controls } from "../../notebook/controls/arrange.ts";
import { isControl } from "../../notebook/controls/control.ts";
import { displayBundle, pageBundle } from "../../notebook/page/display.ts";
import { ownBundle } from "../../notebook/view/specs.ts";
import { isTable } from "../../notebook/view/tables.ts";
import { plainTableOf, resultView } from "../../notebook/view/views.ts";
import type { Cells } from "./cells.ts";

/**
 * Sends what the last expression of a cell comes to as its result; throws what the value throws when it is looked at.
 * Controls are shown, as `controls` does it: their box lives on in the page.
 */
export function createPrinter(cells: Cells): (value: unknown) => void {
  return (value) => {
    if (isControl(value)) {
      controls(value);
      return;
    }
    const cell = cells.current();
    const own = ownBundle(value);
    const view = own ? undefined : resultView(value);
    if (own) displayBundle(own, (data) => cell?.result(data));
    else if (view) cell?.result(pageBundle(view, isTable(value) ? plainTableOf(value) : undefined));
    else cell?.result({ "text/plain": typeof value === "string" ? value : inspect(value) });
  };
}
