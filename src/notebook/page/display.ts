import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { refuse } from "../../core/errors.ts";
import type { TableData } from "../../render/table-data.ts";
import type { View } from "../../render/view.ts";
import { bundleOf } from "../view/views.ts";
import { handTable, type TableOrder } from "./handed-tables.ts";
import { kernelApi, type MimeBundle } from "./kernel-api.ts";
import { VIEW_MIME } from "./live-messages.ts";
import { createPlaces, type Place, type PlaceOf, type Places } from "./places.ts";
import { unrefClock } from "./unref-clock.ts";

const key = Symbol.for("tickbook.places");

/** One set of places a kernel, also when the package is loaded twice. */
function places(): Places {
  const kept = globalThis as { [key]?: Places };
  kept[key] ??= createPlaces({
    clock: unrefClock,
    newId: randomUUID,
    display: send,
    comms: kernelApi()?.comms,
    onCellRerun: kernelApi()?.onCellRerun,
  });
  return kept[key];
}

/** A new place in the output of the running cell. */
export function newPlace(of: PlaceOf = {}): Place {
  return places().place(of);
}

/** Puts a widget of Jupyter's on the desk, too; the returned function takes it away. */
export function offerToDesk(widget: string): () => void {
  return places().offer(widget);
}

/** What places are given while the work runs, pages are told by one message. */
export function together<T>(work: () => T): T {
  return places().together(work);
}

/** Shows a view once; `table` is the one of which it shows rows. */
export function display(view: View, table?: TableData, order: TableOrder = {}): void {
  send(pageBundle(view, table, order), undefined, false);
}

/** What `display` shows. */
export function pageBundle(view: View, table?: TableData, order: TableOrder = {}): MimeBundle {
  const bundle = bundleOf(view);
  const id = table && handTable(table, order);
  const own = id === undefined ? {} : { table: id };
  const isOurs = view.kind === "chart" || id !== undefined;
  return isOurs ? { [VIEW_MIME]: own, ...bundle } : bundle;
}

/** Shows a bundle, or changes what was shown by the same id. */
export function displayAs(bundle: MimeBundle, id: string, update: boolean): void {
  send(bundle, id, update);
}

/** Shows a bundle as it is, also one that is promised: the cell then runs until it is there. */
export function displayBundle(
  bundle: MimeBundle | Promise<MimeBundle>,
  show: (data: MimeBundle) => void = (data) => send(data, undefined, false),
): void {
  const cell = AsyncLocalStorage.snapshot();
  const shown = (data: MimeBundle): void => cell(() => show(sound(data)));
  if (bundle instanceof Promise) kernelApi()?.holdCell(bundle.then(shown));
  else shown(bundle);
}

/** What a page takes: content by MIME type, bytes as base64. */
function sound(bundle: unknown): MimeBundle {
  const isBundle = typeof bundle === "object" && bundle !== null && !Array.isArray(bundle);
  const entries = isBundle ? Object.entries(bundle) : [];
  if (entries.length === 0 || entries.some(([type]) => !type.includes("/"))) {
    return refuse({
      code: "bad-bundle",
      where: "display",
      problem: `content by MIME types is needed; got ${shortText(bundle)}`,
      hint: 'Return for example { "text/html": "<b>5</b>", "text/plain": "5" }.',
    });
  }
  return Object.fromEntries(
    entries.map(([type, content]) => [
      type,
      content instanceof Uint8Array ? Buffer.from(content).toString("base64") : content,
    ]),
  );
}

function shortText(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).slice(0, 100);
}

type WriteDisplayData = (
  message: { data: MimeBundle; metadata: object; transient: { display_id?: string } },
  update: boolean,
) => void;

function send(bundle: MimeBundle, id: string | undefined, update: boolean): void {
  const kernel = kernelApi();
  if (kernel) {
    kernel.display(bundle, id, update);
    return;
  }
  const write = stockTslab();
  if (write)
    write({ data: bundle, metadata: {}, transient: id === undefined ? {} : { display_id: id } }, update);
  else process.stdout.write(`${String(bundle["text/plain"])}\n`);
}

/** The writer of the tslab that runs this code, on a kernel that is not the project's own. */
function stockTslab(): WriteDisplayData | undefined {
  const { __tslab__ } = globalThis as { __tslab__?: { require(id: string): Record<string, unknown> } };
  return __tslab__?.require("tslab/dist/jupyter").lastWriteDisplayData as WriteDisplayData | undefined;
}
