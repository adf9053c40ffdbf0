import type { View } from "vega";
import type { ViewportMeta } from "../../../src/notebook/page/live-messages.ts";
import type { View as Shown } from "../../../src/render/view.ts";
import { listenToLooks } from "../notices/look-at.ts";
import { type Hand, listenToHand } from "./hand.ts";
import { isObject, type Json, type SplitSpec, splitSpec } from "./split-spec.ts";
import {
  type Columns,
  keptRows,
  moved,
  needsHistory,
  panned,
  type Span,
  type TimeWindow,
  zoomed,
} from "./time-window.ts";
import { createWalk } from "./walk.ts";

/** Asks the kernel for what a chart shows of a stretch of time. */
export type AskHistory = (stretch: Span & { readonly bars: number }) => Promise<Shown | undefined>;

/** Lets a reader move along the time axis of a chart whose ends are the parameters `firstMs` and `lastMs`. */
export interface Viewport {
  /** A specification as its reader wants to see it. */
  applied(split: SplitSpec): SplitSpec;
  /** Listens to the mouse and the keys over a view that was made anew. `widths`: the signals of its plots' width. */
  attach(view: View, widths: readonly string[]): void;
  stretch(): StretchInView;
  close(): void;
}

export interface ViewportOptions {
  readonly node: HTMLElement;
  /** Whether the plain wheel zooms; else with Ctrl only, so that the page scrolls. */
  readonly wheel: boolean;
  readonly ask: AskHistory | undefined;
  /** Whether new bars come at its end. */
  readonly isLive: () => boolean;
  /** Draws once more. */
  readonly redraw: () => void;
  /** The end of the stretch in view, where it is not the newest. */
  readonly looksAt: (pastMs: number | undefined) => void;
}

/** What is in view: ms since 1970, the number of bars that there is room for, and whether it is a stretch of the past. */
export interface StretchInView {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bars: number;
  readonly isPast: boolean;
}

const mostRows = 20_000;
const settledMs = 120;

/** Which series a chart shows, and the length of their bars; undefined: it has no such axis. */
export function viewportOf({ usermeta }: Json): ViewportMeta | undefined {
  const meta = isObject(usermeta) ? usermeta.tickbook : undefined;
  return isObject(meta) && typeof meta.series === "string" ? (meta as unknown as ViewportMeta) : undefined;
}

/** Without Vega's own zoom of a time axis, where there is this one. */
export function withoutZoom(spec: Json): Json {
  const { params } = spec;
  if (!Array.isArray(params)) return spec;
  return { ...spec, params: params.filter((param) => !isObject(param) || param.name !== "zoom") };
}

