import { readFileSync, statSync } from "node:fs";
import type { MinuteCloses } from "../../pipeline/venues/binance/klines.ts";

/** Closes of an exchange's one-minute klines, beside the database and not in it: they are no trades. */
export interface MinuteFile {
  readonly venue: string;
  /** When they were asked for. */
  readonly askedUs: number;
  readonly symbols: Readonly<Record<string, MinuteCloses>>;
}

export function minuteFilePath(db: string): string {
  return `${db.replace(/\.db$/, "")}.klines.json`;
}

/** What is there of a venue; undefined where nothing is, or nothing that can be read. */
export function readMinuteFile(db: string, venue: string): MinuteFile | undefined {
  try {
    const file = JSON.parse(readFileSync(minuteFilePath(db), "utf8")) as MinuteFile;
    const isWhole =
      file.venue === venue &&
      Number.isFinite(file.askedUs) &&
      Object.values(file.symbols).every(({ startUs, close }) => startUs.length === close.length);
    return isWhole ? file : undefined;
  } catch {
    return undefined;
  }
}

/** When it was written; NaN where there is none. */
export function minuteFileTime(db: string): number {
  return statSync(minuteFilePath(db), { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
}
