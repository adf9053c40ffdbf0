import { randomUUID } from "node:crypto";
import type { View } from "../render/view.ts";
import { kernelApi, type MimeBundle } from "./kernel-api.ts";
import { bundleOf } from "./views.ts";

/** A place in a cell's output: shown there first, then changed in place. */
export interface Place {
  show(view: View): void;
}

export function newPlace(): Place {
  const id = randomUUID();
  let shown = false;
  return {
    show: (view) => {
      send(bundleOf(view), id, shown);
      shown = true;
    },
  };
}

/** Shows a view once. */
export function display(view: View): void {
  send(bundleOf(view), undefined, false);
}

type WriteDisplayData = (
  message: { data: MimeBundle; metadata: object; transient: { display_id?: string } },
  update: boolean,
) => void;

function send(bundle: MimeBundle, id: string | undefined, update: boolean): void {
  const kernel = kernelApi();
  const write = stockTslab();
  if (kernel) kernel.display(bundle, id, update);
  else if (write)
    write({ data: bundle, metadata: {}, transient: id === undefined ? {} : { display_id: id } }, update);
  else process.stdout.write(`${String(bundle["text/plain"])}\n`);
}

/** The writer of the tslab that runs this code, on a kernel that is not the project's own. */
function stockTslab(): WriteDisplayData | undefined {
  const { __tslab__ } = globalThis as { __tslab__?: { require(id: string): Record<string, unknown> } };
  return __tslab__?.require("tslab/dist/jupyter").lastWriteDisplayData as WriteDisplayData | undefined;
}
