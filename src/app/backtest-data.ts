import { createHash } from "node:crypto";
import { extname, isAbsolute, relative, resolve } from "node:path";
import { pairMarket } from "../analytics/backtest/pair-market.ts";
import type { Market } from "../analytics/backtest/types.ts";
import { quote, refuse } from "../core/errors.ts";
import { formatDuration, formatUtc, parseDuration } from "../core/time.ts";
import type { Venue } from "../core/trade.ts";
import { openHistory } from "../pipeline/archive/history.ts";
import { readBars } from "../pipeline/bars/read-bars.ts";
import { parseUtcText } from "../pipeline/import/time-text.ts";
import { findSeries } from "../pipeline/store/find-series.ts";
import { type HoleSpan, openQuality } from "../pipeline/store/quality.ts";
import type { Series, StoreReader } from "../pipeline/store/reader.ts";
import { fileMarket, simulatedBars, simulatedSource } from "./backtest-bars.ts";
import { columnHash } from "./backtest-print.ts";
import { newestDatabase } from "./newest-database.ts";
import { projectRoot } from "./project.ts";

/** Which bars a backtest runs on. */
export interface DataRequest {
  /** A database (.db), a file of bars (.parquet, .csv), or `sim:7`, the seeded market itself; the newest database in `data/` unless told. */
  readonly source?: string;
  /** Of a database; the one that received a trade of y last unless told. */
  readonly venue?: string;
  readonly y: string;
  /** Absent: one leg. */
  readonly x?: string;
  /** `"1m"` unless told; of a file its own; of the seeded market `"5s"`. */
  readonly interval?: string;
  /** From (included) and to (not included), UTC: `"2026-01-31"`, `"2026-01-31T12:00"`; all that there is unless told. */
  readonly from?: string;
  readonly to?: string;
  /** The newest so many bars before `to`; all unless told. */
  readonly bars?: number;
}

/** A request whose times are numbers. */
interface Window extends Omit<DataRequest, "from" | "to"> {
  readonly fromUs?: number;
  readonly toUs?: number;
}

/** The same bars again, whatever comes later: nothing is left to be chosen. A path is from the project's folder on. */
export interface ExactRequest extends Omit<DataRequest, "bars"> {
  readonly source: string;
  readonly interval: string;
  readonly from: string;
  readonly to: string;
}

/** How complete one leg is. */
export interface LegCoverage {
  readonly symbol: string;
  readonly bars: number;
  /** Bars in which it traded and could be filled. */
  readonly tradedBars: number;
  /** Bars whose last price is not known, because trades or rows are missing. */
  readonly unknownBars: number;
  /** Ids in the window that are stored, and that are not; NaN where the source has no ids. */
  readonly heldIds: number;
  readonly missingIds: number;
}

export interface MarketHole {
  readonly symbol: string;
  readonly fromUs: number;
  readonly toUs: number;
  readonly what: string;
  readonly missing: number;
}

/** Bars to run a backtest on, with what is known about them. */
export interface BacktestData {
  readonly request: ExactRequest;
  readonly market: Market;
  readonly venue: Venue;
  readonly coverage: readonly LegCoverage[];
  readonly holes: readonly MarketHole[];
  /** What a reader has to know about how prices are read. */
  readonly notes: readonly string[];
  /** SHA-256 of exactly the columns that a run looks at. */
  readonly fingerprint: string;
}

interface Read {
  readonly market: Market;
  readonly venue: Venue;
  readonly source: string;
  /** What was read, from and to: a leg may begin later. */
  readonly window: readonly [fromUs: number, toUs: number];
  /** From a database, which may hold several venues. */
  readonly isStored?: true;
  readonly ids: readonly { readonly held: number; readonly missing: number }[];
  readonly holes: readonly MarketHole[];
  readonly notes: readonly string[];
}

const DATABASE = [".db", ".sqlite", ".sqlite3"];

