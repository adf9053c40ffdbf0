import { type BarRule, type Bars, makeBars } from "../core/bars.ts";
import { firstAtLeast } from "../core/search.ts";
import type { MissingIds } from "../core/trade-columns.ts";
import { barBuilder } from "./bars/builder.ts";
import type { Cursor, Series, TradeStore } from "./store/trade-store.ts";

export interface LiveBarsSettings {
  readonly rule: BarRule;
  /** Closed bars kept; older ones are let go. */
  readonly keep: number;
  /** A time bar closes when the venue's newest time has passed its end by this much; others close when they are full. */
  readonly graceUs: number;
  /** Where to begin: `keep` bars before the newest trade unless told; for other than time bars, its day's midnight, UTC. */
  readonly fromUs?: number;
}

/** What a step has brought. */
export interface LiveChange {
  /** Whether any bar is new or another. */
  readonly changed: boolean;
  /** Start of the first closed bar that is not what it was: whoever uses closed bars begins again there. */
  readonly revisedUs: number | undefined;
}

/** One symbol's bars as they grow: each trade is read once, and again only where trades came late. */
export interface LiveBars {
  readonly series: Series;
  /** Reads what is new, and closes what the venue's newest time (µs) allows. Costs what is new. */
  advance(venueTimeUs: number): LiveChange;
  /** Closed bars, oldest first, `keep` at most. */
  closed(): Bars;
  /** The bars that are not closed yet: usually one, or none. */
  forming(): Bars;
}

const DAY_US = 86_400_000_000;
/** Trades read in one go. */
const BLOCK = 262_144;

export function liveBars(reader: TradeStore, series: Series, settings: LiveBarsSettings): LiveBars {
  const { rule, keep, graceUs } = settings;
  const identity = { venue: series.venue, symbol: series.symbol, rule };
  const isTimed = rule.by === "time";
  const builder = barBuilder(identity);
  let cursor: Cursor | undefined;
  let fromUs = 0;
  let venueUs = Number.NEGATIVE_INFINITY;
  /** Bars that are closed, counted from the first one that is kept. */
  let closed = 0;

  const begin = (): Cursor | undefined => {
    const newest = reader.newest(series);
    if (newest === undefined) return undefined;
    const step = isTimed ? rule.intervalUs : DAY_US;
    fromUs = settings.fromUs ?? (Math.floor(newest.timeUs / step) - (isTimed ? keep : 0)) * step;
    const fromId = reader.firstIdAt(series, fromUs);
    return fromId === undefined ? undefined : reader.cursor(series, fromId);
  };

  /** Makes the bars of late ids and of their neighbours again; the first bar that is not what it was, if any. */
  const rebuild = (late: MissingIds, nextId: number): number | undefined => {
    const rows = builder.bars();
    if (rows.length === 0) return undefined;
    const found = firstAtLeast(rows.firstId, late.first) - 1;
    const from = Math.max(0, found);
    let fromId = rows.firstId[from]!;
    if (isTimed)
      fromId = from > 0 ? rows.lastId[from - 1]! + 1 : (reader.firstIdAt(series, rows.startUs[0]!) ?? fromId);
    else if (found < 0) fromId = reader.firstIdAt(series, fromUs) ?? fromId;
    if (late.last < fromId - 1) return undefined;

    const to = firstAtLeast(rows.lastId, late.last + 1);
    if (isTimed && to < rows.length - 1) {
      const part = barBuilder(identity);
      part.push(reader.trades(series, { fromId, toId: rows.firstId[to + 1]! }));
      const bars = part.bars();
      if (bars.startUs[bars.length - 1] === rows.startUs[to]) {
        builder.replace(from, to + 1, bars);
        return firstDifference(rows, builder.bars(), from);
      }
    }
    const before = copy(rows);
    builder.cut(from);
    for (const block of reader.blocks(series, { fromId, toId: nextId })) builder.push(block);
    return firstDifference(before, builder.bars(), from);
  };

  const isOver = (row: number): boolean => {
    if (!isTimed) return row < builder.length - 1 || builder.isFull;
    return builder.bars(row, row + 1).endUs[0]! + graceUs <= venueUs;
  };

  return {
    series,
    advance: (venueTimeUs) => {
      venueUs = Math.max(venueUs, venueTimeUs);
      cursor ??= begin();
      if (cursor === undefined) return { changed: false, revisedUs: undefined };
      let changed = false;
      let revised = Number.POSITIVE_INFINITY;
      for (let isMore = true; isMore; ) {
        const { fromId: nextId, trades, late, cursor: next } = reader.changes(series, cursor, BLOCK);
        for (const ids of late) {
          revised = Math.min(revised, rebuild(ids, nextId) ?? revised);
          changed = true;
        }
        if (trades.length > 0) {
          const last = builder.length - 1;
          const before = copy(builder.bars(Math.max(0, last)));
          builder.push(trades);
          // a closed bar may get another trade, or turn out to be next to a hole
          if (last >= 0 && last < closed)
            revised = Math.min(revised, last + firstDifference(before, builder.bars(last, last + 1), 0));
          changed = true;
        }
        cursor = next;
        isMore = trades.length === BLOCK;
      }
      const isRevised = revised < closed;
      const revisedUs = isRevised ? builder.bars(revised, revised + 1).startUs[0] : undefined;
      if (isRevised) closed = revised;
      const before = closed;
      while (closed < builder.length && isOver(closed)) closed++;
      closed -= builder.trim(keep + builder.length - closed);
      return { changed: changed || closed !== before, revisedUs };
    },
    closed: () => builder.bars(Math.max(0, closed - keep), closed),
    forming: () => copy(builder.bars(closed)),
  };
}

/** The first row from `from` on that is not the same in both; infinite where all are. */
function firstDifference(before: Bars, after: Bars, from: number): number {
  const columns = ["startUs", "firstId", "lastId", "tradeCount", "volume", "complete"] as const;
  const most = Math.max(before.length, after.length);
  for (let row = from; row < most; row++) {
    if (columns.some((name) => before[name][row] !== after[name][row])) return row;
  }
  return Number.POSITIVE_INFINITY;
}

function copy(bars: Bars): Bars {
  return makeBars(bars, bars.length, (name) => bars[name].slice());
}