export function createViewport(
  { intervalMs, says }: Pick<ViewportMeta, "intervalMs" | "says">,
  { node, wheel, ask, redraw, looksAt, isLive }: ViewportOptions,
): Viewport {
  let window: TimeWindow | undefined;
  let live: Span = { firstMs: 0, lastMs: 0 };
  let rows: Columns = {};
  let rowsName = "";
  /** What is drawn. */
  let drawn: Columns = {};
  const walk = createWalk(node, says);
  /** What the kernel has shown of the stretch in view, while its own rows do not show it. */
  let history: SplitSpec | undefined;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let view: View | undefined;
  let widths: readonly string[] = [];

  /** Of a bar at which an alert fired: its band is marked. */
  let markedMs = 0;
  const endLooks = listenToLooks(({ fromMs, toMs }) => {
    if (node.clientWidth === 0) return;
    markedMs = fromMs;
    node.scrollIntoView({ block: "nearest" });
    look(panned(around(span(), fromMs, toMs), 0, live, intervalMs));
    redraw();
  });

  const toNow = createNowButton(node, () => look(undefined));

  const pixels = (): number => Math.max(...widths.map((name) => Number(view?.signal(name))), 1);
  const span = (): Span => window ?? live;
  const look = (next: TimeWindow | undefined): void => {
    window = next;
    showNow(toNow, next !== undefined, isLive());
    if (next === undefined) markedMs = 0;
    looksAt(next && !next.follows ? next.lastMs : undefined);
    const { firstMs, lastMs } = span();
    void view?.signal("firstMs", firstMs).signal("lastMs", lastMs).runAsync();
    clearTimeout(timer);
    timer = setTimeout(settle, settledMs);
  };
  /** When the reader holds still: rows that are not at hand are asked for, and those of the past are left. */
  const settle = async (): Promise<void> => {
    const wanted = span();
    if (!window || !ask || !needsHistory(wanted, rows, { intervalMs, pixels: pixels() })) {
      if (history) redraw();
      history = undefined;
      return;
    }
    const mine = ++asked;
    const shown = await ask({ ...wanted, bars: Math.floor(pixels() / 2) });
    if (mine !== asked || shown?.kind !== "chart") return;
    history = splitSpec(shown.spec as Json);
    redraw();
  };

  const hand: Hand = {
    span,
    pixels,
    left: () => view?.origin()[0] ?? 0,
    zoom: (aboutMs, factor) => look(zoomed(span(), { aboutMs, factor, live, intervalMs })),
    pan: (from, byMs) => look(panned(from, byMs, live, intervalMs)),
    toNow: () => look(undefined),
    walk: (by) => view && walk.step(by, view, drawn, span()),
    leave: () => walk.leave(view),
  };

  return {
    applied: (split) => {
      live = { firstMs: Number(split.values.get("firstMs")), lastMs: Number(split.values.get("lastMs")) };
      window = window && moved(window, live);
      rowsName ||= [...split.rows].find(([, values]) => isColumns(values[0]))?.[0] ?? "";
      const given = split.rows.get(rowsName)?.[0];
      if (isColumns(given)) rows = keptRows(rows, given, mostRows);
      const of = history ?? { ...split, rows: new Map(split.rows).set(rowsName, [rows]) };
      drawn = columnsIn(of, rowsName) ?? drawn;
      if (!window) return { ...split, rows: of.rows };
      const { firstMs, lastMs } = window;
      return { ...of, values: new Map([...of.values, ...Object.entries({ firstMs, lastMs, markedMs })]) };
    },
    attach: (next, signals) => {
      view = next;
      widths = signals;
      const canvas = next.container()?.querySelector("canvas");
      if (canvas) listenToHand(canvas, hand, wheel, node.getAttribute("aria-label") ?? "chart");
    },
    stretch: () => inView(span(), pixels(), window !== undefined),
    close: () => {
      clearTimeout(timer);
      endLooks();
      looksAt(undefined);
      asked++;
      walk.close();
      toNow.remove();
    },
  };
}

/** A span as long as another one, or longer where it has to be, with a stretch of time in its middle. */
function around({ firstMs, lastMs }: Span, fromMs: number, toMs: number): Span {
  const half = Math.max(lastMs - firstMs, 1.5 * (toMs - fromMs)) / 2;
  const middle = (fromMs + toMs) / 2;
  return { firstMs: middle - half, lastMs: middle + half };
}

function inView({ firstMs, lastMs }: Span, pixels: number, isPast: boolean): StretchInView {
  return { fromMs: firstMs, toMs: lastMs, bars: Math.floor(pixels / 2), isPast };
}

/** Back to the newest bars; hidden at first. */
function createNowButton(node: HTMLElement, press: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tickbook-now";
  button.hidden = true;
  button.addEventListener("click", press);
  node.append(button);
  return button;
}

function showNow(button: HTMLButtonElement, isShown: boolean, isLive: boolean): void {
  button.hidden = !isShown;
  button.textContent = isLive ? "back to now" : "show all";
}

function columnsIn({ rows }: Pick<SplitSpec, "rows">, name: string): Columns | undefined {
  const columns = rows.get(name)?.[0];
  return isColumns(columns) ? columns : undefined;
}

function isColumns(value: unknown): value is Columns {
  return isObject(value) && Array.isArray(value.t);
}
