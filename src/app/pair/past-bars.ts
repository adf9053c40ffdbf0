import { type Bars, concatBars, sliceBars } from "../../core/bars.ts";
import { firstAtLeast } from "../../core/search.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import type { IdRange } from "../../pipeline/store/ledger/id-ranges.ts";
import type { Cursor, Series, TradeStore } from "../../pipeline/store/trade-store.ts";

/** The bars of one symbol, of which each trade is read once while they are kept. */
export interface PastBars {
  /** Those that start in a range whose ends are a bar's. */
  between(fromUs: number, toUs: number): Bars;
  /** Forgets what trades that have come late belong to; gives their ids. To be called before reading. */
  forgetLate(): readonly IdRange[];
}

/** Blocks of bars that are kept. */
const KEPT = 12;
/** A trade that comes this late, by the newest trade, is taken for one that comes late. */
const GRACE_US = 2e6;

interface Held {
  readonly bars: Bars;
  /** Bars that start before are there, and closed. */
  readonly doneUs: number;
}

/** Reads in blocks of `blockUs`, a multiple of the bars' length. */
export function pastBars(
  store: TradeStore,
  series: Series,
  { intervalUs, blockUs }: { readonly intervalUs: number; readonly blockUs: number },
): PastBars {
  const held = new Map<number, Held>();
  let cursor: Cursor | undefined;

  const block = (startUs: number): Bars => {
    const known = held.get(startUs);
    held.delete(startUs);
    const endUs = startUs + blockUs;
    if (known?.doneUs === endUs) {
      held.set(startUs, known);
      return known.bars;
    }
    const newestUs = store.newest(series)?.timeUs ?? Number.NEGATIVE_INFINITY;
    const doneUs = Math.min(endUs, Math.floor((newestUs - GRACE_US) / intervalUs) * intervalUs);
    const since = known?.doneUs ?? startUs;
    const [[more]] = readBars(store, [series], {
      ...{ every: [{ by: "time", intervalUs }], fromUs: since, toUs: endUs },
    }) as [[Bars]];
    const bars = known ? concatBars(known.bars, more) : more;
    if (doneUs > startUs)
      held.set(startUs, { bars: sliceBars(bars, 0, firstAtLeast(bars.startUs, doneUs)), doneUs });
    for (const old of [...held.keys()].slice(0, -KEPT)) held.delete(old);
    return bars;
  };
  return {
    between: (fromUs, toUs) => {
      const first = Math.floor(fromUs / blockUs) * blockUs;
      let all = block(first);
      for (let us = first + blockUs; us < toUs; us += blockUs) all = concatBars(all, block(us));
      return sliceBars(all, firstAtLeast(all.startUs, fromUs), firstAtLeast(all.startUs, toUs));
    },
    forgetLate: () =>
      store.atOneTime(() => {
        const late = cursor === undefined ? [] : store.changes(series, cursor, 1).late;
        const newest = store.newest(series);
        cursor = newest && store.cursor(series, newest.id + 1);
        const barsOf = [...held].map(([us, { bars }]) => [us, bars] as const);
        for (const us of touchedBy(late, barsOf)) held.delete(us);
        return late;
      }),
  };
}

/**
 * Which blocks of bars, by their begin, late ids change: those between the last one that begins below them and the first that
 * begins above, both included. Where a gap was, its trades may belong to either side, and a window reaches into the next block.
 * A block without a trade may be any.
 */
export function touchedBy(
  ids: readonly IdRange[],
  blocks: Iterable<readonly [us: number, bars: Bars]>,
): number[] {
  if (ids.length === 0) return [];
  const all = [...blocks].sort(([a], [b]) => a - b);
  const full = all.filter(([, { length }]) => length > 0);
  const touched = new Set(all.filter(([, { length }]) => length === 0).map(([us]) => us));
  const begins = full.map(([, { firstId }]) => firstId[0]!);
  for (const { first, last } of ids) {
    const above = begins.findIndex((id) => id > last);
    const to = above < 0 ? full.length - 1 : above;
    const from = Math.max(
      0,
      begins.findLastIndex((id) => id <= first),
    );
    for (const [us] of full.slice(from, to + 1)) touched.add(us);
  }
  return [...touched];
}
