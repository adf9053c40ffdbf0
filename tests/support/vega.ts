import { type LoggerInterface, parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { View as Shown, VegaLiteSpec } from "../../src/render/view.ts";

export interface Drawn {
  readonly svg: string;
  /** Everything that vega-lite or vega complained about. */
  readonly warnings: readonly string[];
  /** The texts in the picture, in the order in which they are drawn. */
  readonly texts: readonly string[];
  /** How many items each kind of mark has; axes, legends, titles and what has no size do not count. */
  readonly marks: Readonly<Record<string, number>>;
}

/** The specification of a view that must be a chart. */
export function specOf(view: Shown): VegaLiteSpec {
  if (view.kind !== "chart") throw new Error(`a chart was expected; got: ${view.text}`);
  return view.spec;
}

/** Compiles and draws a chart without a browser. */
export async function draw(shown: Shown): Promise<Drawn> {
  const warnings: string[] = [];
  const logger = collector(warnings);
  const { spec } = compile(specOf(shown) as unknown as TopLevelSpec, { logger });
  const view = new View(parse(spec), { renderer: "none", logger });
  const svg = await view.toSVG();
  const texts = [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) => text!);
  const marks: Record<string, number> = {};
  for (const group of svg.matchAll(/<g class="mark-(\w+) role-mark[^>]*>(.*?)<\/g>/gs)) {
    marks[group[1]!] =
      (marks[group[1]!] ?? 0) +
      [...group[2]!.matchAll(/<(?:path(?! [^>]*d="[^1-9"]*")|text|line)\b/g)].length;
  }
  view.finalize();
  return { svg, warnings, texts, marks };
}

function collector(warnings: string[]): LoggerInterface {
  const keep = (...args: unknown[]): LoggerInterface => {
    const text = args.join(" ");
    // there is no window to listen to where nothing is shown
    if (text !== "Can not resolve event source: window") warnings.push(text);
    return logger;
  };
  const logger = {
    level: () => logger,
    error: keep,
    warn: keep,
    info: () => logger,
    debug: () => logger,
  } as unknown as LoggerInterface;
  return logger;
}
