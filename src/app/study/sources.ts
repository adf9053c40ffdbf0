import { marketOf } from "../../analytics/backtest/pair-market.ts";
import type { Market } from "../../analytics/backtest/types.ts";
import { refuse } from "../../core/errors.ts";
import { formatDuration, parseDuration } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import type { SimulatedMarket } from "../../pipeline/exchange/market/market.ts";
import { type ReadOptions, readOptions, type Voice } from "../../pipeline/files/asking.ts";
import { systemClock } from "../clock.ts";
import { refuseEmpty, type Window } from "../data/data-source.ts";
import { type FileMarket, type FileRequest, fileMarket, simulatedBars } from "./bars.ts";

/** Which bars are asked for, in numbers. */
export interface Request extends Window {
  /** All that the source has unless told. */
  readonly symbols?: readonly string[];
  readonly venue?: string;
  readonly graceUs?: number;
  /** Of a file: what it leaves open. */
  readonly read?: ReadOptions;
}

/** A stretch of time in which something is missing. */
export interface MarketHole {
  readonly symbol: string;
  readonly fromUs: number;
  readonly toUs: number;
  readonly what: string;
  readonly missing: number;
}

/** Bars as a source gave them. */
export interface ReadMarket {
  readonly market: Market;
  readonly venue: Venue;
  /** From the first bar's begin to the last one's end. */
  readonly window: readonly [fromUs: number, toUs: number];
  /** Of a database, which may hold several: where the plain symbols were found. */
  readonly plainVenue?: string;
  /** By leg; undefined where the source has no ids. */
  readonly ids: readonly ({ readonly held: number; readonly missing: number } | undefined)[];
  readonly holes: readonly MarketHole[];
  readonly notes: readonly string[];
}

/** Bars of a file. */
export function filedBars(
  { symbols, interval, fromUs, toUs, bars, read = {} }: Request,
  path: string | readonly string[],
  voice: Voice,
): ReadMarket {
  const request: Omit<FileRequest, "voice"> = {
    ...(symbols !== undefined && { symbols }),
    ...(interval !== undefined && { interval }),
    ...(fromUs !== undefined && { fromUs }),
    ...(toUs !== undefined && { toUs }),
    ...(bars !== undefined && { bars }),
    options: readOptions(read),
    skipsGaps: read.sessions === true,
  };
  const found = readOf(fileMarket(path, request, { voice, nowUs: systemClock.nowUs() }));
  return { ...found, notes: [...found.notes, ...gapNotes(found.market, voice)] };
}

/** From this share of bars without a price on, and so many, hardly a window is ever full. */
const MANY_GAPS = 0.05;
const SOME_GAPS = 20;

/** Why a rule may find nothing to do: what never trades at night has no price then. */
function gapNotes({ legs, length }: Market, voice: Voice): string[] {
  return legs.flatMap(({ symbol, close }) => {
    const gaps = close.reduce((sum, price) => sum + Number(Number.isNaN(price)), 0);
    if (gaps < SOME_GAPS || gaps <= MANY_GAPS * length) return [];
    const setting = voice === "flags" ? "--sessions" : "sessions: true";
    return [
      `${symbol} has no price in ${gaps.toLocaleString("en")} of ${length.toLocaleString("en")} bars, and a window with such a bar gives no value. If it trades in sessions, leave those bars out: ${setting}.`,
    ];
  });
}

/** A market of rows, with the stretches in which it has no price. */
export function readOf({ market, venue, notes }: FileMarket): ReadMarket {
  const { length, startUs, intervalUs } = market;
  return {
    market,
    venue,
    notes,
    window: [startUs[0]!, startUs[length - 1]! + intervalUs],
    ids: market.legs.map(() => undefined),
    holes: market.legs.flatMap(({ symbol, close }) => unknownRuns(market, symbol, close)),
  };
}

const SIM_FROM_US = Date.UTC(2026, 0, 5, 12) * 1000;
const SIM_BARS = 4320;
const SIM_MOST_US = 14 * 86_400e6;

/** Bars of the seeded market; six hours of a Monday unless told. */
export function seededBars(request: Request, simulated: SimulatedMarket): ReadMarket {
  const { interval = "5s", bars = SIM_BARS } = request;
  const intervalUs = parseDuration(interval, "interval");
  const fromUs = aligned(request.fromUs ?? (request.toUs ?? 0) - bars * intervalUs, intervalUs);
  const begin = request.fromUs === undefined && request.toUs === undefined ? SIM_FROM_US : fromUs;
  const end = Math.floor((request.toUs ?? begin + bars * intervalUs) / intervalUs) * intervalUs;
  if (end - begin > SIM_MOST_US) {
    refuse({
      code: "too-long",
      where: simulated.name,
      problem: `simulates up to 14 days at once; the window has ${formatDuration(end - begin)}`,
      hint: "Shorten the window.",
    });
  }
  if (end <= begin) refuseEmpty(simulated.name, request, [begin, end], intervalUs);
  const symbols = request.symbols ?? simulated.symbols.map(({ symbol }) => symbol);
  const all = symbols.map((symbol) => simulatedBars(simulated, symbol, interval, [begin, end]));
  const { name, kind, detail } = simulated;
  const ids = all.map(({ tradeCount }) => ({ held: tradeCount.reduce((sum, n) => sum + n, 0), missing: 0 }));
  return {
    market: marketOf(all),
    venue: { name, kind, detail },
    window: [begin, end],
    ids,
    holes: [],
    notes: [],
  };
}

/** Bars in a row without a known price. */
function unknownRuns({ startUs, intervalUs }: Market, symbol: string, close: Float64Array): MarketHole[] {
  const runs: MarketHole[] = [];
  for (let t = 0; t < close.length; t++) {
    if (!Number.isNaN(close[t]!)) continue;
    const from = t;
    while (t + 1 < close.length && Number.isNaN(close[t + 1]!)) t++;
    runs.push({
      symbol,
      fromUs: startUs[from]!,
      toUs: startUs[t]! + intervalUs,
      what: "no price in the file",
      missing: t + 1 - from,
    });
  }
  return runs;
}

function aligned(us: number, intervalUs: number): number {
  return Math.ceil(us / intervalUs) * intervalUs;
}
