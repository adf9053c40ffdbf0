import { lengthFor } from "../../core/bar-length.ts";
import type { Bars } from "../../core/bars.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { type Uncollected, uncollected } from "./holes.ts";
import {
  type Extent,
  joinedRows,
  type PastRows,
  type PastSettings,
  pastRows,
  rowsWithin,
} from "./pair-past.ts";
import { pastBars } from "./past-bars.ts";
import { pastBlocks } from "./past-blocks.ts";
import { firstTradeUs } from "./stored-stretch.ts";

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
  /** The first trade of y that is stored, archive and imports included. */
  readonly oldestUs: number;
  /** What lies before is not read yet: to be asked for again. Undefined: all of the stretch is here. */
  readonly readFromUs: number | undefined;
}

export interface PairHistory {
  past(stretch: PastStretch, by: Omit<PastSettings, "intervalUs">): PairPast;
}

/** Bars in a block; of bars of a second, those of an hour come as minutes. */
const BLOCK_BARS = 60;
/** Blocks of minutes that are kept, about 20 kB each: six weeks of bars of a second. What is older is kept in longer bars. */
const MOST_BLOCKS = 1008;
/** Blocks that are read at once: a kernel that reads a month of trades would draw nothing meanwhile. */
const AT_ONCE = 2;
/** A window is looked for so many times as far back as it is long. */
const FURTHEST = 27;
/** Behind the newest trade, where trades still come. */
const GRACE_US = 5e6;

type Line = Omit<PastSettings, "intervalUs">;
type Span = readonly [fromUs: number, toUs: number];

/**
 * What a pair's chart shows of its past, archive and imports included, by the present hedge ratio and window. Each trade is read
 * once: what was made of whole hours is kept, as minutes, of what is long past as hours, and made anew where trades came late.
 * A long stretch comes in several answers, the newest hours first.
 */
export function pairHistory(
  store: TradeStore,
  [y, x]: readonly [y: Series, x: Series],
  intervalUs: number,
  mostBlocks: number = MOST_BLOCKS,
): PairHistory {
  const levelUs = lengthFor({ fromUs: 0, toUs: 60e6, bars: 1 }, intervalUs);
  const blockUs = BLOCK_BARS * levelUs;
  const own = {
    y: pastBars(store, y, { intervalUs, blockUs }),
    x: pastBars(store, x, { intervalUs, blockUs }),
  };
  const kept = pastBlocks(blockUs, mostBlocks);
  let settings = "";
  /** How far y, x and the closed bars reached at the last look. */
  let reachedUs: readonly number[] = [];

  const newestUs = (): number[] => [y, x].map((one) => store.newest(one)?.timeUs ?? Number.NEGATIVE_INFINITY);
  const read = ({ window, hedge, closedUs }: Line, [fromUs, toUs]: Span, lengthUs: number): PastRows => {
    // where there is not a trade in each bar, a window reaches further back than its bars are long
    for (let times = 1; ; times *= 3) {
      const leadUs = fromUs - times * window * intervalUs;
      const bars = { y: own.y.between(leadUs, toUs), x: own.x.between(leadUs, toUs) };
      const rows = pastRows(bars, { intervalUs, window, hedge, closedUs }, { fromUs, lengthUs });
      if (rows.before >= window || times >= FURTHEST) return rows;
    }
  };
  /** What is not as it was read is forgotten. */
  const renew = ({ window, hedge, closedUs }: Line): void => {
    const reach = [...newestUs(), closedUs];
    // what was silent, and goes on, does so in blocks that were over for the other one
    const wentOn = reachedUs.filter((us, k) => us !== reach[k]);
    const openUs = Math.min(...wentOn) - GRACE_US;
    kept.forgetFrom(openUs);
    reachedUs = reach;
    const now = JSON.stringify([window, hedge?.alpha, hedge?.beta, hedge?.prices]);
    if (now !== settings) kept.forgetFrom(Number.NEGATIVE_INFINITY);
    settings = now;
    for (const name of ["y", "x"] as const) kept.forgetLate(own[name].forgetLate(), name);
  };
  /** As many of the blocks as may be read now, the newest first, in bars of `lengthUs`; and where the oldest of them begins. */
  const inBlocks = (by: Line, [fromUs, toUs]: Span, lengthUs: number): readonly [PastRows, number] => {
    const newest = Math.max(...newestUs());
    const overUs = newest - GRACE_US;
    const isLong = lengthUs % blockUs === 0;
    const parts: PastRows[] = [];
    let room = AT_ONCE;
    let beginUs = Math.ceil(Math.min(toUs, Math.max(newest, fromUs) + 1) / blockUs) * blockUs;
    while (beginUs > fromUs || parts.length === 0) {
      const day = isLong ? kept.day(beginUs - kept.dayUs) : undefined;
      if (day) {
        parts.unshift(day);
        beginUs -= kept.dayUs;
        continue;
      }
      const span: Span = [beginUs - blockUs, beginUs];
      const known = kept.take(span[0]);
      const isOver = beginUs < overUs;
      if (!known && isOver && room-- === 0) break;
      const part = known ?? read(by, span, levelUs);
      if (isOver) kept.put(span[0], part);
      parts.unshift(isLong ? joinedRows([part], blockUs) : part);
      beginUs = span[0];
    }
    kept.tidy(parts.length);
    return [rowsWithin(joinedRows(parts, lengthUs), fromUs, toUs), beginUs];
  };

  return {
    past: (stretch, by) => {
      renew(by);
      const oldestUs = Math.min(firstTradeUs(store, y, 0), stretch.toUs);
      const there = { ...stretch, fromUs: Math.max(stretch.fromUs, oldestUs) };
      const shortUs = lengthFor(there, intervalUs);
      const isShort = shortUs < levelUs;
      const lengthUs = isShort ? shortUs : lengthFor(there, levelUs);
      // nothing is read of what is still to come
      const endUs = Math.min(stretch.toUs, Math.max(...newestUs(), there.fromUs) + 1);
      const span: Span = [
        Math.floor(there.fromUs / lengthUs) * lengthUs,
        Math.ceil(endUs / lengthUs) * lengthUs,
      ];
      const [{ bars, spread, zScore }, beginUs] = isShort
        ? ([read(by, span, lengthUs), span[0]] as const)
        : inBlocks(by, span, lengthUs);
      return {
        ...{ bars: bars.y, spread, zScore, oldestUs },
        holes: [...uncollected(store, y, bars.y), ...uncollected(store, x, bars.x)],
        readFromUs: beginUs > span[0] ? beginUs : undefined,
      };
    },
  };
}
