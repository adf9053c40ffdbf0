import { createHash } from "node:crypto";
import type { Market } from "../../analytics/backtest/types.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import { columnsText, readOptions, type Voice } from "../../pipeline/files/asking.ts";
import type { PairSource } from "../data/data-source.ts";
import { columnHash } from "./fingerprint.ts";
import { readMarket } from "./read-market.ts";
import type { MarketHole } from "./sources.ts";

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
  const { y, x, ...words } = request;
  checkPair(request);
  const read = readMarket({ ...words, symbols: x === undefined ? [y] : [y, x] }, folder, voice);
  const { source, market, venue, notes, window, plainVenue, plainVenues } = read;
  const { length, intervalUs } = market;
  const named = (symbol: string, k: number): string =>
    plainVenues?.[k] === undefined || symbol.includes(":") ? symbol : `${plainVenues[k]}:${symbol}`;
  return {
    request: {
      source,
      ...(plainVenue !== undefined && { venue: plainVenue }),
      y: named(y, 0),
      ...(x !== undefined && { x: named(x, 1) }),
      interval: formatDuration(intervalUs),
      from: formatUtc(window[0]),
      to: formatUtc(window[1]),
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
  for (const { open, close, volume, tradeCount, fundingAtStart, fundingInside } of legs) {
    for (const column of [open, close, volume, tradeCount, fundingAtStart, fundingInside])
      if (column) columnHash(hash, column);
  }
  return hash.digest("hex");
}

function checkPair({ source, y, x }: PairSource): void {
  if (typeof y !== "string" || y === "") {
    refuse({
      code: "bad-pair",
      where: "y",
      problem: `needs the symbol that is traded; got ${quote(y)}`,
      hint: "Pass for example ETHUSDT.",
    });
  }
  if (x !== y || Array.isArray(source)) return;
  refuse({
    code: "bad-pair",
    where: "x",
    problem: `needs another symbol than y; got ${quote(y, 60)} twice`,
    hint: "Leave x out to trade one leg.",
  });
}
