import type { View } from "vega";
import { isObject, type Json } from "./split-spec.ts";

/** A chart made this wide or wider fills the panel; a smaller one keeps its width where there is room. */
const fillsFrom = 600;
const most = 1200;
const least = 160;
/** Room that is left unused in a panel of the same width: a label that shrinks by some digits moves nothing. */
const slack = 60;

/** The signals that set the width of a plot, or of all plots one below the other; none where they stand side by side. */
export function widthSignals(compiled: Json): readonly string[] {
  if (typeof compiled.width === "number") return ["width"];
  const isColumn = isObject(compiled.layout) && compiled.layout.columns === 1;
  if (!isColumn) return [];
  return ((compiled.signals ?? []) as readonly Json[])
    .filter(
      ({ name, value }) => /^(childWidth|concat_\d+_width)$/.test(String(name)) && typeof value === "number",
    )
    .map(({ name }) => String(name));
}

interface Fitted {
  /** As the specification has it. */
  readonly made: number;
  room: number;
}

const views = new WeakMap<View, Fitted>();

/** Makes a chart as wide as there is room for: its axes and labels take what they need, its plots the rest. */
export async function fitWidth(view: View, signals: readonly string[], room: number): Promise<void> {
  if (signals.length === 0 || room <= 0) return;
  const width = (): number => Math.max(...signals.map((name) => view.signal(name) as number));
  const fitted = views.get(view) ?? { made: width(), room: 0 };
  views.set(view, fitted);
  const wanted = fitted.made >= fillsFrom ? most : fitted.made;
  for (let round = 0; round < 2; round++) {
    const now = width();
    const around = canvasWidth(view) - now;
    const plot = Math.max(least, Math.min(wanted, Math.floor(room - around)));
    const more = plot - now;
    if (more === 0 || (more > 0 && more < slack && room === fitted.room)) break;
    for (const name of signals) view.signal(name, plot);
    await view.resize().runAsync();
  }
  fitted.room = room;
}

function canvasWidth(view: View): number {
  const canvas = view.container()?.querySelector("canvas");
  return canvas ? canvas.width / (globalThis.devicePixelRatio || 1) : 0;
}
