import type { Leg, Market } from "../../analytics/backtest/types.ts";
import { type Bars, sliceBars } from "../../core/bars.ts";
import { quote, refuse } from "../../core/errors.ts";
import { firstAtLeast } from "../../core/search.ts";
import { formatDuration, formatUtc, parseDuration } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import { barBuilder } from "../../pipeline/bars/builder.ts";
import { fillEmpty } from "../../pipeline/bars/fill-empty.ts";
import type { SimulatedMarket } from "../../pipeline/exchange/market/market.ts";
import type { FileOptions, Voice } from "../../pipeline/files/asking.ts";
import { type BarFile, readBarFile } from "../../pipeline/files/bar-file.ts";
import type { Caller } from "../../pipeline/files/read-file.ts";
import { refuseEmpty } from "../data/data-source.ts";

/** Bars of a file as a market, and how its prices are to be read. */
export interface FileMarket {
  readonly venue: Venue;
  readonly market: Market;
  readonly notes: readonly string[];
}

export interface FileRequest {
  /** All columns of prices unless told. */
  readonly symbols?: readonly string[];
  readonly interval?: string;
  readonly fromUs?: number;
  readonly toUs?: number;
  readonly bars?: number;
  readonly options?: FileOptions;
  /** Bars in which the file has no row are left out. */
  readonly skipsGaps?: boolean;
  /** Who asks: what is typed has to have an effect, and a setting of a notebook fits files of many lengths. */
  readonly voice: Voice;
}

/**
 * A market from a file of bars, or of trades. Where the file has no opens, the first price of a bar stands for them, which is
 * the close of its first row: a later price than the decision's, as it has to be.
 */
export function fileMarket(
  paths: string | readonly string[],
  given: Omit<FileRequest, "voice">,
  caller: Caller,
): FileMarket {
  const request = { ...given, voice: caller.voice };
  const { interval, options = {} } = request;
  const file = readBarFile(paths, { ...options, ...(interval !== undefined && { every: interval }) }, caller);
  return marketOfBars(typeof paths === "string" ? paths : paths.join(" and "), file, request);
}

/** The same of bars that were read before. */
export function marketOfBars(where: string, file: BarFile, request: FileRequest): FileMarket {
  const { interval, skipsGaps = false, symbols = file.priceColumns } = request;
  twoLegs(where, file, symbols);
  const ownUs = file.intervalUs;
  const askedUs = interval === undefined ? ownUs : parseDuration(interval, "interval");
  if (askedUs < ownUs && request.voice === "flags") tooShort(where, ownUs, interval!);
  const intervalUs = Math.max(ownUs, askedUs);
  if (intervalUs % ownUs !== 0) {
    refuse({
      code: "bad-interval",
      where,
      problem: `needs an interval of whole rows, which are ${formatDuration(ownUs)} apart; got ${quote(interval, 60)}`,
      hint: "Pass a multiple of that, or leave it out.",
    });
  }
  const { startUs, barOf } = file.grid(intervalUs, skipsGaps);
  const lastUs = file.timeUs[file.timeUs.length - 1]! + ownUs;
  const endUs = Math.min(lastUs, request.toUs ?? Number.POSITIVE_INFINITY);
  let first = firstAtLeast(startUs, request.fromUs ?? Number.NEGATIVE_INFINITY);
  // the end of a bar of a clock that is put forward is not a whole length after its begin
  const end =
    endUs === lastUs && intervalUs === ownUs ? startUs.length : firstAtLeast(startUs, endUs - intervalUs + 1);
  if (request.bars !== undefined) first = Math.max(first, end - request.bars);
  const length = Math.max(0, end - first);
  if (length === 0) refuseEmpty(where, request, [file.timeUs[0]!, lastUs], intervalUs);
  const bin = Float64Array.from(barOf, (bar) => bar - first);
  const rows = { from: firstAtLeast(bin, 0), to: firstAtLeast(bin, length) };
  const opened = symbols.map((symbol) => file.more(symbol, "open"));
  const notes = [...file.told];
  if (askedUs < ownUs)
    notes.push(
      `Its rows are ${formatDuration(ownUs)} long, and stay so: no bars of ${interval} can be made of them.`,
    );
  if (opened.some((column) => column === undefined)) {
    notes.push(
      "The file has no opens. An order is filled at the first price after its decision that the file has: the close of a later bar's first row.",
    );
  }
  return {
    venue: file.venue,
    notes,
    market: {
      length,
      intervalUs,
      startUs: startUs.slice(first, first + length),
      legs: symbols.map((symbol, k) => fileLeg(where, file, symbol, opened[k], bin, rows, length)),
    },
  };
}

