import type { Bars } from "../../core/bars.ts";
import { joinBars, joinedColumn } from "../../pipeline/bars/join.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";

/** Closes of the bars that both symbols have. */
export interface JoinedCloses {
  readonly timeUs: Float64Array;
  readonly yClose: Float64Array;
  readonly xClose: Float64Array;
}

export interface StretchSettings {
  readonly interval: string;
  readonly intervalUs: number;
  readonly calibrationBars: number;
  /** Bars that end here or before are closed. */
  readonly closedUs: number;
}

const DAY_US = 86_400e6;

/** A UTC day, or as many as hold four stretches. */
export function stretchBlock({
  intervalUs,
  calibrationBars,
}: Omit<StretchSettings, "interval" | "closedUs">): number {
  return DAY_US * Math.ceil((4 * calibrationBars * intervalUs) / DAY_US);
}

/** A stretch that is whole, or how many of its bars are stored by now. */
export type StoredStretch = { readonly closes: JoinedCloses } | { readonly measured: number };

/** What a search has read of a stretch that was not whole: only what came since is read again. */
export interface StretchSearch {
  /** Begin of the block, and up to where its bars are counted. */
  readonly beginUs: number;
  readonly countedUs: number;
  readonly count: number;
}

/**
 * The bars that a desk calibrates on: the first `calibrationBars` that both symbols have of the newest UTC day that holds so
 * many (of several days where bars are long). It follows from what is stored and from nothing else, so that whoever opens
 * the store finds the same. While there are too few, how many; `searched` tells the next search where this one came to.
 */
export function storedStretch(
  reader: TradeStore,
  series: readonly [Series, Series],
  settings: StretchSettings,
  before?: StretchSearch,
): StoredStretch & { readonly searched?: StretchSearch } {
  const block = stretchBlock(settings);
  const newest = Math.floor(settings.closedUs / block) * block;
  const searched = counted(reader, series, settings, newest, before);
  for (const beginUs of searched.count < settings.calibrationBars
    ? [newest - block]
    : [newest, newest - block]) {
    const closes = firstCloses(reader, series, settings, beginUs);
    if (closes !== undefined) return { closes, searched };
  }
  return { measured: searched.count, searched };
}

/** How many bars of a block both have. Each bar is read once, so that one who waits for a silent symbol reads little. */
function counted(
  reader: TradeStore,
  [y, x]: readonly [Series, Series],
  { interval, closedUs, calibrationBars }: StretchSettings,
  beginUs: number,
  before: StretchSearch | undefined,
): StretchSearch {
  const known = before?.beginUs === beginUs ? before : { beginUs, countedUs: beginUs, count: 0 };
  if (known.count >= calibrationBars || !(closedUs > known.countedUs)) return known;
  const [[ys], [xs]] = readBars(reader, [y, x], {
    every: [interval],
    fromUs: known.countedUs,
    toUs: closedUs,
  }) as [[Bars], [Bars]];
  return { beginUs, countedUs: closedUs, count: known.count + joinCloses(ys, xs).timeUs.length };
}

/** The first closes of a block that both have, as many as the stretch holds; undefined where there are fewer. */
function firstCloses(
  reader: TradeStore,
  [y, x]: readonly [Series, Series],
  settings: StretchSettings,
  beginUs: number,
): JoinedCloses | undefined {
  const { interval, intervalUs, calibrationBars, closedUs } = settings;
  const first = Math.max(...[y, x].map((one) => firstTradeUs(reader, one, beginUs)));
  const endUs = Math.min(closedUs, beginUs + stretchBlock(settings));
  if (!(first < endUs)) return undefined;
  const fromUs = Math.floor(first / intervalUs) * intervalUs;
  // a quiet market has a trade in every few bars
  for (let most = 2; ; most *= 4) {
    const toUs = Math.min(endUs, fromUs + most * calibrationBars * intervalUs);
    const [[ys], [xs]] = readBars(reader, [y, x], { every: [interval], fromUs, toUs }) as [[Bars], [Bars]];
    const joined = joinCloses(ys, xs);
    if (joined.timeUs.length >= calibrationBars) {
      const cut = (values: Float64Array): Float64Array => values.slice(0, calibrationBars);
      return { timeUs: cut(joined.timeUs), yClose: cut(joined.yClose), xClose: cut(joined.xClose) };
    }
    if (toUs === endUs) return undefined;
  }
}

/** The time of the first trade there or later; Infinity where none is. */
function firstTradeUs(reader: TradeStore, series: Series, fromUs: number): number {
  const fromId = reader.firstIdAt(series, fromUs);
  if (fromId === undefined) return Number.POSITIVE_INFINITY;
  for (const block of reader.blocks(series, { fromId, toId: fromId + 1 }))
    if (block.length > 0) return block.tradeTimeUs[0]!;
  return Number.POSITIVE_INFINITY;
}

/** The closes of the bars that both have. */
export function joinCloses(y: Bars, x: Bars): JoinedCloses {
  const joined = joinBars([y, x], { how: "inner" });
  return {
    timeUs: joinedColumn(joined, 0, y, "startUs"),
    yClose: joinedColumn(joined, 0, y, "close"),
    xClose: joinedColumn(joined, 1, x, "close"),
  };
}
