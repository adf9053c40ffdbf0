import { marketOf } from "../../analytics/backtest/pair-market.ts";
import { type Bars, sliceBars } from "../../core/bars.ts";
import { refuse } from "../../core/errors.ts";
import { firstAtLeast } from "../../core/search.ts";
import { formatDuration, parseDuration } from "../../core/time.ts";
import { importedLengths, importedSeries } from "../../pipeline/bars/imported-series.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import type { Voice } from "../../pipeline/files/asking.ts";
import { barFileOf } from "../../pipeline/files/bar-file.ts";
import type { FileSeries } from "../../pipeline/files/rows/series.ts";
import { openStore } from "../../pipeline/open-store.ts";
import type { HoleSpan } from "../../pipeline/store/quality/quality-types.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { type WantedSeries, whichSeries, whichVenue } from "../../pipeline/store/which-series.ts";
import { refuseEmpty } from "../data/data-source.ts";
import { marketOfBars } from "./bars.ts";
import { jointVenue, marketNames } from "./joint-venue.ts";
import { type MarketHole, type ReadMarket, type Request, readOf } from "./sources.ts";

/**
 * Closed bars of a database and its archive, with what its ledger knows of the ids between: from the first bar that all symbols
 * have to the last one that is closed in all of them. A symbol's bar is closed when its own newest trade has passed the end:
 * what comes later changes none of them.
 */
export function storedBars(request: Request, path: string, voice: Voice): ReadMarket {
  const store = openStore(path);
  try {
    return readStore(store, request, voice);
  } finally {
    store.close();
  }
}

function readStore(store: TradeStore, request: Request, voice: Voice): ReadMarket {
  const { symbols, venue, interval = "1m" } = request;
  const intervalUs = parseDuration(interval, "interval");
  const wanted = { ...(symbols !== undefined && { symbols }), ...(venue !== undefined && { venue }) };
  const asBars = barsOnly(store, wanted);
  if (asBars !== undefined) return importedMarket(store, asBars, request, voice);
  const series = seriesOf(store, wanted);
  const [fromUs, toUs] = windowIn(store, series, request, intervalUs);
  const names = marketNames(series.map((one) => ({ venue: one.venue.name, symbol: one.symbol })));
  const all = series.map((one, k) => ({
    ...barsBetween(store, one, interval, fromUs, toUs),
    symbol: names[k]!,
  }));
  const found = holesOf(store, series, [fromUs, toUs], names);
  const plainVenue = whichVenue(store, wanted);
  return {
    market: marketOf(all),
    venue: jointVenue(series.map((one) => one.venue)),
    window: [fromUs, toUs],
    ...(plainVenue !== undefined && { plainVenue }),
    ids: found.map(({ ids }) => ids),
    holes: found.flatMap(({ holes }) => holes),
    notes: [],
  };
}

/** The series asked for, where they hold no trades but bars that came as bars; undefined: trades are read. */
function barsOnly(store: TradeStore, wanted: WantedSeries): readonly Series[] | undefined {
  const all = whichSeries(store, wanted);
  const withTrades = all.filter((one) => store.newest(one) !== undefined);
  const withBars = all.filter((one) => !withTrades.includes(one) && importedLengths(store, one).length > 0);
  if (withBars.length === 0 || (withTrades.length > 0 && wanted.symbols === undefined)) return undefined;
  if (withTrades.length === 0) return withBars;
  return refuse({
    code: "mixed-kinds",
    where: store.label,
    problem: `needs symbols of one kind; ${withTrades[0]!.symbol} has trades, and ${withBars[0]!.symbol} bars that came as bars`,
    hint: "Import trades of both, or bars of both into a venue of their own.",
  });
}

/** Bars that came as bars, as they are. */
function importedMarket(
  store: TradeStore,
  series: readonly Series[],
  request: Request,
  voice: Voice,
): ReadMarket {
  const { interval, fromUs, toUs, bars, read = {} } = request;
  const askedUs = interval === undefined ? undefined : parseDuration(interval, "interval");
  const all = series.map((one) => importedSeries(store, one, askedUs));
  const venue = jointVenue(series.map((one) => one.venue));
  const [{ spacing }] = all as [FileSeries];
  const isMade = askedUs !== undefined && askedUs !== spacing.intervalUs;
  const told = [
    `These bars ${isMade ? `were made from bars of ${formatDuration(spacing.intervalUs)} that came as bars` : "came as bars"}: no trades stand behind them here, and nothing proves that none is missing.`,
  ];
  const names = marketNames(series.map((one) => ({ venue: one.venue.name, symbol: one.symbol })));
  const named = all.map((one, k) => ({ ...one, symbol: names[k]!, closeName: names[k]! }));
  return readOf(
    marketOfBars(store.label, barFileOf(store.label, named, { venue, from: "bars", told }), {
      symbols: names,
      ...(interval !== undefined && { interval }),
      ...(fromUs !== undefined && { fromUs }),
      ...(toUs !== undefined && { toUs }),
      ...(bars !== undefined && { bars }),
      skipsGaps: read.sessions === true,
      voice,
    }),
  );
}

