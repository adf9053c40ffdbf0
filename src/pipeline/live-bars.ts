import { type Bars, concatBars, sliceBars } from "../core/bars.ts";
import { barsFromTrades } from "./bars.ts";
import type { Series, StoreReader, TradeColumns } from "./store/reader.ts";

export interface LiveBarsSettings {
  readonly intervalUs: number;
  /** Closed bars kept; older ones are let go. */
  readonly keep: number;
  /** A bar closes when the venue's newest time has passed its end by this much. */
  readonly graceUs: number;
}

/** One symbol's bars as they grow: each trade is read once. */
export interface LiveBars {
  readonly series: Series;
  /** Reads the trades that are new and closes what the venue's newest time (µs) allows. True when anything changed. */
  advance(venueTimeUs: number): boolean;
  /** Closed bars, oldest first. */
  closed(): Bars;
  /** The bars that are not closed yet: usually one, or none. */
  forming(): Bars;
}

/** Follows a series from `keep` bars before its newest trade on. */
export function liveBars(reader: StoreReader, series: Series, settings: LiveBarsSettings): LiveBars {
  const { intervalUs, keep, graceUs } = settings;
  const barSettings = { venue: series.venue, symbol: series.symbol, intervalUs };
  const make = (trades: TradeColumns): Bars => barsFromTrades(trades, barSettings);
  const none = make(take([], 0, 0));
  let closed = none;
  let forming = none;
  let open: TradeColumns = take([], 0, 0);
  let nextId: number | undefined;

  const begin = (): number | undefined => {
    const newest = reader.newest(series);
    if (newest === undefined) return undefined;
    const firstBar = Math.floor(newest.timeUs / intervalUs) - keep;
    return reader.firstIdAt(series, firstBar * intervalUs);
  };

  return {
    series,
    advance: (venueTimeUs) => {
      nextId ??= begin();
      if (nextId === undefined) return false;
      const fresh = reader.trades(series, { fromId: nextId });
      if (fresh.length > 0) {
        nextId = fresh.id[fresh.length - 1]! + 1;
        open = take([open, fresh], 0, open.length + fresh.length);
        forming = make(open);
      }
      let ready = 0;
      while (ready < forming.length && forming.startUs[ready]! + intervalUs + graceUs <= venueTimeUs) ready++;
      if (ready > 0) {
        closed = sliceBars(concatBars(closed, sliceBars(forming, 0, ready)), -keep);
        const rest = open.id.findIndex((id) => id > forming.lastId[ready - 1]!);
        forming = sliceBars(forming, ready);
        open = take([open], rest < 0 ? open.length : rest, open.length);
      }
      return fresh.length > 0 || ready > 0;
    },
    closed: () => closed,
    forming: () => forming,
  };
}

/** Trades `from` to `to` of several parts put one after the other. */
function take(parts: readonly TradeColumns[], from: number, to: number): TradeColumns {
  const join = <Column extends Float64Array | Uint8Array>(
    target: Column,
    of: (part: TradeColumns) => Column,
  ): Column => {
    let offset = 0;
    for (const part of parts) {
      target.set(of(part), offset);
      offset += part.length;
    }
    return target.subarray(from, to) as Column;
  };
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  return {
    length: to - from,
    id: join(new Float64Array(total), (part) => part.id),
    tradeTimeUs: join(new Float64Array(total), (part) => part.tradeTimeUs),
    price: join(new Float64Array(total), (part) => part.price),
    qty: join(new Float64Array(total), (part) => part.qty),
    isBuyerMaker: join(new Uint8Array(total), (part) => part.isBuyerMaker),
  };
}
