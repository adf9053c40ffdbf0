import { lengthFor } from "../../../../src/core/bar-length.ts";
import { formatDuration } from "../../../../src/core/time.ts";
import type { ViewportMeta } from "../../../../src/notebook/page/live-messages.ts";
import { extremes } from "../../../../src/render/chart/base/thin.ts";
import type { Columns, Span } from "./time-window.ts";

/** What is drawn of the rows at hand. */
export interface Detail {
  readonly rows: Columns;
  /** What the chart's parameters say of them. */
  readonly values: Readonly<Record<string, number>>;
  /** What its reader must know of it; empty where each row is drawn. */
  readonly note: string;
}

export interface DetailOf extends Pick<ViewportMeta, "intervalMs"> {
  /** Undefined: each row is drawn. */
  readonly detail: ViewportMeta["detail"];
  /** How wide the plot is. */
  readonly pixels: number;
}

/**
 * The rows in a stretch, as many as there is room for: bars of a longer interval, exactly, at most one in two pixels; or of
 * lines, of each stretch the rows with the least and the greatest value and those without one.
 */
export function detailed(rows: Columns, span: Span, { intervalMs, detail, pixels }: DetailOf): Detail {
  return detail === "bars"
    ? longerBars(rows, span, intervalMs, Math.max(1, Math.floor(pixels / 2)))
    : extremesOf(rows, span, intervalMs, pixels);
}

function longerBars(rows: Columns, { firstMs, lastMs }: Span, intervalMs: number, most: number): Detail {
  const barMs =
    lengthFor({ fromUs: firstMs * 1000, toUs: lastMs * 1000, bars: most }, intervalMs * 1000) / 1000;
  const begin = (t: unknown): number => Math.floor(Number(t) / barMs) * barMs;
  const times = rows.t ?? [];
  const [from, to] = within(times, begin(firstMs), Math.ceil(lastMs / barMs) * barMs);
  const starts: number[] = [];
  for (let k = from; k < to; k++) if (k === from || begin(times[k]) > begin(times[k - 1])) starts.push(k);
  const made = Object.entries(rows).map(([name, values]) => {
    const reduce = REDUCE[name] ?? newest;
    return [name, starts.map((start, b) => reduce(values.slice(start, starts[b + 1] ?? to)))] as const;
  });
  return {
    rows: { ...Object.fromEntries(made), t: starts.map((start) => begin(times[start])) },
    values: {
      ...{ barMs, newestMs: begin(times.at(-1)) },
      // the newest bar has the room that it takes when it is whole
      lastMs: to === times.length && to > from ? Math.max(lastMs, begin(times[to - 1]) + barMs) : lastMs,
    },
    note: barMs > intervalMs ? `drawn in bars of ${formatDuration(barMs * 1000)}` : "",
  };
}

/** What a column of a longer bar is made of; of others it is the last value. */
const REDUCE: Readonly<Record<string, (values: readonly unknown[]) => unknown>> = {
  o: ([first]) => first,
  h: (values) => Math.max(...numbers(values)),
  l: (values) => Math.min(...numbers(values)),
  v: sum,
  n: sum,
  // still forming, else with missing trades
  kind: (values) => [1, 2].find((kind) => values.includes(kind)) ?? 0,
};

function newest(values: readonly unknown[]): unknown {
  return values.at(-1);
}

function sum(values: readonly unknown[]): number | null {
  const all = numbers(values);
  return all.length === 0 ? null : all.reduce((a, b) => a + b);
}

function numbers(values: readonly unknown[]): number[] {
  return values.filter((value) => typeof value === "number");
}

function extremesOf(rows: Columns, { firstMs, lastMs }: Span, intervalMs: number, pixels: number): Detail {
  const times = (rows.t ?? []).map(Number);
  // a line goes on beyond the edges of what is in view
  const [first, end] = within(times, firstMs, lastMs + intervalMs);
  const [from, to] = [Math.max(0, first - 1), Math.min(times.length, end + 1)];
  const columns = Object.entries(rows).filter(([name]) => name !== "t");
  const room = pixels / (2 * Math.max(1, columns.length));
  const kept = to - from > pixels ? spread() : Array.from({ length: to - from }, (_, i) => from + i);
  function spread(): number[] {
    // the same stretches while the chart moves on
    const apartMs = 2 ** Math.ceil(Math.log2((lastMs - firstMs) / room));
    const stretch = (k: number): number => Math.floor(times[k]! / apartMs);
    const rowsKept = new Set<number>([from, to - 1]);
    for (let k = from, start = from; k < to; k++) {
      if (k + 1 < to && stretch(k + 1) === stretch(start)) continue;
      for (const [, values] of columns) for (const row of extremes(values, start, k + 1)) rowsKept.add(row);
      start = k + 1;
    }
    return [...rowsKept].sort((a, b) => a - b);
  }
  return {
    rows: Object.fromEntries(
      Object.entries(rows).map(([name, values]) => [name, kept.map((k) => values[k])]),
    ),
    values: { columns: kept.length, wholeMs: Math.max(1, times[to - 1]! - times[from]!) },
    note: "",
  };
}

/** The rows from a time to another, not included. */
function within(times: readonly unknown[], fromMs: number, toMs: number): [from: number, to: number] {
  const at = (ms: number): number => {
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Number(times[middle]) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [at(fromMs), at(toMs)];
}
