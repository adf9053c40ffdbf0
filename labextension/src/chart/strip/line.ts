import type { Columns, Span } from "../axis/time-window.ts";

/** The line's own units; it is stretched to the room that there is. */
export const WIDTH: number = 1000;
export const HEIGHT: number = 100;

/** What of a strip is dragged. */
export type Part = "begin" | "view" | "end";

/** A span with one of its ends, or both, so much later. */
export function shifted({ firstMs, lastMs }: Span, part: Part, byMs: number, leastMs: number): Span {
  if (part === "begin") return { firstMs: Math.min(firstMs + byMs, lastMs - leastMs), lastMs };
  if (part === "end") return { firstMs, lastMs: Math.max(lastMs + byMs, firstMs + leastMs) };
  return { firstMs: firstMs + byMs, lastMs: lastMs + byMs };
}

/** The closes as a path over a span, no more than there is room for: from one row set to the next where it begins later. */
export function pathOf(rows: readonly Columns[], { firstMs, lastMs }: Span): string {
  const apartMs = (lastMs - firstMs) / WIDTH;
  const points: (readonly [ms: number, value: number])[] = [];
  for (const { t = [], c = [] } of rows) {
    for (const [k, ms] of t.entries())
      if (
        Number(ms) >= (points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY) + apartMs &&
        typeof c[k] === "number"
      )
        points.push([Number(ms), c[k]]);
  }
  const values = points.map(([, value]) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (ms: number): string => ((WIDTH * (ms - firstMs)) / Math.max(1, lastMs - firstMs)).toFixed(1);
  const y = (value: number): string =>
    (HEIGHT * (0.92 - (0.84 * (value - least)) / (most - least || 1))).toFixed(1);
  return points.map(([ms, value], k) => `${k === 0 ? "M" : "L"}${x(ms)},${y(value)}`).join("");
}

/** As a reader says it: `12 min`, `3.5 h`, `2 d`. */
export function lengthText(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 90) return `${Math.max(1, Math.round(minutes))} min`;
  const hours = minutes / 60;
  return hours < 36 ? `${Number(hours.toFixed(1))} h` : `${Number((hours / 24).toFixed(1))} d`;
}
