/** A stretch of a time axis, ms since 1970. */
export interface Span {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What a reader looks at. Absent: what the kernel shows. */
export interface TimeWindow extends Span {
  /** Its end moves on with the newest bar. */
  readonly follows: boolean;
}

/** Columns of equal length, `t` ascending among them. */
export type Columns = Readonly<Record<string, readonly unknown[]>>;

const fewestBars = 5;

/** `span` with another length: `factor` below 1 zooms in, about a time that stays where it is. */
export function zoomed(
  span: Span,
  { aboutMs, factor, live, intervalMs }: { aboutMs: number; factor: number; live: Span; intervalMs: number },
): TimeWindow {
  const length = Math.max(fewestBars * intervalMs, (span.lastMs - span.firstMs) * factor);
  const share = (aboutMs - span.firstMs) / (span.lastMs - span.firstMs);
  return within(
    { firstMs: aboutMs - share * length, lastMs: aboutMs + (1 - share) * length },
    live,
    intervalMs,
  );
}

export function panned(span: Span, byMs: number, live: Span, intervalMs: number): TimeWindow {
  return within({ firstMs: span.firstMs + byMs, lastMs: span.lastMs + byMs }, live, intervalMs);
}

/** Not beyond now; at now it follows. */
function within({ firstMs, lastMs }: Span, live: Span, intervalMs: number): TimeWindow {
  const beyond = Math.max(0, lastMs - live.lastMs);
  const follows = lastMs > live.lastMs - intervalMs;
  return { firstMs: firstMs - beyond, lastMs: lastMs - beyond, follows };
}

/** The window when the newest bar has moved on. */
export function moved(window: TimeWindow, live: Span): TimeWindow {
  if (!window.follows) return window;
  const length = window.lastMs - window.firstMs;
  return { firstMs: live.lastMs - length, lastMs: live.lastMs, follows: true };
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
