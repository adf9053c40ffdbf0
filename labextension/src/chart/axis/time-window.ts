/** A stretch of a time axis, ms since 1970. */
export interface Span {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What a reader looks at. Absent: what the kernel shows. */
export interface TimeWindow extends Span {
  /** Its end moves on with the newest bar. */
  readonly follows: boolean;
  /** It begins where all that there is begins, and so it stays while it follows. */
  readonly isWhole: boolean;
}

/** Where windows may lie. */
export interface Bounds {
  /** What the kernel shows: nothing lies after its end. */
  readonly live: Span;
  readonly intervalMs: number;
  /** Where all that there is begins; −Infinity while that is not known. */
  readonly oldestMs: number;
}

/** Columns of equal length, `t` ascending among them. */
export type Columns = Readonly<Record<string, readonly unknown[]>>;

const fewestBars = 5;

/** `span` with another length: `factor` below 1 zooms in, about a time that stays where it is. */
export function zoomed(
  span: Span,
  { aboutMs, factor, ...bounds }: Bounds & { readonly aboutMs: number; readonly factor: number },
): TimeWindow {
  const length = Math.max(fewestBars * bounds.intervalMs, (span.lastMs - span.firstMs) * factor);
  const share = (aboutMs - span.firstMs) / (span.lastMs - span.firstMs);
  return placed({ firstMs: aboutMs - share * length, lastMs: aboutMs + (1 - share) * length }, bounds);
}

export function panned({ firstMs, lastMs }: Span, byMs: number, bounds: Bounds): TimeWindow {
  return placed({ firstMs: firstMs + byMs, lastMs: lastMs + byMs }, bounds);
}

/** The last so many milliseconds, of what there is. */
export function lastOf(lengthMs: number, bounds: Bounds): TimeWindow {
  const { lastMs } = bounds.live;
  return placed({ firstMs: lastMs - lengthMs, lastMs }, bounds);
}

/** A span moved to where there is something: not beyond now, where it follows, and not before all that there is. */
export function placed({ firstMs, lastMs }: Span, { live, intervalMs, oldestMs }: Bounds): TimeWindow {
  const begin = Math.min(oldestMs, live.firstMs);
  const length = Math.min(lastMs - firstMs, live.lastMs - begin);
  const end = Math.max(begin + length, Math.min(lastMs, live.lastMs));
  const follows = end > live.lastMs - intervalMs;
  const last = follows ? live.lastMs : end;
  return { firstMs: last - length, lastMs: last, follows, isWhole: follows && last - length <= begin };
}

/** The window when the newest bar has moved on. */
export function moved(window: TimeWindow, live: Span): TimeWindow {
  if (!window.follows) return window;
  const length = window.lastMs - window.firstMs;
  const firstMs = window.isWhole ? window.firstMs : live.lastMs - length;
  return { ...window, firstMs, lastMs: live.lastMs };
}

/** Rows that have left the kernel's view stay in the page: those of `before` that are older than the first of `now`. */
export function keptRows(before: Columns, now: Columns, most: number): Columns {
  const from = Number(now.t?.[0] ?? Number.NEGATIVE_INFINITY);
  const old = (before.t ?? []).findIndex((t) => Number(t) >= from);
  const end = old < 0 ? (before.t?.length ?? 0) : old;
  const begin = Math.max(0, end + (now.t?.length ?? 0) - most);
  return Object.fromEntries(
    Object.entries(now).map(([name, values]) => [
      name,
      [...(before[name] ?? Array(before.t?.length ?? 0).fill(null)).slice(begin, end), ...values],
    ]),
  );
}

/** How long a bar of these is, ms, and the rows. */
export interface LongBars {
  readonly barMs: number;
  readonly rows: Columns;
}

/**
 * Long bars that end with now, with what the newest short ones say: the last one moves with them, and others begin when
 * their time has come. Spread and z-score of a bar are those of its newest short bar that has them.
 */
export function withNewest({ barMs, rows }: LongBars, newest: Columns): Columns {
  const last = Number(rows.t?.at(-1) ?? Number.NaN);
  const times = (newest.t ?? []).map(Number);
  const from = times.findIndex((t) => t >= last);
  if (from < 0) return rows;
  const bars: Record<string, unknown>[] = [rowOf(rows, rows.t!.length - 1)];
  for (let k = from; k < times.length; k++) {
    const begin = last + barMs * Math.floor((times[k]! - last) / barMs);
    const short = rowOf(newest, k);
    const bar = bars.at(-1)!;
    if (bar.t === begin) bars.push(joined(bars.pop()!, short));
    else bars.push(joined({ ...short, t: begin, kind: 0, v: null }, short));
  }
  return Object.fromEntries(
    Object.entries(rows).map(([name, values]) => [
      name,
      [...values.slice(0, -1), ...bars.map((bar) => bar[name] ?? null)],
    ]),
  );
}

type Row = Readonly<Record<string, unknown>>;

function rowOf(columns: Columns, k: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[k]]));
}

function joined(bar: Row, short: Row): Record<string, unknown> {
  const of = (reach: (...values: number[]) => number, ...values: unknown[]): number | null => {
    const numbers = values.filter((value) => typeof value === "number");
    return numbers.length === 0 ? null : reach(...numbers);
  };
  const both = (name: string): Row => ({
    [name]: short[name] ?? bar[name],
    [`${name}Low`]: of(Math.min, bar[`${name}Low`], short[name]),
    [`${name}High`]: of(Math.max, bar[`${name}High`], short[name]),
  });
  const prices = { h: of(Math.max, bar.h, short.h), l: of(Math.min, bar.l, short.l), c: short.c };
  return { ...bar, ...prices, ...both("s"), ...both("z") };
}

/** Whether rows at hand show a window, or the kernel must be asked: for older ones, or for longer bars. */
export function needsHistory(
  window: Span,
  rows: Columns,
  { intervalMs, pixels }: { intervalMs: number; pixels: number },
): boolean {
  const oldest = Number(rows.t?.[0] ?? Number.POSITIVE_INFINITY);
  const bars = (window.lastMs - window.firstMs) / intervalMs;
  return window.firstMs < oldest - intervalMs || bars > pixels / 2;
}
