import type * as vega from "vega";
import type vegaEmbed from "vega-embed";

export interface VegaParts {
  readonly vega: typeof vega;
  readonly vegaEmbed: typeof vegaEmbed;
}

let parts: Promise<VegaParts> | undefined;

/** Vega, Vega-Lite and vega-embed as they were installed with the project; fetched with the first chart. */
export function loadVega(): Promise<VegaParts> {
  const file: string = new URL("../../vega.js", import.meta.url).href;
  parts ??= import(file) as Promise<VegaParts>;
  return parts;
}