/** The bars that a request names. Relative paths are from `folder` on; the working folder unless told. */
export function backtestData(request: DataRequest, folder: string = process.cwd()): BacktestData {
  const read = readRequest(windowOf(request), folder);
  const { market, venue, notes } = read;
  const { length, intervalUs } = market;
  if (length === 0) {
    refuse({
      code: "no-bars",
      where: read.source,
      problem: `needs bars of ${formatDuration(intervalUs)} in the window; there is none`,
      hint: "Widen --from and --to, or choose a shorter interval.",
    });
  }
  return {
    request: {
      source: read.source,
      ...(read.isStored && { venue: venue.name }),
      y: request.y,
      ...(request.x !== undefined && { x: request.x }),
      interval: formatDuration(intervalUs),
      from: formatUtc(read.window[0]),
      to: formatUtc(read.window[1]),
    },
    market,
    venue,
    notes,
    coverage: market.legs.map(({ symbol, open, close }, k) => ({
      symbol,
      bars: length,
      tradedBars: open.reduce((sum, price) => sum + Number(price > 0), 0),
      unknownBars: close.reduce((sum, price) => sum + Number(Number.isNaN(price)), 0),
      heldIds: read.ids[k]?.held ?? Number.NaN,
      missingIds: read.ids[k]?.missing ?? Number.NaN,
    })),
    holes: read.holes,
    fingerprint: marketPrint(market),
  };
}

/** SHA-256 over symbols, interval and columns; the same on every machine. */
export function marketPrint({ legs, startUs, intervalUs, length }: Market): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([legs.map(({ symbol }) => symbol), intervalUs, length]));
  columnHash(hash, startUs);
  for (const { open, close, volume, tradeCount } of legs) {
    for (const column of [open, close, volume, tradeCount]) if (column) columnHash(hash, column);
  }
  return hash.digest("hex");
}

function readRequest(request: Window, folder: string): Read {
  const { source = newestDatabase("--source") } = request;
  const simulated = simulatedSource(source);
  if (simulated !== undefined) return readSimulated(request, source, simulated);
  if (/^([a-z][a-z0-9+.-]+:|[\\/]{2})/i.test(source) && !/^[a-z]:[\\/](?![\\/])/i.test(source)) {
    refuse({
      code: "bad-source",
      where: "source",
      problem: `needs a file of this machine, or sim:7; got ${quote(source)}`,
      hint: "Copy the file here first.",
    });
  }
  const path = resolve(folder, source);
  const kind = extname(path).toLowerCase();
  if (DATABASE.includes(kind)) return readDatabase(request, path);
  if ([".parquet", ".csv"].includes(kind)) return readFile(request, path);
  return refuse({
    code: "bad-source",
    where: "source",
    problem: `needs a database (.db), a file of bars (.parquet, .csv), or sim:7 for a simulated market; got ${quote(source)}`,
    hint: "Pass for example data/binance.db.",
  });
}

/** As it is written down: from the project's folder on. */
function kept(path: string): string {
  const near = relative(projectRoot, path);
  return isAbsolute(near) ? path : near.replaceAll("\\", "/");
}

function readFile({ y, x, interval, fromUs, toUs, bars }: Window, path: string): Read {
  const { market, venue, notes } = fileMarket(path, {
    symbols: x === undefined ? [y] : [y, x],
    ...(interval !== undefined && { interval }),
    ...(fromUs !== undefined && { fromUs }),
    ...(toUs !== undefined && { toUs }),
    ...(bars !== undefined && { bars }),
  });
  const { length, startUs, intervalUs } = market;
  return {
    market,
    venue,
    notes,
    source: kept(path),
    window: [startUs[0] ?? 0, (startUs[length - 1] ?? 0) + intervalUs],
    ids: [],
    holes: market.legs.flatMap(({ symbol, close }) => unknownRuns(market, symbol, close)),
  };
}

/** A Monday at noon; market time costs a second of work for some hours. */
const SIM_FROM_US = Date.UTC(2026, 0, 5, 12) * 1000;
const SIM_BARS = 4320;
const SIM_MOST_US = 14 * 86_400e6;

