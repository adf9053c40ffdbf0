import type { Series, TradeStore } from "../../../pipeline/store/trade-store.ts";

/** A venue's time, by its newest trade. */
export interface VenueClock {
  /** Looks for newer trades. Cheap while the store has not changed. */
  look(): void;
  /** Of the newest trade, µs; NaN before the first. */
  newestUs(): number;
  /** At a time of our clock: while the venue is silent, ours carries its time on. */
  at(nowUs: number): number;
}

/** Without it a dead feed would stop its own alarm. */
const SILENCE_US = 2_000_000;

export function venueClock(reader: TradeStore, series: readonly Series[]): VenueClock {
  let newestUs = Number.NaN;
  let receivedUs = Number.NaN;
  let version: unknown;
  return {
    look: () => {
      const seen = reader.version();
      if (seen === version) return;
      version = seen;
      for (const one of series) {
        const newest = reader.newest(one);
        if (newest === undefined) continue;
        if (!(newest.timeUs <= newestUs)) newestUs = newest.timeUs;
        if (!(newest.receivedUs <= receivedUs)) receivedUs = newest.receivedUs;
      }
    },
    newestUs: () => newestUs,
    at: (nowUs) => newestUs + Math.max(0, nowUs - receivedUs - SILENCE_US),
  };
}
