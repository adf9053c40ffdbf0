import type { Bars } from "../../core/bars.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import type { Cursor, Series, TradeStore } from "../../pipeline/store/trade-store.ts";

/** Starts and closes of one symbol's bars, ascending. */
export interface Closes {
  readonly startUs: Float64Array;
  readonly close: Float64Array;
}

/** The closes of a symbol's bars from a time on up to another; what `Bars` of that range hold. */
export type StoredCloses = (series: Series, fromUs: number, toUs: number) => Closes;

interface Held extends Closes {
  readonly readUs: number;
  /** Behind the last trade that was read; undefined where none has come there yet. */
  readonly cursor: Cursor | undefined;
}

/** Ranges kept a symbol: those of two blocks. */
const KEPT = 2;

/**
 * Reads each trade once, however often it is asked, and for all who share it; where trades came late it reads the range anew.
 */
export function storedCloses(reader: TradeStore, interval: string): StoredCloses {
  const held = new Map<string, Map<number, Held>>();

  const isAsRead = (series: Series, { cursor }: Held): boolean =>
    cursor === undefined || reader.changes(series, cursor, 1).late.length === 0;

  const readOn = (series: Series, fromUs: number, toUs: number, before: Held | undefined): Held => {
    const since = before?.readUs ?? fromUs;
    const [[bars]] = readBars(reader, [series], { every: [interval], fromUs: since, toUs }) as [[Bars]];
    const endId = reader.firstIdAt(series, toUs);
    return {
      startUs: joinedTo(before?.startUs, bars.startUs),
      close: joinedTo(before?.close, bars.close),
      readUs: toUs,
      cursor: endId === undefined ? before?.cursor : reader.cursor(series, endId),
    };
  };

  return (series, fromUs, toUs) => {
    const key = JSON.stringify([series.venue.name, series.symbol]);
    const ranges = held.get(key) ?? new Map<number, Held>();
    held.set(key, ranges);
    const known = ranges.get(fromUs);
    const before = known !== undefined && isAsRead(series, known) ? known : undefined;
    if (before !== undefined && before.readUs >= toUs) return upTo(before, toUs);
    const now = readOn(series, fromUs, Math.max(toUs, known?.readUs ?? toUs), before);
    ranges.set(fromUs, now);
    for (const old of [...ranges.keys()].sort((a, b) => b - a).slice(KEPT)) ranges.delete(old);
    return upTo(now, toUs);
  };
}

function joinedTo(before: Float64Array | undefined, more: Float64Array): Float64Array {
  if (before === undefined) return more;
  const all = new Float64Array(before.length + more.length);
  all.set(before);
  all.set(more, before.length);
  return all;
}

function upTo({ startUs, close, readUs }: Held, toUs: number): Closes {
  if (readUs === toUs) return { startUs, close };
  const length = startUs.findIndex((us) => us >= toUs);
  return length < 0
    ? { startUs, close }
    : { startUs: startUs.subarray(0, length), close: close.subarray(0, length) };
}
