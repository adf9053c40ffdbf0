import type { View } from "../../render/view.ts";
import type { MimeBundle } from "../page/kernel-api.ts";
import { isTable } from "./tables.ts";

/** The method by which other kernels of JavaScript let a value say how it is shown: a bundle, or a promise of one. */
const display = Symbol.for("Jupyter.display");

/** A chart of an ordinary Vega-Lite specification, told by its `$schema`. */
export function specView(value: unknown): View | undefined {
  if (schemaOf(value) !== "vega-lite") return undefined;
  return { kind: "chart", spec: value as Record<string, unknown>, label: "A Vega-Lite chart." };
}

/**
 * What goes to the page as it is: what `Symbol.for("Jupyter.display")` gives, and a Vega specification. Polars' frames
 * have that method, too; as a table of ours they name their types, sort and page.
 */
export function ownBundle(value: unknown): MimeBundle | Promise<MimeBundle> | undefined {
  if (typeof value !== "object" && typeof value !== "function") return undefined;
  if (isTable(value)) return undefined;
  const own = (value as { [display]?: unknown } | null)?.[display];
  if (typeof own === "function") return own.call(value) as MimeBundle | Promise<MimeBundle>;
  if (schemaOf(value) !== "vega") return undefined;
  return { "application/vnd.vega.v5+json": value, "text/plain": "A Vega chart." };
}

function schemaOf(value: unknown): "vega" | "vega-lite" | undefined {
  if (typeof value !== "object" || value === null || !("$schema" in value)) return undefined;
  const { $schema } = value;
  const name = typeof $schema === "string" ? /\/schema\/(vega|vega-lite)\//.exec($schema)?.[1] : undefined;
  return name as "vega" | "vega-lite" | undefined;
}
