import type { View } from "../../render/view.ts";
import type { MimeBundle } from "../page/kernel-api.ts";
import { isTable } from "./tables.ts";

/** The method by which other kernels of JavaScript let a value say how it is shown: a bundle, or a promise of one. */
const display = Symbol.for("Jupyter.display");

/** A chart of an ordinary Vega-Lite specification. */
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

/** Which of the two a value is a specification of: by its `$schema`, or where it has none, by what no plain data have. */
function schemaOf(value: unknown): "vega" | "vega-lite" | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("$schema" in value) {
    const { $schema } = value;
    const name = typeof $schema === "string" ? /\/schema\/(vega|vega-lite)\//.exec($schema)?.[1] : undefined;
    return name as "vega" | "vega-lite" | undefined;
  }
  if (!isPlain(value)) return undefined;
  if (isVegaLite(value, value.data, MOST_DEEP)) return "vega-lite";
  const isVega =
    Array.isArray(value.marks) && value.marks.some((mark) => isPlain(mark) && isPlain(mark.encode));
  return isVega ? "vega" : undefined;
}

const MARKS = new Set(
  "arc area bar boxplot circle errorband errorbar geoshape image line point rect rule square text tick trail".split(
    " ",
  ),
);
/** Charts in charts; what holds itself is none. */
const MOST_DEEP = 16;
const PARTS = ["layer", "hconcat", "vconcat", "concat"] as const;

/** A mark of a name that there is, with data and what they are encoded as; or parts that are. `data`: of what is round it. */
function isVegaLite(spec: unknown, data: unknown, deep: number): boolean {
  if (!isPlain(spec) || deep === 0) return false;
  const own = spec.data ?? data;
  const parts = PARTS.map((name) => spec[name]).find(Array.isArray);
  if (parts !== undefined) return parts.length > 0 && parts.every((part) => isVegaLite(part, own, deep - 1));
  if (isPlain(spec.spec))
    return (spec.facet ?? spec.repeat) !== undefined && isVegaLite(spec.spec, own, deep - 1);
  const mark = isPlain(spec.mark) ? spec.mark.type : spec.mark;
  const isDrawn = typeof mark === "string" && MARKS.has(mark);
  const isEncoded = isPlain(spec.encoding) || (spec.encoding === undefined && isSource(own));
  return isDrawn && isPlain(own) && isEncoded;
}

const isSource = (data: unknown): boolean =>
  isPlain(data) && ["values", "url", "name", "sequence", "sphere", "graticule"].some((name) => name in data);

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const kind = Object.getPrototypeOf(value) as unknown;
  return kind === null || Object.getPrototypeOf(kind as object) === null;
}
