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

/** The signals of the heights of plots one below the other, with their values as the specification has them. */
export function heightSignals(compiled: Json): ReadonlyMap<string, number> {
  const signals = (compiled.signals ?? []) as readonly Json[];
  if (typeof compiled.height === "number") return new Map([["height", compiled.height]]);
  return new Map(
    signals.flatMap(({ name, value }) =>
      /^concat_\d+_height$/.test(String(name)) && typeof value === "number" ? [[String(name), value]] : [],
    ),
  );
}

/** Makes plots one below the other as high together as there is room for, within bounds, each in its proportion; undefined: as made. */
export async function fitHeight(
  view: View,
  heights: ReadonlyMap<string, number>,
  room: number | undefined,
): Promise<void> {
  const sum = (values: Iterable<number>): number => [...values].reduce((total, one) => total + one, 0);
  const made = sum(heights.values());
  if (made === 0) return;
  const now = sum([...heights.keys()].map((name) => view.signal(name) as number));
  const around = canvasSize(view).height - now;
  const share = room === undefined ? 1 : Math.min(4, Math.max(0.7, (room - around) / made));
  if (Math.abs(share * made - now) < heights.size) return;
  for (const [name, height] of heights) view.signal(name, Math.floor(height * share));
  await view.resize().runAsync();
}

interface Fitted {
  /** As the specification has it. */
  readonly made: number;
  room: number;
}

const views = new WeakMap<View, Fitted>();

/** Makes a chart as wide as there is room for, `widest` at most: its axes and labels take what they need, its plots the rest. */
export async function fitWidth(
  view: View,
  signals: readonly string[],
  room: number,
  widest: number = most,
): Promise<void> {
  if (signals.length === 0 || room <= 0) return;
  const width = (): number => Math.max(...signals.map((name) => view.signal(name) as number));
  const fitted = views.get(view) ?? { made: width(), room: 0 };
  views.set(view, fitted);
  const wanted = fitted.made >= fillsFrom || widest > most ? widest : fitted.made;
  for (let round = 0; round < 2; round++) {
    const now = width();
    const around = canvasSize(view).width - now;
    const plot = Math.max(least, Math.min(wanted, Math.floor(room - around)));
    const more = plot - now;
    if (more === 0 || (more > 0 && more < slack && room === fitted.room)) break;
    for (const name of signals) view.signal(name, plot);
    await view.resize().runAsync();
  }
  fitted.room = room;
}

function canvasSize(view: View): { width: number; height: number } {
  const { width = 0, height = 0 } = view.container()?.querySelector("canvas") ?? {};
  const ratio = globalThis.devicePixelRatio || 1;
  return { width: width / ratio, height: height / ratio };
}
