import type { Result, VisualizationSpec } from "vega-embed";
import type { BrushMeta } from "../../src/notebook/brush-messages.ts";
import { vegaConfig } from "../../src/render/theme.ts";
import { brushOf, onBrush, type Range, withRange } from "./brush.ts";
import { choicesOf, choose } from "./carry-over.ts";
import { fitWidth, widthSignals } from "./fit-width.ts";
import { isObject, type Json, type SplitSpec, splitSpec } from "./split-spec.ts";
import { setTitle, withTitleSignals } from "./title.ts";
import { loadVega, type VegaParts } from "./vega.ts";

/** One chart in the page: a single Vega view for as long as its specification is the same but for rows, values and titles. */
export interface Chart {
  /** Also for another width or ground. */
  draw(spec: Json): Promise<void>;
  /** How often a view was made, and how often one was drawn. */
  readonly count: { embeds: number; draws: number };
  finalize(): void;
}

type Ground = "light" | "dark";

interface Drawn {
  readonly node: HTMLElement;
  readonly result: Result;
  readonly ground: Ground;
  readonly widths: readonly string[];
  /** How the rows of each data set are read: dates in text become times. */
  readonly formats: ReadonlyMap<string, Json>;
  split: SplitSpec;
}

/** As it stands in the specifications that the project makes: a ground it does not know. */
const neutral = JSON.stringify(vegaConfig("any"));

export function createChart(
  node: HTMLElement,
  ground: () => Ground,
  brushed: (brush: string, range: Range) => void,
): Chart {
  const count = { embeds: 0, draws: 0 };
  let drawn: Drawn | undefined;
  let brush: BrushMeta | undefined;

  /** A new view is made behind the old one and takes its place when it is drawn. */
  const renew = async (parts: VegaParts, split: SplitSpec): Promise<Drawn> => {
    const next = document.createElement("div");
    next.className = "tickbook-chart tickbook-next";
    node.append(next);
    try {
      const marked = drawn ? split.spec : withRange(split.spec, brush?.range);
      const made = await embed(parts, next, { ...split, spec: marked }, ground());
      if (drawn) choose(made.result.view, choicesOf(drawn.result.view));
      if (brush) onBrush(made.result.view, (range) => brush && brushed(brush.brush, range));
      count.embeds++;
      // for tests and for whoever looks into the page
      Object.assign(next, { view: made.result.view });
      return made;
    } catch (problem) {
      next.remove();
      throw problem;
    }
  };
  return {
    draw: async (spec) => {
      const parts = await loadVega();
      const split = splitSpec(spec);
      brush = brushOf(spec);
      const before = drawn;
      if (drawn?.split.skeleton === split.skeleton && drawn.ground === ground()) patch(parts, drawn, split);
      else drawn = await renew(parts, split);
      const { view } = drawn.result;
      setTitle(view, split.title, node.clientWidth);
      // labels beside the plot may have grown
      await view.resize().runAsync();
      await fitWidth(view, drawn.widths, node.clientWidth);
      if (before !== drawn) {
        before?.result.finalize();
        before?.node.remove();
        drawn.node.classList.remove("tickbook-next");
      }
      count.draws++;
    },
    count,
    finalize: () => {
      drawn?.result.finalize();
      drawn = undefined;
    },
  };
}

async function embed(
  { vegaEmbed }: VegaParts,
  node: HTMLElement,
  split: SplitSpec,
  ground: Ground,
): Promise<Drawn> {
  const formats = new Map<string, Json>();
  let widths: readonly string[] = [];
  const { config, ...spec } = split.spec;
  const own = JSON.stringify(config) === neutral ? {} : config;
  const result = await vegaEmbed(node, { ...spec, config: own } as unknown as VisualizationSpec, {
    mode: "vega-lite",
    config: vegaConfig(ground),
    renderer: "canvas",
    tooltip: { theme: ground },
    actions: { export: true, source: false, compiled: false, editor: false },
    scaleFactor: { png: 2, svg: 1 },
    patch: (compiled) => {
      const vega = compiled as Json;
      for (const data of vega.data as readonly Json[]) {
        if (isObject(data.format)) formats.set(String(data.name), data.format);
      }
      widths = widthSignals(vega);
      return withTitleSignals(vega, split.title) as typeof compiled;
    },
  });
  return { node, result, ground, widths, formats, split };
}

/** Gives a running view what has changed. */
function patch({ vega }: VegaParts, drawn: Drawn, split: SplitSpec): void {
  const { view } = drawn.result;
  const before = drawn.split;
  for (const [name, rows] of split.rows) {
    if (same(rows, before.rows.get(name))) continue;
    view.data(name, vega.read(structuredClone(rows) as unknown as string, drawn.formats.get(name) as never));
  }
  for (const [name, value] of split.values) {
    if (!same(value, before.values.get(name))) view.signal(name, value as never);
  }
  if (split.description !== before.description) view.description(split.description);
  drawn.split = split;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
