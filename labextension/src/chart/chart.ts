import type { LoggerInterface, SignalValue } from "vega";
import type { EmbedOptions, Result, VisualizationSpec } from "vega-embed";
import type { BrushMeta } from "../../../src/notebook/page/brush-messages.ts";
import type { ViewportMeta } from "../../../src/notebook/page/live-messages.ts";
import { vegaConfig } from "../../../src/render/theme.ts";
import { type AskHistory, viewportOf } from "./axis/history.ts";
import { createViewport, type StretchInView, type Viewport, withoutZoom } from "./axis/viewport.ts";
import { brushOf, onBrush, type Range, withRange } from "./brush.ts";
import { choicesOf, choose } from "./carry-over.ts";
import { fitHeight, fitWidth, heightSignals, widthSignals } from "./fit-width.ts";
import { createReadout } from "./readout.ts";
import { isObject, type Json, type SplitSpec, splitSpec, withRows } from "./split-spec.ts";
import { setTitle, TITLE, withTitleSignals } from "./title.ts";
import { loadVega, type VegaParts } from "./vega.ts";

/** One chart in the page: a single Vega view for as long as its specification is the same but for rows, values and titles. */
export interface Chart {
  /** Also for another width or ground. */
  draw(spec: Json): Promise<void>;
  /** What was wrong with the data that it fetches by address; empty where all of them came. */
  lost(): string;
  /** The stretch of time in view, where its reader may move along it. */
  stretch(): StretchInView | undefined;
  /** How often a view was made, and how often one was drawn. */
  readonly count: { embeds: number; draws: number };
  finalize(): void;
}

/** What ties a chart to its kernel and its page. */
export interface ChartTies {
  readonly brushed: (brush: string, range: Range) => void;
  /** Asks for older bars, and longer ones; absent: what is drawn is all. */
  readonly ask?: AskHistory | undefined;
  readonly redraw: () => void;
  /** Whether new bars come at its end; no unless told. */
  readonly isLive?: (() => boolean) | undefined;
  /** A reader looks at a stretch that ends then, ms since 1970; undefined: at the newest bars. */
  readonly looksAt?: ((pastMs: number | undefined) => void) | undefined;
  /** How high a chart of several plots may be, in pixels; absent: as it was made. */
  readonly height?: (() => number | undefined) | undefined;
  /** Whether the plain wheel zooms a time axis; else with Ctrl. */
  readonly wheel?: boolean;
}

type Ground = "light" | "dark";

/** A view and what it was made of. */
interface Drawn extends Compiled {
  readonly node: HTMLElement;
  readonly result: Result;
  readonly ground: Ground;
  /** The rows that each data set holds, as JSON. */
  readonly rows: Map<string, string>;
  split: SplitSpec;
  /** By address, why its data did not come. */
  readonly lost: ReadonlyMap<string, string>;
}

/** What Vega-Lite made of a specification, as far as it matters here. */
interface Compiled {
  readonly widths: readonly string[];
  readonly heights: ReadonlyMap<string, number>;
  /** How the rows of each data set are read: dates in text become times. */
  readonly formats: ReadonlyMap<string, unknown>;
  readonly signals: ReadonlySet<string>;
}

/** As it stands in the specifications that the project makes: a ground it does not know. */
const neutral = JSON.stringify(vegaConfig("any"));

/** The parameter of charts that can do with little room beside their plots; and below which width they do. */
const NARROW = "isNarrow";
const narrowBelow = 440;

export function createChart(
  node: HTMLElement,
  ground: () => Ground,
  {
    brushed,
    wheel = false,
    ask,
    redraw,
    looksAt = () => {},
    isLive = () => false,
    height = () => undefined,
  }: ChartTies,
): Chart {
  const count = { embeds: 0, draws: 0 };
  const readout = createReadout(node);
  let viewport: (Viewport & { readonly series: string }) | undefined;
  let drawn: Drawn | undefined;
  let brush: BrushMeta | undefined;
  let closed = false;

  const drop = (one: Drawn | undefined): void => {
    one?.result.finalize();
    one?.node.remove();
  };
  /** A new view is made behind the old one and takes its place when it is drawn. */
  const renew = async (parts: VegaParts, split: SplitSpec, rows: SplitSpec["rows"]): Promise<Drawn> => {
    const next = document.createElement("div");
    next.className = "tickbook-chart tickbook-next";
    node.insertBefore(next, readout.node);
    try {
      const spec = withRows(split.spec, rows);
      const marked = drawn ? spec : withRange(spec, brush?.range);
      const tooltip = readout.node.hidden ? { theme: ground() } : readout.tooltip;
      const made = await embed(parts, next, { ...split, rows, spec: marked }, ground(), tooltip);
      if (drawn) choose(made.result.view, choicesOf(drawn.result.view));
      if (brush) onBrush(made.result.view, (range) => brush && brushed(brush.brush, range));
      viewport?.attach(made.result.view, made.widths);
      count.embeds++;
      // for tests and for whoever looks into the page
      Object.assign(next, { view: made.result.view });
      return made;
    } catch (problem) {
      next.remove();
      throw problem;
    }
  };
  /** Another series begins with a window of its own. */
  const seen = (meta: ViewportMeta | undefined): void => {
    node.classList.toggle("tickbook-timed", meta !== undefined);
    if (meta?.series === viewport?.series) return;
    viewport?.close();
    readout.node.hidden = meta?.readsBelow !== true;
    viewport = meta && {
      series: meta.series,
      ...createViewport(meta, {
        ...{ node, wheel, ask, redraw, looksAt, isLive },
        read: meta.readsBelow ? readout.show : undefined,
      }),
    };
    if (drawn) viewport?.attach(drawn.result.view, drawn.widths);
  };
  return {
    draw: async (spec) => {
      const parts = await loadVega();
      brush = brushOf(spec);
      // where a part of the chart is marked with the mouse, Vega moves the axis
      const meta = brush ? undefined : viewportOf(spec);
      const split = splitSpec(meta ? withoutZoom(spec) : spec);
      seen(meta);
      const before = drawn;
      const fits = before?.split.skeleton === split.skeleton && before.ground === ground();
      const inView = viewport ? viewport.applied(split) : split;
      const now = fits ? before : await renew(parts, split, inView.rows);
      try {
        patch(parts, now, inView);
        await settle(now, node, height());
      } catch (problem) {
        drop(now);
        if (fits) drawn = undefined;
        throw problem;
      }
      if (closed) return drop(now);
      if (!fits) drop(before);
      drawn = now;
      now.node.classList.remove("tickbook-next");
      count.draws++;
    },
    lost: () =>
      [...(drawn?.lost ?? [])].map(([url, why]) => `Its data ${url} did not come: ${why}`).join("; "),
    stretch: () => viewport?.stretch(),
    count,
    finalize: () => {
      closed = true;
      viewport?.close();
      readout.node.remove();
      drop(drawn);
    },
  };
}