function tooShort(where: string, ownUs: number, interval: string): never {
  return refuse({
    code: "bad-interval",
    where,
    problem: `needs an interval of whole rows, which are ${formatDuration(ownUs)} long; got ${quote(interval, 60)}`,
    hint: "No shorter bars can be made of them: leave it out.",
    facts: { ownUs },
  });
}

/** `BTC` and `BTCUSDT` may be one column. */
function twoLegs(where: string, file: BarFile, symbols: readonly string[]): void {
  const names = symbols.map((symbol) => file.nameOf(symbol));
  const k = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (k < 0) return;
  refuse({
    code: "bad-pair",
    where,
    problem: `needs a column for each symbol; ${quote(symbols[names.indexOf(names[k]!)], 60)} and ${quote(symbols[k], 60)} are both its ${quote(names[k], 60)}`,
    hint: `Choose among ${file.priceColumns.join(", ")}.`,
  });
}

function notAPrice(path: string, symbol: string, got: number, timeUs: number): never {
  return refuse({
    code: "not-a-price",
    where: path,
    problem: `needs prices above 0, and nothing where there is none; got ${got} for ${quote(symbol, 60)} at ${formatUtc(timeUs)}`,
    hint: "Look at the source of this row; leave the cell empty where no price is known.",
    facts: { symbol, got, timeUs },
  });
}

function fileLeg(
  path: string,
  file: BarFile,
  symbol: string,
  opens: Float64Array | undefined,
  bin: Float64Array,
  rows: { readonly from: number; readonly to: number },
  length: number,
): Leg {
  const prices = file.column(symbol);
  const volumes = file.more(symbol, "volume");
  const trades = file.more(symbol, "trades");
  const open = new Float64Array(length).fill(Number.NaN);
  const close = new Float64Array(length).fill(Number.NaN);
  const volume = new Float64Array(length);
  const tradeCount = new Float64Array(length);
  for (let row = rows.from; row < rows.to; row++) {
    const at = bin[row]!;
    const price = prices[row]!;
    if (Number.isNaN(price)) continue;
    if (!(price > 0 && price < Number.POSITIVE_INFINITY)) notAPrice(path, symbol, price, file.timeUs[row]!);
    close[at] = price;
    const isTraded = volumes?.[row] !== 0 && trades?.[row] !== 0;
    const first = opens === undefined ? price : opens[row]!;
    if (isTraded && Number.isNaN(open[at]!) && first > 0) open[at] = first;
    if (volumes !== undefined) volume[at] = volume[at]! + volumes[row]!;
    if (trades !== undefined) tradeCount[at] = tradeCount[at]! + trades[row]!;
  }
  return { symbol, open, close, ...(volumes && { volume }), ...(trades && { tradeCount }) };
}

/** As many as the collector of garbage takes away young. */
const BLOCK_TRADES = 4_000;

/** Bars of the seeded market itself, without a database: every trade is there. */
export function simulatedBars(
  market: SimulatedMarket,
  symbol: string,
  interval: string,
  [fromUs, toUs]: readonly [number, number],
): Bars {
  const index = market.symbols.findIndex((one) => one.symbol === symbol);
  if (index < 0) {
    refuse({
      code: "unknown-symbol",
      where: market.name,
      problem: `needs a symbol of the simulated market; got ${quote(symbol, 60)}`,
      hint: `There are: ${market.symbols.map((one) => one.symbol).join(", ")}.`,
    });
  }
  const intervalUs = parseDuration(interval, "interval");
  const venue: Venue = { name: market.name, kind: market.kind, detail: market.detail };
  const builder = barBuilder({ venue, symbol, rule: { by: "time", intervalUs } });
  // the trades around the window: an empty bar at its edge has the close before it
  const begin = market.lastId(index, fromUs - 1, "trade");
  const end = market.lastId(index, toUs - 1, "trade") + 2;
  for (let next = Math.max(market.firstId(index), begin); next < end; ) {
    const trades = market.trades(index, next, end - 1, BLOCK_TRADES);
    builder.push({
      length: trades.length,
      id: Float64Array.from(trades, ({ id }) => id),
      tradeTimeUs: Float64Array.from(trades, ({ tradeTimeUs }) => tradeTimeUs),
      price: Float64Array.from(trades, ({ price }) => Number(price)),
      qty: Float64Array.from(trades, ({ qty }) => Number(qty)),
      isBuyerMaker: Uint8Array.from(trades, ({ isBuyerMaker }) => Number(isBuyerMaker)),
    });
    next += trades.length;
  }
  const bars = fillEmpty(builder.bars());
  return sliceBars(bars, firstAtLeast(bars.startUs, fromUs), firstAtLeast(bars.startUs, toUs));
}
