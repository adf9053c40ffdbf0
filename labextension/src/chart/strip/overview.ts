import { type AskHistory, viewportOf } from "../axis/history.ts";
import type { Columns } from "../axis/time-window.ts";
import { type Json, splitSpec } from "../split-spec.ts";
import { lengthText } from "./line.ts";
import { createRanges, type Ranges, type RangesOf } from "./ranges.ts";

/** All that is stored of what a chart shows, in a strip below it, where its kernel knows of more than is drawn. */
export interface Overview {
  /** When all that there is begins: as the kernel says, else the oldest of the rows at hand; −Infinity while it is asked. */
  oldestMs(rows: Columns): number;
  /** New rows: the strip goes on with them. */
  draw(rows: Columns): void;
  /** What is in view has changed. */
  refresh(): void;
  /** From when on the stretch in view is read; undefined: all of it. */
  reads(fromMs: number | undefined): void;
  close(): void;
}

export interface OverviewOf extends RangesOf {
  readonly ask: AskHistory | undefined;
  readonly redraw: () => void;
}

const BARS = 400;
/** How far the newest rows may reach beyond those that were asked for, as a share of all. */
const FAR = 0.05;

export function createOverview(node: HTMLElement, of: OverviewOf): Overview {
  let ranges: Ranges | undefined;
  let oldest = Number.NEGATIVE_INFINITY;
  /** What the kernel has told, and until when. */
  let told: Columns = {};
  let toldMs = Number.NEGATIVE_INFINITY;
  let state: "new" | "asking" | "there" | "none" = of.ask ? "new" : "none";
  let newest: Columns = {};
  let closed = false;

  const show = (): void => {
    ranges?.draw([told, newest]);
    ranges?.refresh();
  };
  const ask = async (): Promise<void> => {
    state = "asking";
    const { lastMs } = of.bounds().live;
    const shown = await of.ask?.({ firstMs: 0, lastMs, bars: BARS });
    const meta = shown?.kind === "chart" ? viewportOf(shown.spec as Json) : undefined;
    if (closed) return;
    if (shown?.kind !== "chart" || meta?.oldestMs === undefined) {
      state = ranges ? "there" : "none";
      return;
    }
    oldest = meta.oldestMs;
    const columns = [...splitSpec(shown.spec as Json).rows.values()].map(([first]) => first as Columns);
    told = columns.find((one) => Array.isArray(one?.t)) ?? told;
    toldMs = lastMs;
    if (!ranges) {
      ranges = createRanges(node, of);
      of.redraw();
    }
    show();
    if (meta.readFromMs === undefined) state = "there";
    else setTimeout(ask, 0);
  };
  return {
    oldestMs: (rows) => {
      if (state === "none") return Number(rows.t?.[0] ?? Number.NEGATIVE_INFINITY);
      return oldest;
    },
    draw: (rows) => {
      newest = rows;
      show();
      const { lastMs } = of.bounds().live;
      const isFar = lastMs - toldMs > FAR * (lastMs - oldest);
      if (state === "new" || (state === "there" && isFar)) void ask();
    },
    refresh: () => ranges?.refresh(),
    reads: (fromMs) => {
      const { firstMs, lastMs } = of.span();
      ranges?.say(
        fromMs === undefined
          ? ""
          : `${lengthText(lastMs - fromMs)} of ${lengthText(lastMs - firstMs)} read …`,
      );
    },
    close: () => {
      closed = true;
      ranges?.node.remove();
    },
  };
}
