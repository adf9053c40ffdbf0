import { appendFileSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { formatUtc } from "../../core/time.ts";
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

/** Lines into a file that is moved aside at `maxBytes`; at most `files` old ones are kept. A full disk is no error. */
export function rotatingFile(path: string, maxBytes: number, files: number): (line: string) => void {
  let size = 0;
  try {
    makeFolder(dirname(path));
    size = statSync(path).size;
  } catch {
    size = 0;
  }
  return (line) => {
    try {
      if (size > maxBytes) {
        for (let i = files - 1; i >= 0; i--) {
          try {
            renameSync(i === 0 ? path : `${path}.${i}`, `${path}.${i + 1}`);
          } catch {
            // not that many yet
          }
        }
        size = 0;
      }
      appendFileSync(path, `${line}\n`);
      size += Buffer.byteLength(line) + 1;
    } catch {
      // the log must never stop the collecting
    }
  };
}

/**
 * Holds repeated warnings back: of one event the first ten pass, then every thousandth, with the exact count so far as
 * `times`.
 */
export function throttled(log: Log): Log {
  const counts = new Map<string, number>();
  return (entry) => {
    if (entry.level === "info") return log(entry);
    const times = (counts.get(entry.event) ?? 0) + 1;
    counts.set(entry.event, times);
    if (times <= 10 || times % 1000 === 0) log({ ...entry, times });
  };
}
