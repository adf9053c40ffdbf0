import { randomUUID } from "node:crypto";
import { requireSettings } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { escapeHtml } from "../../render/escape.ts";
import { displayAs } from "../page/display.ts";

export interface ProgressOptions {
  /** Stands in front of the line. */
  readonly name?: string;
  /** How many rows there are; taken from `length` or `size` unless told. */
  readonly total?: number;
}

/** Between two pictures of a line. */
const everyMs = 100;

/**
 * Hands rows on one by one, and shows in one line under the cell, changed in place, how many have gone by, how fast, and
 * how long the rest will take where their number is known. For loops: `for (const row of progress(rows))`, with `await`
 * for what comes in time. A loop that ends early, or fails, says after how many.
 */
export function progress<T>(
  rows: Iterable<T>,
  options?: ProgressOptions,
): Iterable<T> & AsyncIterable<Awaited<T>>;
export function progress<T>(rows: AsyncIterable<T>, options?: ProgressOptions): AsyncIterable<T>;
export function progress<T>(
  rows: Iterable<T> | AsyncIterable<T>,
  options: ProgressOptions = {},
): Partial<Iterable<T> & AsyncIterable<T>> {
  requireSettings("progress", options, ["name", "total"]);
  const isObject = typeof rows === "object" && rows !== null;
  const isSync = isObject && Symbol.iterator in rows;
  const isAsync = isObject && Symbol.asyncIterator in rows;
  if (!isSync && !isAsync) {
    return refuse({
      code: "no-rows",
      where: "progress",
      problem: `rows that a loop can go over are needed; got ${rows === null ? "null" : typeof rows}`,
      hint: "Pass an array, a generator, a stream; of an object, Object.entries(it).",
    });
  }
  const total = options.total ?? lengthOf(rows);
  async function* asynchronously(): AsyncGenerator<T> {
    const line = openLine(options.name, total);
    let passed = false;
    try {
      for await (const row of rows as AsyncIterable<T>) {
        yield row;
        line.next();
      }
      passed = true;
    } finally {
      line.end(passed);
    }
  }
  function* synchronously(): Generator<T> {
    const line = openLine(options.name, total);
    let passed = false;
    try {
      for (const row of rows as Iterable<T>) {
        yield row;
        line.next();
      }
      passed = true;
    } finally {
      line.end(passed);
    }
  }
  return {
    ...(isSync && { [Symbol.iterator]: synchronously }),
    [Symbol.asyncIterator]: asynchronously,
  };
}

function lengthOf(rows: unknown): number | undefined {
  const { length, size } = rows as { length?: unknown; size?: unknown };
  const known = typeof length === "number" ? length : size;
  return typeof known === "number" ? known : undefined;
}

function openLine(name = "", total: number | undefined): { next(): void; end(passed: boolean): void } {
  const id = randomUUID();
  const begunMs = performance.now();
  let [count, shownMs, isShown] = [0, begunMs, false];
  const show = (text: string, isOver: boolean): void => {
    const line = name === "" ? text : `${name}: ${text}`;
    const html = progressHtml(line, isOver ? undefined : count, total);
    displayAs({ "text/html": html, "text/plain": line }, id, isShown);
    isShown = true;
  };
  const seconds = (): number => (performance.now() - begunMs) / 1000;
  show(progressText(0, total, 0), false);
  return {
    next: () => {
      count++;
      // the clock is asked for every row: it costs less than a row of work does
      const nowMs = performance.now();
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      show(progressText(count, total, seconds()), false);
    },
    end: (passed) => show(endText(count, total, seconds(), passed), true),
  };
}

function progressText(count: number, total: number | undefined, seconds: number): string {
  const rate = seconds > 0.5 ? count / seconds : 0;
  const parts = [total === undefined ? number(count) : `${number(count)} of ${number(total)}`];
  if (total !== undefined && total > 0) parts.push(`${Math.floor((100 * count) / total)} %`);
  if (rate > 0) parts.push(`${rateText(rate)} a second`);
  if (rate > 0 && total !== undefined && count < total)
    parts.push(`${secondsText((total - count) / rate)} left`);
  return parts.join(" · ");
}

function endText(count: number, total: number | undefined, seconds: number, passed: boolean): string {
  const of = passed || total === undefined ? "" : ` of ${number(total)}`;
  // of a moment it would mean nothing
  const rate = seconds > 0.5 && count > 0 ? `, ${rateText(count / seconds)} a second` : "";
  return `${passed ? "" : "ended early, after "}${number(count)}${of} in ${secondsText(seconds)}${rate}`;
}

function progressHtml(line: string, count: number | undefined, total: number | undefined): string {
  const share = total !== undefined && total > 0 ? Math.min(1, (count ?? 0) / total) : undefined;
  const bar =
    count === undefined || share === undefined
      ? ""
      : `<div style="width:12em;height:6px;border-radius:3px;background:var(--jp-border-color2,#ccc)"><div style="width:${(100 * share).toFixed(1)}%;height:6px;border-radius:3px;background:var(--jp-brand-color1,#1976d2)"></div></div>`;
  return `<div class="tickbook-progress" role="status" style="display:flex;gap:8px;align-items:center;font:12px/1.6 var(--jp-ui-font-family,system-ui,sans-serif);font-variant-numeric:tabular-nums">${bar}<span>${escapeHtml(line)}</span></div>`;
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function rateText(rate: number): string {
  return rate >= 10 ? number(Math.round(rate)) : rate.toPrecision(2);
}

function secondsText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [h, min] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const rest = String(whole % 60).padStart(2, "0");
  return h > 0 ? `${h}:${String(min).padStart(2, "0")}:${rest} h` : `${min}:${rest} min`;
}
