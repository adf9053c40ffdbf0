import { pairMarket } from "../../analytics/backtest/pair-market.ts";
import { parseDuration } from "../../core/time.ts";
import { openHistory } from "../../pipeline/archive/history.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import { type HoleSpan, openQuality } from "../../pipeline/store/quality/quality.ts";
import type { Series, StoreReader } from "../../pipeline/store/read/reader.ts";
import { whichSeries } from "../../pipeline/store/which-series.ts";
import type { MarketHole, ReadMarket, Request } from "./sources.ts";

/** A bar is closed when the newest time has passed its end by this much. */
const GRACE_US = 1_000_000;

/** Closed bars of a database and its archive, with what its ledger knows of the ids between. */
export function storedBars(request: Request, path: string): ReadMarket {
  const { y, x, interval = "1m", bars, venue } = request;
  const intervalUs = parseDuration(interval, "interval");
  const store = openHistory(path);
  try {
    const symbols = x === undefined ? [y] : [y, x];
    const series = whichSeries(store, { symbols, ...(venue !== undefined && { venue }) });
    const newestUs = Math.max(...series.map((one) => store.newest(one)?.timeUs ?? 0));
    const closedUs = Math.floor((newestUs - GRACE_US) / intervalUs) * intervalUs;
    const toUs = Math.min(closedUs, Math.floor((request.toUs ?? closedUs) / intervalUs) * intervalUs);
    const fromUs = Math.max(
      request.fromUs === undefined ? 0 : Math.ceil(request.fromUs / intervalUs) * intervalUs,
      bars === undefined ? 0 : toUs - bars * intervalUs,
    );
    const all = readBars(store, series, { every: [interval], fromUs, toUs, empty: "flat" });
    const market = pairMarket(all[0]![0]!, all[1]?.[0]);
    const { length, startUs } = market;
    const found = holesOf(store, series, [startUs[0]!, startUs[length - 1]! + intervalUs]);
    const firstUs = Math.min(...all.map(([leg]) => leg!.startUs[0]!));
    return {
      market,
      venue: series[0]!.venue,
      window: [Math.max(fromUs, firstUs), toUs],
      isStored: true,
      ids: found.map(({ ids }) => ids),
      holes: found.flatMap(({ holes }) => holes),
      notes: [],
    };
  } finally {
    store.close();
  }
}

const MOST_HOLES = 10_000;

function holesOf(
  store: StoreReader,
  series: readonly Series[],
  [fromUs, toUs]: readonly [number, number],
): { ids: { held: number; missing: number }; holes: MarketHole[] }[] {
  const quality = openQuality(store);
  try {
    return series.map((one) => {
      const first = store.firstIdAt(one, fromUs) ?? 0;
      const last = (store.firstIdAt(one, toUs) ?? (store.newest(one)?.id ?? -1) + 1) - 1;
      const gaps = store
        .holes(one, first, last)
        .map((gap) => ({ first: Math.max(gap.first, first), last: Math.min(gap.last, last) }))
        .filter((gap) => gap.first <= gap.last);
      const missing = gaps.reduce((sum, gap) => sum + gap.last - gap.first + 1, 0);
      const spans = quality.holes(one, MOST_HOLES).filter((hole) => hole.last >= first && hole.first <= last);
      const holes = spans
        .filter(({ missingIds }) => missingIds > 0)
        .map((hole: HoleSpan) => ({
          symbol: one.symbol,
          fromUs: hole.fromUs,
          toUs: hole.toUs,
          what: `${hole.reason}, ${hole.state}`,
          missing: hole.missingIds,
        }));
      return { ids: { held: Math.max(0, last - first + 1) - missing, missing }, holes };
    });
  } finally {
    quality.close();
  }
}
