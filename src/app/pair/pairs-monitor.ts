import { liveBars } from "../../pipeline/live-bars.ts";
import type { NewestTrade, TradeStore } from "../../pipeline/store/trade-store.ts";
import type { StandIn } from "./minute-stretch.ts";
import { type BarsMaker, type PairFrame, type PairSettings, pairMonitor } from "./pair-monitor.ts";
import { storedCloses } from "./stored-closes.ts";

export interface PairsSettings extends Omit<PairSettings, "y" | "x"> {
  /** Each explains those that come after it. */
  readonly symbols: readonly string[];
}

/** One of several pairs; without a frame while its bars are still to be read. */
export interface PairOfMany {
  readonly y: string;
  readonly x: string;
  readonly frame: PairFrame | undefined;
}

/** A pair is calibrated when it is looked at first; so many at a look, so that no look takes long. */
const NEW_AT_A_LOOK = 7;

/** Watches all pairs of several symbols, each as `pairMonitor` watches one; each trade is read once for all of them. */
export function pairsMonitor(
  reader: TradeStore,
  { symbols, ...settings }: PairsSettings,
  standIn?: StandIn,
): () => PairOfMany[] {
  const { store, begin } = atALook(reader);
  const makeBars = { live: sharedBars(store), stored: storedCloses(store, settings.interval), standIn };
  const pairs = symbols.flatMap((x, i) =>
    symbols.slice(i + 1).map((y) => ({ y, x, monitor: pairMonitor(store, { ...settings, y, x }, makeBars) })),
  );
  let seen = 0;
  return () => {
    begin();
    seen = Math.min(pairs.length, seen + NEW_AT_A_LOOK);
    return pairs.map(({ y, x, monitor }, i) => ({ y, x, frame: i < seen ? monitor.frame() : undefined }));
  };
}

/** What every pair asks of the store, whether it has changed, and the newest trade of each symbol, is asked once a look. */
function atALook(reader: TradeStore): { readonly store: TradeStore; begin(): void } {
  const newest = new Map<string, NewestTrade | undefined>();
  let all = reader.series();
  let version = reader.version();
  const store: TradeStore = {
    ...reader,
    version: () => version,
    series: () => all,
    newest: (series, belowId) => {
      if (belowId !== undefined) return reader.newest(series, belowId);
      const key = JSON.stringify([series.venue.name, series.symbol]);
      if (!newest.has(key)) newest.set(key, reader.newest(series));
      return newest.get(key);
    },
  };
  const begin = (): void => {
    const now = reader.version();
    if (now === version) return;
    version = now;
    all = reader.series();
    newest.clear();
  };
  return { store, begin };
}

/** One builder a symbol. Each of those that share it is told of a change when it asks for the first time after it. */
function sharedBars(reader: TradeStore): BarsMaker["live"] {
  const bySymbol = new Map<string, { bars: ReturnType<typeof liveBars>; changes: number }>();
  return (series, settings) => {
    const shared = bySymbol.get(series.symbol) ?? { bars: liveBars(reader, series, settings), changes: 0 };
    bySymbol.set(series.symbol, shared);
    const { bars } = shared;
    let known = 0;
    return {
      closed: bars.closed,
      forming: bars.forming,
      advance: (venueUs) => {
        if (bars.advance(venueUs).changed) shared.changes++;
        const changed = shared.changes !== known;
        known = shared.changes;
        return { changed };
      },
    };
  };
}
