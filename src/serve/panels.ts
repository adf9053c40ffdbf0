import { TickbookError } from "../core/errors.ts";
import { pairAlerts } from "../notebook/alerts/pair-alerts.ts";
import { sharedReader } from "../notebook/data/shared-reader.ts";
import { watchPair } from "../notebook/pair/pair-watch.ts";
import { watchPairs } from "../notebook/pair/watch-pairs.ts";
import { live } from "../notebook/panels/live.ts";

export interface ServedPair {
  readonly source: string;
  /** The first two that are collected unless told. */
  readonly y?: string;
  readonly x?: string;
  readonly interval: string;
  readonly window?: number;
  readonly threshold: number;
}

/**
 * The panels of the desk that `npm start` opens, drawn from now on. Two symbols that are not collected yet are looked for at each
 * drawing, and where another database takes the place of the one that was read, its own are drawn; whatever else does not fit
 * is refused.
 */
export function startPanels({ y, x, ...settings }: ServedPair): void {
  const refresh = { refreshMs: 1000 } as const;
  const once = <Made extends object>(make: () => Made): (() => Made) => onceFor(settings.source, make);
  const pair = once(() => watchPair({ ...settings, ...(y && { y }), ...(x && { x }) }));
  try {
    pair();
  } catch (error) {
    if (!(error instanceof TickbookError && error.code === "no-pair")) throw error;
  }
  const alerts = once(() => pairAlerts(pair()));
  const pairs = once(() => watchPairs(settings));
  live("tiles", () => pair().tiles(), { ...refresh, desk: "top" });
  live("pair", (stretch) => pair().chart({ stretch, bands: alerts() }), { ...refresh, desk: "main" });
  live("alerts", () => alerts().table(), { ...refresh, desk: "side" });
  live("pairs", () => pairs().table(), { ...refresh, desk: "side" });
}

/** Made at the first call that does not throw, and once more for another database at that place. */
function onceFor<Made extends object>(source: string, make: () => Made): () => Made {
  let made: { readonly reader: object; readonly it: Made } | undefined;
  return () => {
    const reader = sharedReader("serve", source);
    if (made?.reader !== reader) made = { reader, it: make() };
    return made.it;
  };
}