/** Those asked for; else all of the venue that have a trade. */
function seriesOf(store: TradeStore, wanted: WantedSeries): readonly Series[] {
  const { symbols } = wanted;
  const all = whichSeries(store, wanted);
  const empty = all.filter((one) => store.newest(one) === undefined);
  const chosen = symbols === undefined ? all.filter((one) => !empty.includes(one)) : all;
  if (chosen.length > 0 && (symbols === undefined || empty.length === 0)) return chosen;
  const of = empty.map(({ symbol }) => symbol).join(" and ");
  return refuse({
    code: "no-trades",
    where: store.label,
    problem: `needs trades${of === "" ? "" : ` of ${of}`}; it holds none`,
    hint: "Wait for the collector of npm start, or name another source.",
  });
}

/** From the first bar to the end of the last one that are whole in all series and inside the window. */
function windowIn(
  store: TradeStore,
  series: readonly Series[],
  request: Request,
  intervalUs: number,
): readonly [number, number] {
  const { graceUs = 1e6, bars } = request;
  const floor = (us: number): number => Math.floor(us / intervalUs) * intervalUs;
  const beginUs = Math.max(...series.map((one) => floor(timeAt(store, one, 0))));
  const closedUs = Math.min(...series.map((one) => floor(store.newest(one)!.timeUs - graceUs)));
  const toUs = Math.min(closedUs, floor(request.toUs ?? closedUs));
  const fromUs = Math.max(
    beginUs,
    request.fromUs === undefined ? beginUs : Math.ceil(request.fromUs / intervalUs) * intervalUs,
    bars === undefined ? beginUs : toUs - bars * intervalUs,
  );
  if (fromUs < toUs) return [fromUs, toUs];
  return refuseEmpty(store.label, request, [beginUs, closedUs], intervalUs);
}

/** Trade time of the first trade from an id on; of the last one that a merged trade stands for, the newest time. */
function timeAt(store: TradeStore, series: Series, fromId: number): number {
  return store.trades(series, { fromId, limit: 1 }).tradeTimeUs[0] ?? store.newest(series)!.timeUs;
}

/**
 * A bar on each interval of the window: one without a trade has the close before it, of before the window, too. Its price is
 * known where no trade is missing around it.
 */
function barsBetween(
  store: TradeStore,
  series: Series,
  interval: string,
  fromUs: number,
  toUs: number,
): Bars {
  const first = store.firstIdAt(series, fromUs);
  const next = store.firstIdAt(series, toUs);
  const before = store.newest(series, first ?? Number.MAX_SAFE_INTEGER);
  const intervalUs = parseDuration(interval);
  const barAt = (us: number): number => Math.floor(us / intervalUs) * intervalUs;
  const isQuiet = first === undefined || barAt(timeAt(store, series, first)) > fromUs;
  const leadUs = isQuiet && before !== undefined ? barAt(timeAt(store, series, before.id)) : fromUs;
  const last = store.newest(series, next ?? Number.MAX_SAFE_INTEGER);
  const endsQuiet = last === undefined || barAt(timeAt(store, series, last.id)) + intervalUs < toUs;
  const tailUs = endsQuiet && next !== undefined ? barAt(timeAt(store, series, next)) + intervalUs : toUs;
  const range = { every: [interval], fromUs: leadUs, toUs: tailUs, empty: "flat" } as const;
  const [[bars]] = readBars(store, [series], range) as [[Bars]];
  return sliceBars(bars, firstAtLeast(bars.startUs, fromUs), firstAtLeast(bars.startUs, toUs));
}

const MOST_HOLES = 10_000;

function holesOf(
  store: TradeStore,
  series: readonly Series[],
  [fromUs, toUs]: readonly [number, number],
  names: readonly string[],
): { ids: { held: number; missing: number }; holes: MarketHole[] }[] {
  const quality = store.quality();
  try {
    return series.map((one, k) => {
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
          symbol: names[k]!,
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
