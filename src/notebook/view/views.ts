import { inspect } from "node:util";
import { requireSettings } from "../../core/arguments.ts";
import { escapeHtml } from "../../render/escape.ts";
import { tableView } from "../../render/table.ts";
import type { TableData } from "../../render/table-data.ts";
import type { View } from "../../render/view.ts";
import { kernelApi, type MimeBundle } from "../page/kernel-api.ts";
import { statisticView } from "./results.ts";
import { specView } from "./specs.ts";
import { isTable, type TableSettings, tableOf } from "./tables.ts";

/** A result that knows how it is shown. */
export interface Viewable {
  toView(): View;
}

export interface ShowOptions extends TableSettings {
  /** The rows of a page; where there are no pages, longer tables show their first and last rows. 20 unless told. */
  readonly maxRows?: number;
  /** The name of the column to sort by; rows without a value there come last. */
  readonly sortBy?: string;
  /** Largest first. */
  readonly descending?: boolean;
}

/** Anything as what a cell can display: views as they are, tables of what has rows, everything else as text. */
export function viewOf(value: unknown, options: ShowOptions = {}): View {
  requireSettings("viewOf", options, ["maxRows", "sortBy", "descending", "columns", "caption", "alarm"]);

  if (isView(value)) return value;
  if (isViewable(value)) return value.toView();
  const spec = specView(value);
  if (spec) return spec;
  const result = statisticView(value, options);
  if (result) return result;
  const table = tableOf(value, options);
  if (table) return tableView(table, options);
  if (typeof value === "string") return textView(value);
  return textView(kernelApi()?.readable(inspect(value)) ?? inspect(value));
}

/** The table that a value is shown as, if that is all that it is shown as. */
export function plainTableOf(value: unknown, options: ShowOptions = {}): TableData | undefined {
  if (isView(value) || isViewable(value) || specView(value) || statisticView(value)) return undefined;
  return tableOf(value, options);
}

/** What the last expression of a cell is shown as; undefined for plain values, which the kernel prints. */
export function resultView(value: unknown): View | undefined {
  if (isView(value) || isViewable(value) || isTable(value)) return viewOf(value);
  return specView(value) ?? statisticView(value);
}

/** More can hardly be read, and a page hardly draw it. */
const mostLetters = 1_000_000;

function textView(whole: string): View {
  const more = whole.length - mostLetters;
  const text =
    more > 0 ? `${whole.slice(0, mostLetters)}… (${more.toLocaleString("en")} more letters)` : whole;
  return { kind: "html", html: `<pre>${escapeHtml(text)}</pre>`, text };
}

/**
 * What goes to the front end. JupyterLab 4 knows Vega-Lite 5 and draws version 6 under that name.
 * JSON has no NaN and no infinity: they arrive as null, which a chart leaves out.
 */
export function bundleOf(view: View): MimeBundle {
  if (view.kind === "html") return { "text/html": view.html, "text/plain": view.text };
  return {
    "application/vnd.vegalite.v5+json": view.spec,
    "text/plain": view.label ?? "A chart, which this program cannot draw.",
  };
}

function isView(value: unknown): value is View {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return (
    (value.kind === "chart" && "spec" in value) ||
    (value.kind === "html" && "html" in value && "text" in value)
  );
}

function isViewable(value: unknown): value is Viewable {
  return (
    typeof value === "object" && value !== null && "toView" in value && typeof value.toView === "function"
  );
}

/** The view with a line of small print: under HTML, in the subtitle of a chart. `alarm` makes it stand out. */
export function withNote(view: View, note: string, tone: "quiet" | "alarm"): View {
  if (view.kind === "html") {
    return { ...view, html: `${view.html}${noteHtml(note, tone)}`, text: `${view.text}\n${note}` };
  }
  const { title } = view.spec;
  const given =
    typeof title === "object" && title !== null && !Array.isArray(title) ? title : { text: title };
  const { text = view.label ?? "", subtitle, ...look } = given as Record<string, unknown>;
  const lines = [subtitle ?? [], note].flat();
  const colour = tone === "alarm" ? { subtitleColor: ALARM } : {};
  return { ...view, spec: { ...view.spec, title: { ...look, text, subtitle: lines, ...colour } } };
}

/** One line that stands for a panel which has nothing to show yet. */
export function noteView(note: string, tone: "quiet" | "alarm"): View {
  return { kind: "html", html: noteHtml(note, tone), text: note };
}

const ALARM = "#D55E00";

function noteHtml(note: string, tone: "quiet" | "alarm"): string {
  const colour = tone === "alarm" ? `var(--jp-error-color1,${ALARM})` : "var(--jp-ui-font-color2,#767b81)";
  return `<div class="tickbook-note" role="${tone === "alarm" ? "alert" : "note"}" style="font:12px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);color:${colour}">${escapeHtml(note)}</div>`;
}
