import { createHash } from "node:crypto";
import { extname, isAbsolute, relative, resolve } from "node:path";
import type { Market } from "../../analytics/backtest/types.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import { parseUtcText } from "../../pipeline/import/time-text.ts";
import { newestDatabase } from "../newest-database.ts";
import { projectRoot } from "../project.ts";
import { simulatedSource } from "./bars.ts";
import { columnHash } from "./fingerprint.ts";
import { filedBars, type MarketHole, type ReadMarket, seededBars, type Window } from "./sources.ts";
import { storedBars } from "./stored-bars.ts";

/** Which bars a backtest runs on. */
export interface DataRequest {
  /** A database (.db), a file of bars (.parquet, .csv), or `sim:7`, the seeded market itself; the newest database in `data/` unless told. */
  readonly source?: string;
  /** Of a database; the one that received a trade of y last unless told. */
  readonly venue?: string;
  readonly y: string;
  /** Absent: one leg. */
  readonly x?: string;
  /** `"1m"` unless told; of a file its own, and never a shorter one; of the seeded market `"5s"`. */
  readonly interval?: string;
  /** From (included) and to (not included), UTC: `"2026-01-31"`, `"2026-01-31T12:00"`; all that there is unless told. */
  readonly from?: string;
  readonly to?: string;
  /** The newest so many bars before `to`; all unless told. */
  readonly bars?: number;
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

/** The bars that a request names. Relative paths are from `folder` on; the working folder unless told. */
export function backtestData(request: DataRequest, folder: string = process.cwd()): BacktestData {
  const asked = request.source ?? newestDatabase("--source");
  const [source, read] = readRequest(windowOf(request), asked, folder);
  const { market, venue, notes } = read;
  const { length, intervalUs } = market;
  if (length === 0) {
    refuse({
      code: "no-bars",
      where: source,
      problem: `needs bars of ${formatDuration(intervalUs)} in the window; there is none`,
      hint: "Widen --from and --to, or choose a shorter interval.",
    });
  }
  return {
    request: {
      source,
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
    fingerprint: marketFingerprint(market),
  };
}

/** SHA-256 over symbols, interval and columns; the same on every machine. */
export function marketFingerprint({ legs, startUs, intervalUs, length }: Market): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([legs.map(({ symbol }) => symbol), intervalUs, length]));
  columnHash(hash, startUs);
  for (const { open, close, volume, tradeCount } of legs) {
    for (const column of [open, close, volume, tradeCount]) if (column) columnHash(hash, column);
  }
  return hash.digest("hex");
}

/** What control and direction characters there are: no file that anybody means has them in its name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** Another machine, or a protocol; a drive's letter is neither. */
const ELSEWHERE = /^(?![a-z]:[\\/](?![\\/]))([a-z][a-z0-9+.-]*:|[\\/]{2})/i;

/** The bars, and their source as it is written down: a path is from the project's folder on. */
function readRequest(request: Window, source: string, folder: string): readonly [string, ReadMarket] {
  const simulated = simulatedSource(source);
  if (simulated !== undefined) return [source, seededBars(request, simulated)];
  const isOurs = typeof source === "string" && !UNSEEN.test(source) && !ELSEWHERE.test(source);
  const path = isOurs ? resolve(folder, source) : "";
  const kind = extname(path).toLowerCase();
  const near = relative(projectRoot, path);
  const kept = isAbsolute(near) ? path : near.replaceAll("\\", "/");
  if ([".db", ".sqlite", ".sqlite3"].includes(kind)) return [kept, storedBars(request, path)];
  if ([".parquet", ".csv"].includes(kind)) return [kept, filedBars(request, path)];
  return refuse({
    code: "bad-source",
    where: "source",
    problem: `needs a database (.db) or a file of bars (.parquet, .csv) of this machine, or sim:7 for a simulated market; got ${quote(source)}`,
    hint: "Pass for example data/binance.db.",
  });
}

function windowOf({ from, to, source: _, ...request }: DataRequest): Window {
  const { y, x, bars } = request;
  if (typeof y !== "string" || y === "") {
    refuse({
      code: "bad-pair",
      where: "y",
      problem: `needs the symbol that is traded; got ${quote(y)}`,
      hint: "Pass for example ETHUSDT.",
    });
  }
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
