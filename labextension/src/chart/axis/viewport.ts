import type { View } from "vega";
import type { ViewportMeta } from "../../../../src/notebook/page/live-messages.ts";
import { listenToLooks } from "../../notices/look-at.ts";
import { isObject, type Json, noted, type SplitSpec } from "../split-spec.ts";
import { createOverview } from "../strip/overview.ts";
import { type DetailOf, detailed } from "./detail.ts";
import { type Hand, listenToHand } from "./hand.ts";
import type { AskHistory } from "./history.ts";
import { createPast } from "./past.ts";
import {
  type Bounds,
  type Columns,
  keptRows,
  moved,
  needsHistory,
  panned,
  placed,
  type Span,
  type TimeWindow,
  withNewest,
  zoomed,
} from "./time-window.ts";
import { createWalk } from "./walk.ts";

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
  /** Shows what stands at the crosshair, where the chart itself does not. */
  readonly read?: ((text: string) => void) | undefined;
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
/** Without Vega's own zoom of a time axis, where there is this one. */
export function withoutZoom(spec: Json): Json {
  const { params } = spec;
  if (!Array.isArray(params)) return spec;
  return { ...spec, params: params.filter((param) => !isObject(param) || param.name !== "zoom") };
}

export function createViewport(
  { intervalMs, says, detail }: Pick<ViewportMeta, "intervalMs" | "says" | "detail">,
  { read, node, wheel, ask, redraw, looksAt, isLive }: ViewportOptions,
): Viewport {
  let window: TimeWindow | undefined;
  let live: Span = { firstMs: 0, lastMs: 0 };
  let rows: Columns = {};
  let rowsName = "";
  /** What is drawn. */
  let drawn: Columns = {};
  const walk = createWalk(node, says, read);
  let view: View | undefined;
  let widths: readonly string[] = [];
  /** Of a bar at which an alert fired: its band is marked. */
  let markedMs = 0;
  const endLooks = listenToLooks(({ fromMs, toMs }) => {
    if (node.clientWidth === 0) return;
    markedMs = fromMs;
    node.scrollIntoView({ block: "nearest" });
    look(placed(around(span(), fromMs, toMs), bounds()));
    redraw();
  });

  const toNow = createNowButton(node, () => look(undefined));
  const pixels = (): number => (view ? plotWidth(view, widths) : node.clientWidth);
  const span = (): Span => window ?? live;
  const bounds = (): Bounds => ({ live, intervalMs, oldestMs: overview.oldestMs(rows) });
  const past = createPast({
    ...{ node, ask, redraw, span },
    live: () => live,
    mode: () => (window ? (window.follows ? "follows" : "past") : "free"),
    bars: () => (view ? Math.floor(pixels() / 2) : undefined),
    needs: (of) => needsHistory(of, rows, { intervalMs, pixels: pixels() }),
    reads: (fromMs) => overview.reads(fromMs),
  });
  const overview = createOverview(node, {
    ...{ ask, span, bounds, redraw, toNow },
    window: () => window,
    look: (next) => look(next),
  });
  const look = (next: TimeWindow | undefined): void => {
    window = next;
    showNow(toNow, next !== undefined, isLive());
    if (next === undefined) markedMs = 0;
    looksAt(next && !next.follows ? next.lastMs : undefined);
    // where not each row is drawn there are others now
    if (detail) redraw();
    else if (view) showSpan(view, span());
    overview.refresh();
    past.look();
  };
  const hand: Hand = {
    span,
    pixels,
    left: () => view?.origin()[0] ?? 0,
    zoom: (aboutMs, factor) => look(zoomed(span(), { aboutMs, factor, ...bounds() })),
    pan: (from, byMs) => look(panned(from, byMs, bounds())),
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
      past.follow();
      overview.draw(rows);
      const history = past.shown();
      const of = history
        ? renewed(history, rowsName, window?.follows === false ? undefined : rows)
        : { ...split, rows: new Map(split.rows).set(rowsName, [rows]) };
      const { firstMs, lastMs } = span();
      const at = window || history ? withValues(of, { firstMs, lastMs, markedMs }) : of;
      const fits = { intervalMs, detail: history ? undefined : detail, pixels: pixels() };
      const seen = inDetail(at, rowsName, { firstMs, lastMs }, fits);
      drawn = columnsIn(seen, rowsName) ?? drawn;
      return seen;
    },
    attach: (next, signals) => {
      view = next;
      widths = signals;
      past.follow();
      const canvas = next.container()?.querySelector("canvas");
      if (canvas) listenToHand(canvas, hand, wheel, node.getAttribute("aria-label") ?? "chart");
    },
    stretch: () => inView(span(), pixels(), window !== undefined),
    close: () => {
      past.close();
      endLooks();
      looksAt(undefined);
      walk.close();
      toNow.remove();
      overview.close();
    },
  };
}

function plotWidth(view: View, widths: readonly string[]): number {
  return Math.max(...widths.map((name) => Number(view.signal(name))), 1);
}

function showSpan(view: View, { firstMs, lastMs }: Span): void {
  void view.signal("firstMs", firstMs).signal("lastMs", lastMs).runAsync();
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

/** With the rows and the words of what is drawn of it. */
function inDetail(split: SplitSpec, rowsName: string, span: Span, of: DetailOf): SplitSpec {
  const columns = columnsIn(split, rowsName);
  if (!columns || !of.detail) return split;
  const { rows, values, note } = detailed(columns, span, of);
  const said = note ? noted(split, note) : split;
  return { ...withValues(said, values), rows: new Map(split.rows).set(rowsName, [rows]) };
}

function withValues(split: SplitSpec, values: Readonly<Record<string, number>>): SplitSpec {
  return { ...split, values: new Map([...split.values, ...Object.entries(values)]) };
}

/** What the kernel has shown, with the newest rows where it ends with them. */
function renewed(history: SplitSpec, rowsName: string, newest: Columns | undefined): SplitSpec {
  const rows = columnsIn(history, rowsName);
  if (!rows || !newest) return history;
  const now = withNewest({ barMs: Number(history.values.get("barMs")), rows }, newest);
  const values = new Map(history.values)
    .set("newestMs", now.t?.at(-1))
    .set("newestValueMs", now.t?.[(now.s ?? []).findLastIndex((value) => value !== null)] ?? 0)
    .set("isNow", true);
  return { ...history, rows: new Map(history.rows).set(rowsName, [now]), values };
}

function columnsIn({ rows }: Pick<SplitSpec, "rows">, name: string): Columns | undefined {
  const columns = rows.get(name)?.[0];
  return isColumns(columns) ? columns : undefined;
}

function isColumns(value: unknown): value is Columns {
  return isObject(value) && Array.isArray(value.t);
}
