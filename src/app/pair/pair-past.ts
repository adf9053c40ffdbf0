import { type SpreadSettings, spread } from "../../analytics/pair/spread.ts";
import { rollingZScore } from "../../analytics/rolling/rolling.ts";
import { type Bars, sliceBars } from "../../core/bars.ts";
import { firstAtLeast } from "../../core/search.ts";
import { joinBars, joinedColumn } from "../../pipeline/bars/join.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { type Uncollected, uncollected } from "./holes.ts";

/** A stretch of a pair's past: begin and end, µs since 1970 UTC, and how many bars there is room for. */
export interface PastStretch {
  readonly fromUs: number;
  readonly toUs: number;
  readonly bars: number;
}

/** Bars of y as long as the room wants, and what spread and z-score of the pair's own bars were in each. */
export interface PairPast {
  readonly bars: Bars;
  /** At the end of each bar. */
  readonly spread: Extent;
  readonly zScore: Extent;
  /** Of either symbol. */
  readonly holes: readonly Uncollected[];
}

/** A value that moved within each bar; NaN where it is not defined. */
export interface Extent {
  readonly last: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
];

/** The shortest usual length of a bar, a multiple of the pair's own, of which a stretch holds no more than there is room for. */
export function lengthFor({ fromUs, toUs, bars }: PastStretch, ownUs: number): number {
  const least = (toUs - fromUs) / Math.max(1, bars);
  const lengths = SECONDS.map((seconds) => seconds * 1e6).filter((us) => us % ownUs === 0);
  const longest = Math.max(ownUs, ...lengths);
  return [ownUs, ...lengths].find((us) => us >= least) ?? Math.ceil(least / longest) * longest;
}

/**
 * What a pair's chart shows of its past, archive included: spread and z-score by the same hedge ratio, window and bars as
 * now, so that a value in view is the one that was drawn, or would have been.
 */
export function pairPast(
  store: TradeStore,
  series: readonly [y: Series, x: Series],
  settings: { readonly intervalUs: number; readonly window: number },
  hedge: SpreadSettings | undefined,
  stretch: PastStretch,
): PairPast {
  const { intervalUs, window } = settings;
  const lengthUs = lengthFor(stretch, intervalUs);
  const fromUs = Math.floor(stretch.fromUs / lengthUs) * lengthUs;
  const toUs = Math.ceil(stretch.toUs / lengthUs) * lengthUs;
  const every = [...new Set([intervalUs, lengthUs])].map((us) => ({ by: "time", intervalUs: us }) as const);
  const lead = window * intervalUs;
  const read = readBars(store, series, {
    every,
    fromUs: Math.floor((fromUs - lead) / lengthUs) * lengthUs,
    toUs,
  });
  const [y, x] = read.map(([own]) => own!) as [Bars, Bars];
  const [long, longX] = read.map((own) => own.at(-1)!) as [Bars, Bars];
  const joined = joinBars([y, x], { how: "inner" });
  const [timeUs, yClose, xClose] = [
    joinedColumn(joined, 0, y, "startUs"),
    joinedColumn(joined, 0, y, "close"),
    joinedColumn(joined, 1, x, "close"),
  ];
  const spreads = hedge
    ? spread(yClose, xClose, hedge).values
    : new Float64Array(timeUs.length).fill(Number.NaN);
  const bars = sliceBars(long, firstAtLeast(long.startUs, fromUs), long.length);
  return {
    bars,
    spread: extents(bars, timeUs, spreads),
    zScore: extents(bars, timeUs, rollingZScore(spreads, { window })),
    holes: [...uncollected(store, series[0], long), ...uncollected(store, series[1], longX)],
  };
}

function extents({ startUs, endUs, length }: Bars, timeUs: Float64Array, values: Float64Array): Extent {
  const column = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  const [last, low, high] = [column(), column(), column()];
  for (let bar = 0; bar < length; bar++) {
    const to = firstAtLeast(timeUs, endUs[bar]!);
    for (let i = firstAtLeast(timeUs, startUs[bar]!); i < to; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      last[bar] = value;
      if (!(value >= low[bar]!)) low[bar] = value;
      if (!(value <= high[bar]!)) high[bar] = value;
    }
  }
  return { last, low, high };
}
