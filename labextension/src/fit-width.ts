import type { View } from "vega";
import { isObject, type Json } from "./split-spec.ts";

/** A chart made this wide or wider fills the panel; a smaller one keeps its width where there is room. */
const fillsFrom = 600;
const most = 1200;
const least = 160;
/** Slack that is left alone, so that a label which grows by a digit does not move the whole chart. */
const slack = 14;

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

const made = new WeakMap<View, number>();

/** Makes a chart as wide as there is room for: its axes and labels take what they need, its plots the rest. */
export async function fitWidth(view: View, signals: readonly string[], room: number): Promise<void> {
  if (signals.length === 0 || room <= 0) return;
  for (let round = 0; round < 2; round++) {
    const now = Math.max(...signals.map((name) => view.signal(name) as number));
    if (!made.has(view)) made.set(view, now);
    const wanted = made.get(view)! >= fillsFrom ? most : made.get(view)!;
    const around = canvasWidth(view) - now;
    const plot = Math.max(least, Math.min(wanted, Math.floor(room - around)));
    if (plot === now || (plot > now && plot - now < slack && now + around <= room)) return;
    for (const name of signals) view.signal(name, plot);
    await view.runAsync();
  }
}

function canvasWidth(view: View): number {
  const canvas = view.container()?.querySelector("canvas");
  return canvas ? canvas.width / (globalThis.devicePixelRatio || 1) : 0;
}
