import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { TickbookError } from "../../src/core/errors.ts";
import { formatUtc } from "../../src/core/time.ts";
import type { FileOptions, Voice } from "../../src/pipeline/files/asking.ts";
import { type FileData, readFile } from "../../src/pipeline/files/read-file.ts";
import { tempFolder } from "./temp.ts";

export const NOW_US: number = Date.UTC(2026, 10, 30) * 1000;

/** Reads a file of this content as the product does. */
export function reading(
  t: TestContext,
  content: string | Uint8Array,
  options: FileOptions = {},
  { name = "data.csv", voice = "flags" as Voice }: { name?: string; voice?: Voice } = {},
): FileData {
  const path = join(tempFolder(t), name);
  writeFileSync(path, content);
  return readFile(path, options, { voice, nowUs: NOW_US });
}

/** The sentence with which a file of this content is refused. */
export function refusal(
  t: TestContext,
  content: string | Uint8Array,
  options: FileOptions = {},
  how: { name?: string; voice?: Voice } = {},
): string {
  try {
    const { kind, series, trades } = reading(t, content, options, how);
    return `it was taken: ${kind} ${JSON.stringify([series.map(({ symbol, close }) => [symbol, ...close.slice(0, 3)]), trades.length])}`;
  } catch (error) {
    if (error instanceof TickbookError) return error.message;
    throw error;
  }
}

/** Times and closes of the first series. */
export function closesOf({ series }: FileData, k = 0): [string, number][] {
  return Array.from(series[k]!.close, (close, i) => [formatUtc(series[k]!.timeUs[i]!), close]);
}

/** The times of the first series, or of the first trades. */
export function timesOf({ series, trades }: FileData): string[] {
  return Array.from(series[0]?.timeUs ?? trades[0]!.columns.tradeTimeUs, (us) => formatUtc(us));
}