function readSimulated(
  request: Window,
  source: string,
  simulated: NonNullable<ReturnType<typeof simulatedSource>>,
): Read {
  const { y, x, interval = "5s", bars = SIM_BARS } = request;
  const intervalUs = parseDuration(interval, "interval");
  const fromUs = aligned(request.fromUs ?? (request.toUs ?? 0) - bars * intervalUs, intervalUs);
  const begin = request.fromUs === undefined && request.toUs === undefined ? SIM_FROM_US : fromUs;
  const end = Math.floor((request.toUs ?? begin + bars * intervalUs) / intervalUs) * intervalUs;
  if (end - begin > SIM_MOST_US) {
    refuse({
      code: "too-long",
      where: source,
      problem: `simulates up to 14 days at once; the window has ${formatDuration(end - begin)}`,
      hint: "Shorten the window.",
    });
  }
  const all = (x === undefined ? [y] : [y, x]).map((symbol) =>
    simulatedBars(simulated, symbol, interval, [begin, end]),
  );
  const { name, kind, detail } = simulated;
  const ids = all.map(({ tradeCount }) => ({ held: tradeCount.reduce((sum, n) => sum + n, 0), missing: 0 }));
  return {
    market: pairMarket(all[0]!, all[1]),
    venue: { name, kind, detail },
    source,
    window: [begin, end],
    ids,
    holes: [],
    notes: [],
  };
}

const GRACE_US = 1_000_000;

function readDatabase(request: Window, path: string): Read {
  const { y, x, interval = "1m", bars, venue } = request;
  const intervalUs = parseDuration(interval, "interval");
  const store = openHistory(path);
  try {
    const first = findSeries(store, y, venue);
    const series = x === undefined ? [first] : [first, findSeries(store, x, first.venue.name)];
    const newestUs = Math.max(...series.map((one) => store.newest(one)?.timeUs ?? 0));
    const closedUs = Math.floor((newestUs - GRACE_US) / intervalUs) * intervalUs;
    const toUs = Math.min(closedUs, Math.floor((request.toUs ?? closedUs) / intervalUs) * intervalUs);
    const fromUs = Math.max(
      request.fromUs === undefined ? 0 : aligned(request.fromUs, intervalUs),
      bars === undefined ? 0 : toUs - bars * intervalUs,
    );
    const all = readBars(store, series, { every: [interval], fromUs, toUs, empty: "flat" });
    const market = pairMarket(all[0]![0]!, all[1]?.[0]);
    const { length, startUs } = market;
    const found = holesOf(store, series, [startUs[0]!, startUs[length - 1]! + intervalUs]);
    const firstUs = Math.min(...all.map(([leg]) => leg!.startUs[0]!));
    return {
      market,
      venue: first.venue,
      source: kept(path),
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

/** Bars in a row without a known price. */
function unknownRuns({ startUs, intervalUs }: Market, symbol: string, close: Float64Array): MarketHole[] {
  const runs: MarketHole[] = [];
  for (let t = 0; t < close.length; t++) {
    if (!Number.isNaN(close[t]!)) continue;
    const from = t;
    while (t + 1 < close.length && Number.isNaN(close[t + 1]!)) t++;
    runs.push({
      symbol,
      fromUs: startUs[from]!,
      toUs: startUs[t]! + intervalUs,
      what: "no price in the file",
      missing: t + 1 - from,
    });
  }
  return runs;
}

function aligned(us: number, intervalUs: number): number {
  return Math.ceil(us / intervalUs) * intervalUs;
}

function windowOf({ from, to, ...request }: DataRequest): Window {
  const { y, x, bars } = request;
  if (x === y) {
    refuse({
      code: "bad-pair",
      where: "x",
      problem: `needs another symbol than y; got ${quote(y, 60)} twice`,
      hint: "Leave x out to trade one leg.",
    });
  }
  if (bars !== undefined && !(Number.isInteger(bars) && bars >= 1)) {
    refuse({
      code: "bad-setting",
      where: "bars",
      problem: `needs a whole number of bars, at least 1; got ${quote(bars)}`,
      hint: "Leave it out to have all.",
    });
  }
  const fromUs = timeOf("from", from);
  const toUs = timeOf("to", to);
  if (fromUs !== undefined && toUs !== undefined && fromUs >= toUs) {
    refuse({
      code: "bad-setting",
      where: "to",
      problem: `needs a time after from; got ${quote(to, 60)} after ${quote(from, 60)}`,
      hint: "Swap them.",
    });
  }
  return { ...request, ...(fromUs !== undefined && { fromUs }), ...(toUs !== undefined && { toUs }) };
}

function timeOf(where: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return (
    parseUtcText(text) ??
    refuse({
      code: "bad-time",
      where,
      problem: `needs a UTC time; got ${quote(text, 60)}`,
      hint: "Pass for example 2026-01-31 or 2026-01-31T12:00.",
    })
  );
}