/** Gives a chart the room that its place has. */
async function settle(
  { result: { view }, split, signals, widths, heights }: Drawn,
  node: HTMLElement,
  room: number | undefined,
): Promise<void> {
  if (signals.has(TITLE)) setTitle(view, split.title, node.clientWidth);
  if (signals.has(NARROW)) view.signal(NARROW, node.clientWidth < narrowBelow);
  // labels beside the plot may have grown
  await view.resize().runAsync();
  await fitWidth(view, widths, node.clientWidth, room === undefined ? undefined : Infinity);
  await fitHeight(view, heights, room && room - heightBelow(node));
}

/** Of what stands below the picture itself. */
function heightBelow(node: HTMLElement): number {
  const below = [...node.querySelectorAll<HTMLElement>(".tickbook-ranges, .tickbook-readout")];
  return below.reduce((sum, { offsetHeight }) => sum + offsetHeight, 0);
}

async function embed(
  { vega, vegaEmbed }: VegaParts,
  node: HTMLElement,
  split: SplitSpec,
  ground: Ground,
  tooltip: EmbedOptions["tooltip"],
): Promise<Drawn> {
  let compiled: Compiled | undefined;
  const { config, ...spec } = split.spec;
  const own = JSON.stringify(config) === neutral ? {} : config;
  const lost = new Map<string, string>();
  const result = await vegaEmbed(node, { ...spec, config: own } as unknown as VisualizationSpec, {
    mode: "vega-lite",
    config: vegaConfig(ground),
    renderer: "canvas",
    tooltip: tooltip!,
    actions: { export: true, source: false, compiled: false, editor: false },
    scaleFactor: { png: 2, svg: 1 },
    logger: noting(vega.logger(vega.Warn), lost),
    patch: (given) => {
      const vega = withTitleSignals(given as Json, split.title);
      compiled = {
        widths: widthSignals(vega),
        heights: heightSignals(vega),
        formats: new Map(listed(vega.data).map(({ name, format }) => [String(name), format])),
        signals: new Set(listed(vega.signals).map(({ name }) => String(name))),
      };
      return vega as typeof given;
    },
  });
  node.querySelector("summary")?.setAttribute("aria-label", "save this chart as a picture");
  const rows = new Map([...split.rows].map(([name, values]) => [name, JSON.stringify(values)]));
  return { node, result, ground, split, rows, lost, ...compiled! };
}

/** Vega only warns of data that it cannot fetch or read, and draws an empty chart. */
function noting(logger: LoggerInterface, lost: Map<string, string>): LoggerInterface {
  const warn = logger.warn.bind(logger);
  logger.warn = (...words) => {
    const [what, url, problem] = words;
    if (what === "Loading failed" || what === "Data ingestion failed")
      lost.set(String(url), problem instanceof Error ? problem.message : String(problem));
    return warn(...words);
  };
  return logger;
}

function listed(part: unknown): readonly Json[] {
  return Array.isArray(part) ? part.filter(isObject) : [];
}

/** Gives a running view what has changed. */
function patch({ vega }: VegaParts, drawn: Drawn, split: SplitSpec): void {
  const { rows, formats, signals } = drawn;
  const { view } = drawn.result;
  for (const [name, values] of split.rows) {
    const text = JSON.stringify(values);
    if (text === rows.get(name) || !formats.has(name)) continue;
    rows.set(name, text);
    view.data(name, vega.read(text, formats.get(name) as Parameters<typeof vega.read>[1]));
  }
  for (const [name, value] of split.values) {
    if (signals.has(name) && !same(value, drawn.split.values.get(name)))
      view.signal(name, value as SignalValue);
  }
  if (split.description !== drawn.split.description) view.description(split.description);
  drawn.split = split;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
