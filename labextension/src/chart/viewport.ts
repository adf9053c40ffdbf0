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

/** Asks the kernel for what a chart shows of a stretch of time. */
export type AskHistory = (stretch: Span & { readonly bars: number }) => Promise<Shown | undefined>;

/** Lets a reader move along the time axis of a chart whose ends are the parameters `firstMs` and `lastMs`. */
export interface Viewport {
  /** A specification as its reader wants to see it. */
  applied(split: SplitSpec): SplitSpec;
  /** Listens to the mouse and the keys over a view that was made anew. `widths`: the signals of its plots' width. */
  attach(view: View, widths: readonly string[]): void;
  close(): void;
}

export interface ViewportOptions {
  readonly node: HTMLElement;
  /** Whether the plain wheel zooms; else with Ctrl only, so that the page scrolls. */
  readonly wheel: boolean;
  readonly ask: AskHistory | undefined;
  /** Draws once more. */
  readonly redraw: () => void;
  /** The end of the stretch in view, where it is not the newest. */
  readonly looksAt: (pastMs: number | undefined) => void;
}

const mostRows = 20_000;
const settledMs = 120;

/** Which series a chart shows, and the length of their bars; undefined: it has no such axis. */
export function viewportOf({ usermeta }: Json): ViewportMeta | undefined {
  const meta = isObject(usermeta) ? usermeta.tickbook : undefined;
  return isObject(meta) && typeof meta.series === "string" ? (meta as unknown as ViewportMeta) : undefined;
}

export function createViewport(
  intervalMs: number,
  { node, wheel, ask, redraw, looksAt }: ViewportOptions,
): Viewport {
  let window: TimeWindow | undefined;
  let live: Span = { firstMs: 0, lastMs: 0 };
  let rows: Columns = {};
  let rowsName = "";
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

  const toNow = document.createElement("button");
  toNow.type = "button";
  toNow.className = "tickbook-now";
  toNow.textContent = "back to now";
  toNow.hidden = true;
  toNow.addEventListener("click", () => look(undefined));
  node.append(toNow);

  const pixels = (): number => Math.max(...widths.map((name) => Number(view?.signal(name))), 1);
  const span = (): Span => window ?? live;
  const look = (next: TimeWindow | undefined): void => {
    window = next;
    toNow.hidden = next === undefined;
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
      if (history) {
        history = undefined;
        redraw();
      }
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
  };

  return {
    applied: (split) => {
      live = { firstMs: Number(split.values.get("firstMs")), lastMs: Number(split.values.get("lastMs")) };
      window = window && moved(window, live);
      rowsName ||= [...split.rows].find(([, values]) => isColumns(values[0]))?.[0] ?? "";
      const given = split.rows.get(rowsName)?.[0];
      if (isColumns(given)) rows = keptRows(rows, given, mostRows);
      const of = history ?? { ...split, rows: new Map(split.rows).set(rowsName, [rows]) };
      if (!window) return { ...split, rows: of.rows };
      const { firstMs, lastMs } = window;
      const values = new Map(of.values).set("firstMs", firstMs).set("lastMs", lastMs);
      return { ...of, values: values.set("markedMs", markedMs) };
    },
    attach: (next, signals) => {
      view = next;
      widths = signals;
      const canvas = next.container()?.querySelector("canvas");
      if (!canvas) return;
      listenToHand(canvas, hand, wheel);
    },
    close: () => {
      clearTimeout(timer);
      endLooks();
      looksAt(undefined);
      asked++;
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

function isColumns(value: unknown): value is Columns {
  return isObject(value) && Array.isArray(value.t);
}
