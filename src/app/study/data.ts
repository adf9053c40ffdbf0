import { createHash } from "node:crypto";
import { isAbsolute, relative } from "node:path";
import type { Market } from "../../analytics/backtest/types.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import { columnsText, readOptions, type Voice } from "../../pipeline/files/asking.ts";
import { type PairSource, windowOf } from "../data/data-source.ts";
import { findSource } from "../data/open-source.ts";
import { projectRoot } from "../project.ts";
import { columnHash } from "./fingerprint.ts";
import { filedBars, type MarketHole, type ReadMarket, type Request, seededBars } from "./sources.ts";
import { storedBars } from "./stored-bars.ts";

/** The same bars again, whatever comes later: nothing is left to be chosen. A path is from the project's folder on. */
export interface ExactRequest extends Omit<PairSource, "bars"> {
  readonly source: NonNullable<PairSource["source"]>;
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
export function backtestData(
  request: PairSource,
  folder: string = process.cwd(),
  voice: Voice = "settings",
): BacktestData {
  const [source, read] = readRequest(requestOf(request), request.source, folder, voice);
  const { market, venue, notes } = read;
  const { length, intervalUs } = market;
  if (length === 0) {
    refuse({
      code: "no-bars",
      where: source,
      problem: `needs bars of ${formatDuration(intervalUs)} in the window; there is none`,
      hint: "Widen the window, or choose a shorter interval.",
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
      ...readOptions(request),
      ...(request.columns !== undefined && { columns: columnsText(request.columns) }),
      ...(request.sessions === true && { sessions: true }),
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

/** The bars, and their source as it is written down: a path is from the project's folder on. */
function readRequest(
  request: Request,
  word: PairSource["source"],
  folder: string,
  voice: Voice,
): readonly [string, ReadMarket] {
  const source = findSource(word as string | undefined, folder);
  if (source.kind === "simulated") return [source.word, seededBars(request, source.market)];
  const near = relative(projectRoot, source.path);
  const kept = isAbsolute(near) ? source.path : near.replaceAll("\\", "/");
  // a table of another program's database is a file of rows
  const isForeign = request.read?.table !== undefined || request.read?.query !== undefined;
  const isStore = source.kind === "store" && !isForeign;
  return [kept, isStore ? storedBars(request, source.path) : filedBars(request, source.path, voice)];
}

/** A request whose words have been checked. */
function requestOf(request: PairSource): Request {
  const { y, x, venue } = request;
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
  return {
    y,
    ...(x !== undefined && { x }),
    ...(venue !== undefined && { venue }),
    ...windowOf(request),
    read: { ...readOptions(request), ...(request.sessions === true && { sessions: true }) },
  };
}
