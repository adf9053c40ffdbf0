import { inspect } from "node:util";
import { controls } from "../../notebook/controls/arrange.ts";
import { isControl } from "../../notebook/controls/control.ts";
import { display, displayBundle } from "../../notebook/page/display.ts";
import { ownBundle } from "../../notebook/view/specs.ts";
import { isTable } from "../../notebook/view/tables.ts";
import { plainTableOf, resultView } from "../../notebook/view/views.ts";
import type { Cells } from "./cells.ts";

/** Shows what the last expression of a cell comes to; throws what the value throws when it is looked at. */
export function createPrinter(cells: Cells): (value: unknown) => void {
  return (value) => {
    const own = isControl(value) ? undefined : ownBundle(value);
    const view = isControl(value) || own ? undefined : resultView(value);
    if (isControl(value)) controls(value);
    else if (own) displayBundle(own);
    else if (view) display(view, isTable(value) ? plainTableOf(value) : undefined);
    else cells.current()?.write("stdout", `${typeof value === "string" ? value : inspect(value)}\n`);
  };
}
