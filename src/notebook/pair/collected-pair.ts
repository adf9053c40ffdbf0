import { requireSettings, SOURCE_NAMES, type SourceWords } from "../../app/data/data-source.ts";
import { refuse } from "../../core/errors.ts";
import type { TradeStore } from "../../pipeline/store/trade-store.ts";
import { whichSeries } from "../../pipeline/store/which-series.ts";
import { sharedReader } from "../data/shared-reader.ts";

/** Two symbols; the one in front of `npm start -- --symbols A,B` explains the other: `x` is A, `y` is B. */
export interface CollectedPair {
  readonly y: string;
  readonly x: string;
}

/**
 * The first two symbols that are collected: those that `npm start` was asked for, else, of the venue that is named or received a
 * trade last, the first two that still receive some.
 */
export function collectedPair(settings: SourceWords = {}): CollectedPair {
  requireSettings("collectedPair", settings, SOURCE_NAMES);
  const { source, venue } = settings;
  const wanted = { ...startedWith(), ...(venue !== undefined && { venue }) };
  return pairOf(sharedReader("collectedPair", source), wanted);
}

/** What `npm start` was asked for, where a notebook runs under it. */
export function startedWith(): PairWanted {
  const asked = process.env.TICKBOOK_SYMBOLS;
  return asked === undefined ? {} : { asked };
}

/** A symbol that received nothing for so long before the newest trade is no longer collected. */
const QUIET_US = 600_000_000;

/** What is known of the pair: its venue, one of its symbols, and the symbols that `npm start -- --symbols` was asked for. */
export interface PairWanted extends Partial<CollectedPair> {
  readonly venue?: string;
  readonly asked?: string;
}

/** Where one symbol is told, the other is the first of the collected ones at its venue that is another. */
export function pairOf(reader: TradeStore, { y, x, venue, asked = "" }: PairWanted = {}): CollectedPair {
  if (y !== undefined && x !== undefined) return { y, x };
  const told = [y, x].flatMap((symbol) => symbol ?? []);
  const at =
    told.length === 0
      ? venue
      : whichSeries(reader, { symbols: told, ...(venue !== undefined && { venue }) })[0]!.venue.name;
  const symbols = collectedSymbols(reader, { ...(at !== undefined && { venue: at }), asked });
  const [first, second] = symbols.filter((symbol) => !told.includes(symbol));
  const pair = y !== undefined ? { y, x: first } : { y: x === undefined ? second : first, x: x ?? first };
  if (pair.x !== undefined && pair.y !== undefined) return { y: pair.y, x: pair.x };
  return refuse({
    code: "no-pair",
    where: reader.label,
    problem: `needs two symbols that are collected; the database holds ${symbols[0] ?? "none yet"}`,
    hint: "Collect them: npm start -- --symbols A,B.",
    facts: { symbols },
  });
}

/** The symbols that are collected: those that `npm start -- --symbols` was asked for, those that still receive trades, the others. */
export function collectedSymbols(reader: TradeStore, { venue, asked = "" }: PairWanted = {}): string[] {
  const all = whichSeries(reader, venue === undefined ? {} : { venue }).map((series) => ({
    symbol: series.symbol,
    receivedUs: reader.newest(series)?.receivedUs ?? Number.NEGATIVE_INFINITY,
  }));
  const newestUs = Math.max(...all.map(({ receivedUs }) => receivedUs));
  const isFresh = (us: number): boolean => us === newestUs || us >= newestUs - QUIET_US;
  const symbols = new Set([
    ...asked.split(/\s*,\s*/).filter((name) => all.some(({ symbol }) => symbol === name)),
    ...all.filter(({ receivedUs }) => isFresh(receivedUs)).map(({ symbol }) => symbol),
    ...all.map(({ symbol }) => symbol),
  ]);
  return [...symbols];
}
