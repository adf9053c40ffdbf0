import { MOST_CALIBRATION_BARS } from "../../analytics/pair/pair-verdict.ts";
import { firstAtLeast } from "../../core/search.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import type { Closes, StoredCloses } from "./stored-closes.ts";

/** Closes of the bars that both symbols have. */
export interface JoinedCloses {
  readonly timeUs: Float64Array;
  readonly yClose: Float64Array;
  readonly xClose: Float64Array;
}

export interface StretchSettings {
  readonly intervalUs: number;
  /** So many and no other number; unless told as many of `STRETCHES` as there are. */
  readonly calibrationBars: number | undefined;
}

/**
 * How many bars a desk calibrates on: the most of these that are stored. A line that is fitted anew at each of them, and at
 * none between, is that of whoever looks later; each holds two fifths more than the one before.
 */
export const STRETCHES: readonly number[] = [500, 700, 1000, 1400, 2000, 2800, 4000, MOST_CALIBRATION_BARS];

/** The lengths that a stretch may have, ascending. */
export function stretchesOf({ calibrationBars }: StretchSettings): readonly number[] {
  return calibrationBars === undefined ? STRETCHES : [calibrationBars];
}

const DAY_US = 86_400e6;

/** A UTC day, or as many as hold four of the longest stretches: as in a backtest, a quarter is for calibration. */
function blockOf(settings: StretchSettings): number {
  return DAY_US * Math.ceil((4 * stretchesOf(settings).at(-1)! * settings.intervalUs) / DAY_US);
}

/** A stretch that is long enough, or how many of its bars are stored by now. */
export type StoredStretch = { readonly closes: JoinedCloses } | { readonly measured: number };

/**
 * The bars that a desk calibrates on. They begin with the first that both symbols have of the newest UTC day (of several
 * days where bars are long), and until the longest stretch of that is stored, of the day before. It follows from what is
 * stored and from nothing else, so that whoever opens the store finds the same. `closedUs`: bars that end by then are closed.
 */
export function storedStretch(
  reader: TradeStore,
  closes: StoredCloses,
  series: readonly [Series, Series],
  settings: StretchSettings,
  closedUs: number,
): StoredStretch {
  const lengths = stretchesOf(settings);
  const [least, most] = [lengths[0]!, lengths.at(-1)!];
  const block = blockOf(settings);
  const newestUs = Math.floor(closedUs / block) * block;
  const from = (beginUs: number): JoinedCloses =>
    firstCloses(reader, closes, series, { beginUs, closedUs, most, intervalUs: settings.intervalUs });
  const newest = from(newestUs);
  const found = newest.timeUs.length === most ? newest : from(newestUs - block);
  const there = found.timeUs.length;
  if (there < least) return { measured: there };
  const bars = lengths.findLast((length) => length <= there)!;
  const cut = (values: Float64Array): Float64Array => values.slice(0, bars);
  return { closes: { timeUs: cut(found.timeUs), yClose: cut(found.yClose), xClose: cut(found.xClose) } };
}

/** The first closes from a time on that both have, `most` at most. */
function firstCloses(
  reader: TradeStore,
  closes: StoredCloses,
  [y, x]: readonly [Series, Series],
  range: {
    readonly beginUs: number;
    readonly closedUs: number;
    readonly most: number;
    readonly intervalUs: number;
  },
): JoinedCloses {
  const { beginUs, closedUs, most, intervalUs } = range;
  const first = Math.max(...[y, x].map((one) => firstTradeUs(reader, one, beginUs)));
  const firstBarUs = Math.floor(first / intervalUs) * intervalUs;
  // a quiet market has a trade in every few bars
  for (let times = 1; first < closedUs; times *= 3) {
    const toUs = Math.min(closedUs, firstBarUs + times * most * intervalUs);
    const joined = joinCloses(closes(y, beginUs, toUs), closes(x, beginUs, toUs));
    if (joined.timeUs.length >= most || toUs === closedUs) return firstOf(joined, most);
  }
  return firstOf(joinCloses(NOTHING, NOTHING), 0);
}

const NOTHING: Closes = { startUs: new Float64Array(0), close: new Float64Array(0) };

function firstOf({ timeUs, yClose, xClose }: JoinedCloses, most: number): JoinedCloses {
  return {
    timeUs: timeUs.subarray(0, most),
    yClose: yClose.subarray(0, most),
    xClose: xClose.subarray(0, most),
  };
}

/** The time of the first trade there or later; Infinity where none is. */
export function firstTradeUs(reader: TradeStore, series: Series, fromUs: number): number {
  const fromId = reader.firstIdAt(series, fromUs);
  if (fromId === undefined) return Number.POSITIVE_INFINITY;
  for (const block of reader.blocks(series, { fromId, toId: fromId + 1 }))
    if (block.length > 0) return block.tradeTimeUs[0]!;
  return Number.POSITIVE_INFINITY;
}

/** The closes of the bars that both have, from a start on. */
export function joinCloses(y: Closes, x: Closes, fromUs: number = Number.NEGATIVE_INFINITY): JoinedCloses {
  const most = Math.min(y.startUs.length, x.startUs.length);
  const [timeUs, yClose, xClose] = [new Float64Array(most), new Float64Array(most), new Float64Array(most)];
  let length = 0;
  let k = 0;
  for (let i = firstAtLeast(y.startUs, fromUs); i < y.startUs.length; i++) {
    const us = y.startUs[i]!;
    while (k < x.startUs.length && x.startUs[k]! < us) k++;
    if (x.startUs[k] !== us) continue;
    timeUs[length] = us;
    yClose[length] = y.close[i]!;
    xClose[length] = x.close[k]!;
    length++;
  }
  return {
    timeUs: timeUs.slice(0, length),
    yClose: yClose.slice(0, length),
    xClose: xClose.slice(0, length),
  };
}
