import { refuse } from "../../core/errors.ts";
import type { StoreReader } from "../../pipeline/store/read/reader.ts";
import { sharedReader } from "../data/shared-reader.ts";

/** Two symbols; the one in front of `npm start -- --symbols A,B` explains the other: `x` is A, `y` is B. */
export interface CollectedPair {
  readonly y: string;
  readonly x: string;
}

/**
 * The first two symbols that are collected: those that `npm start` was asked for, else, of the venue that received a trade
 * last, the first two that still receive some. `db` as for `openStore`.
 */
export function collectedPair(db?: string): CollectedPair {
  return pairOf(sharedReader(db), process.env.TICKBOOK_SYMBOLS);
}

/** A symbol that received nothing for so long before the newest trade is no longer collected. */
const QUIET_US = 600_000_000;

/** `asked`: symbols as in `npm start -- --symbols`, where known. */
export function pairOf(reader: StoreReader, asked = ""): CollectedPair {
  const all = reader.series().map((series) => ({
    symbol: series.symbol,
    venue: series.venue.name,
    receivedUs: reader.newest(series)?.receivedUs ?? Number.NEGATIVE_INFINITY,
  }));
  const newestUs = Math.max(...all.map(({ receivedUs }) => receivedUs));
  const venue = all.findLast(({ receivedUs }) => receivedUs === newestUs)?.venue;
  const there = all.filter((one) => one.venue === venue);
  const isFresh = (us: number): boolean => us === newestUs || us >= newestUs - QUIET_US;
  const symbols = new Set([
    ...asked.split(/\s*,\s*/).filter((name) => there.some(({ symbol }) => symbol === name)),
    ...there.filter(({ receivedUs }) => isFresh(receivedUs)).map(({ symbol }) => symbol),
    ...there.map(({ symbol }) => symbol),
  ]);
  const [x, y] = symbols;
  if (x !== undefined && y !== undefined) return { y, x };
  return refuse({
    code: "no-pair",
    where: reader.path,
    problem: `needs two symbols that are collected; the database holds ${x ?? "none yet"}`,
    hint: "Collect them: npm start -- --symbols A,B.",
    facts: { symbols: [...symbols] },
  });
}
