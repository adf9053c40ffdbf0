import { closeSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { type Clock, formatUtc } from "../../core/time.ts";
import { makeFolder } from "../../pipeline/store/file/folder.ts";

export type Level = "info" | "warn" | "error";

/** One line of a log: what happened, for programs (`event` and the fields) and for people (`message`). */
export interface LogEntry {
  readonly level: Level;
  readonly event: string;
  readonly message?: string;
  readonly [field: string]: unknown;
}

export type Log = (entry: LogEntry) => void;

export function logLine(nowUs: number, entry: LogEntry): string {
  return JSON.stringify({ t: formatUtc(nowUs), ...entry });
}

/**
 * Lines into a file that is moved aside at `maxBytes`; at most `files` old ones are kept. Nothing that befalls it is an
 * error: what can't be written is left out, which `leftOut` makes a line of once it can be written again, and a folder that
 * was deleted is made again.
 */
export function rotatingFile(
  path: string,
  maxBytes: number,
  files: number,
  leftOut?: (lines: number) => string,
): (line: string) => void {
  let size = sizeOf(path);
  let missed = 0;
  /** The last line was written in part. */
  let isTorn = false;
  const put = (text: string): void => {
    let left = Buffer.from(`${isTorn ? "\n" : ""}${text}\n`);
    const file = openSync(path, "a");
    try {
      while (left.length > 0) {
        const written = writeSync(file, left);
        size += written;
        left = left.subarray(written);
        isTorn = left.length > 0;
      }
    } finally {
      closeSync(file);
    }
  };
  const append = (line: string): boolean =>
    attempt(() => put(line)) || (attempt(() => makeFolder(dirname(path))) && attempt(() => put(line)));
  return (line) => {
    if (size > maxBytes) {
      for (let i = files - 1; i >= 0; i--) {
        attempt(() => renameSync(i === 0 ? path : `${path}.${i}`, `${path}.${i + 1}`));
      }
      size = 0;
    }
    if (missed > 0 && leftOut !== undefined && append(leftOut(missed))) missed = 0;
    if (!append(line)) missed++;
  };
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

/** Of one event so many at once, and so many a minute on and on. */
const TROUBLE = { atOnce: 10, aMinute: 1 };
const NEWS = { atOnce: 100, aMinute: 10 };

/**
 * Holds repeated entries back: of one event ten warnings pass, and after them one for each minute that is over, so that
 * a year of the same trouble is told again and again and after a quiet time in full; of news ten times as many. `times`
 * is the exact count of warnings so far.
 */
export function throttled(log: Log, clock: Pick<Clock, "monotonicMs">): Log {
  const events = new Map<string, { times: number; left: number; atMs: number }>();
  return (entry) => {
    const { atOnce, aMinute } = entry.level === "info" ? NEWS : TROUBLE;
    const nowMs = clock.monotonicMs();
    const before = events.get(entry.event) ?? { times: 0, left: atOnce, atMs: nowMs };
    const left = Math.min(atOnce, before.left + ((nowMs - before.atMs) * aMinute) / 60_000);
    const isTold = left >= 1;
    const times = before.times + 1;
    events.set(entry.event, { times, left: isTold ? left - 1 : left, atMs: nowMs });
    if (isTold) log(entry.level === "info" ? entry : { ...entry, times });
  };
}
