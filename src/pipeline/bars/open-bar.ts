import type { BarRule } from "../../core/bars.ts";
import { MOST_BACK_US, type TradeColumns } from "../../core/trade-columns.ts";
import type { TradeSums } from "../../core/trade-sums.ts";
import { checkTime, refuseTrade } from "./bad-trades.ts";
import { PLAIN, partsOf, quoteVolumeOf, ROUND_1, ROUND_26, ROUND_52, sumsOfPlain, volumeOf } from "./sums.ts";

/** The bar to which trades may still come, with the parts of its volume, taker-buy volume and quote volume. */
export interface OpenBar {
  isOpen: boolean;
  /** The last id and the newest time of all trades. */
  lastId: number;
  newestUs: number;
  startUs: number;
  /** The time from which a trade begins the next bar; −Infinity where this one is full. */
  nextUs: number;
  firstId: number;
  open: number;
  high: number;
  low: number;
  close: number;
  count: number;
  v1: number;
  v0: number;
  b1: number;
  b0: number;
  z2: number;
  z1: number;
  z0: number;
}

export function openBar(): OpenBar {
  const none = Number.NEGATIVE_INFINITY;
  const prices = { open: Number.NaN, high: Number.NaN, low: Number.NaN, close: Number.NaN };
  const sums = { count: 0, v1: 0, v0: 0, b1: 0, b0: 0, z2: 0, z1: 0, z0: 0 };
  const places = { lastId: none, newestUs: none, startUs: none, nextUs: none, firstId: none };
  return { isOpen: false, ...places, ...prices, ...sums };
}

/** What ends a bar; infinite where its rule knows no such end. */
export interface BarSize {
  readonly isTimed: boolean;
  readonly intervalUs: number;
  readonly trades: number;
  readonly volume: number;
  readonly quoteVolume: number;
  /** Sums, in their own units, that may have reached the volumes: whether they have is then looked at closely. */
  readonly nearVolume: number;
  readonly nearQuote: number;
}

const INFINITE = Number.POSITIVE_INFINITY;
const NEARLY = 1 - 2 ** -48;

export function sizeOf(rule: BarRule): BarSize {
  const volume = rule.by === "volume" ? rule.volume : INFINITE;
  const quoteVolume = rule.by === "quoteVolume" ? rule.quoteVolume : INFINITE;
  return {
    isTimed: rule.by === "time",
    intervalUs: rule.by === "time" ? rule.intervalUs : INFINITE,
    trades: rule.by === "trades" ? rule.trades : INFINITE,
    volume,
    quoteVolume,
    nearVolume: volume * 1e8 * NEARLY,
    nearQuote: quoteVolume * 1e16 * NEARLY,
  };
}

/** Makes of the open bar the one of a trade, which is then taken by `takeTrades`. */
export function beginBar(
  bar: OpenBar,
  { isTimed, intervalUs }: BarSize,
  id: number,
  timeUs: number,
  price: number,
): void {
  bar.isOpen = true;
  bar.startUs = isTimed ? Math.floor(timeUs / intervalUs) * intervalUs : timeUs;
  bar.nextUs = bar.startUs + intervalUs;
  bar.firstId = id;
  bar.open = bar.high = bar.low = price;
  bar.count = bar.v1 = bar.v0 = bar.b1 = bar.b0 = bar.z2 = bar.z1 = bar.z0 = 0;
}

/**
 * Takes trades from a row on into an open bar of time, as long as they are of it and plain: first all is looked at, then summed
 * without a branch. Returns the first row that was not taken.
 */
function takePlain(bar: OpenBar, trades: TradeColumns, from: number): number {
  const { length, id: ids, tradeTimeUs: times, price: prices, qty: quantities, lastId: lastIds } = trades;
  const { nextUs } = bar;
  let { lastId, newestUs, high, low } = bar;
  let i = from;
  for (; i < length; i++) {
    const timeUs = times[i]!;
    const price = prices[i]!;
    const p = price * 1e8;
    const q = quantities[i]! * 1e8;
    if (!(ids[i]! > lastId && timeUs < nextUs && p > 0.5 && q > 0.5 && p + q < PLAIN)) break;
    if (timeUs > newestUs) newestUs = timeUs;
    else if (!(timeUs > newestUs - MOST_BACK_US)) break;
    if (price > high) high = price;
    if (price < low) low = price;
    lastId = lastIds === undefined ? ids[i]! : lastIds[i]!;
  }
  if (i === from) return i;
  const sums = sumsOfPlain(prices, quantities, trades.isBuyerMaker, from, i);
  bar.lastId = lastId;
  bar.newestUs = newestUs;
  bar.high = high;
  bar.low = low;
  bar.close = prices[i - 1]!;
  bar.count += i - from;
  if (lastIds !== undefined) for (let k = from; k < i; k++) bar.count += lastIds[k]! - ids[k]!;
  bar.v1 += sums.v1;
  bar.v0 += sums.v0;
  bar.b1 += sums.b1;
  bar.b0 += sums.b0;
  bar.z2 += sums.z2;
  bar.z1 += sums.z1;
  bar.z0 += sums.z0;
  return i;
}

/** Takes trades from a row on into the open bar. Returns the first row that is of the next one; their number if none is. */
export function takeTrades(
  bar: OpenBar,
  size: BarSize,
  symbol: string,
  trades: TradeColumns,
  from: number,
): number {
  const { length, id: ids, tradeTimeUs: times, price: prices, qty: quantities } = trades;
  const { isBuyerMaker: makers, lastId: lastIds = ids } = trades;
  const { isTimed, trades: mostTrades, volume: mostVolume, quoteVolume: mostQuote } = size;
  const { nearVolume, nearQuote } = size;
  const { nextUs } = bar;
  let i = isTimed ? takePlain(bar, trades, from) : from;
  let { lastId, newestUs, high, low, close, count, v1, v0, b1, b0, z2, z1, z0 } = bar;
  let isFull = false;
  for (; i < length && !isFull; i++) {
    const id = ids[i]!;
    const timeUs = times[i]!;
    const price = prices[i]!;
    const qty = quantities[i]!;
    const p = price * 1e8;
    const q = qty * 1e8;
    if (!(id > lastId && p > 0.5 && q > 0.5 && p + q < INFINITE && timeUs > newestUs - MOST_BACK_US))
      refuseTrade(symbol, i, { id, timeUs, price, qty }, lastId, newestUs);
    if (timeUs >= nextUs) break;
    if (price > high) high = price;
    if (price < low) low = price;
    close = price;
    lastId = lastIds[i]!;
    count += lastId - id + 1;
    if (timeUs > newestUs) newestUs = timeUs;

    const isBuy = 1 - makers[i]!;
    if (p + q < PLAIN) {
      const p1 = p + ROUND_26 - ROUND_26;
      const p0 = p - p1 + ROUND_1 - ROUND_1;
      const q1 = q + ROUND_26 - ROUND_26;
      const q0 = q - q1 + ROUND_1 - ROUND_1;
      v1 += q1;
      v0 += q0;
      b1 += isBuy * q1;
      b0 += isBuy * q0;
      const lows = p0 * q0;
      const fromLows = lows + ROUND_26 - ROUND_26;
      const cross = p1 * q0 + p0 * q1 + fromLows;
      const fromCross = cross + ROUND_52 - ROUND_52;
      z0 += lows - fromLows;
      z1 += cross - fromCross;
      z2 += p1 * q1 + fromCross;
    } else {
      const parts = partsOf(price, qty);
      v1 += parts.q1;
      v0 += parts.q0;
      b1 += isBuy * parts.q1;
      b0 += isBuy * parts.q0;
      z0 += parts.z0;
      z1 += parts.z1;
      z2 += parts.z2;
    }
    isFull =
      !isTimed &&
      (count >= mostTrades ||
        (v1 + v0 >= nearVolume && volumeOf(v1, v0) >= mostVolume) ||
        (z2 + z1 + z0 >= nearQuote && quoteVolumeOf(z2, z1, z0) >= mostQuote));
  }
  if (isFull) bar.nextUs = Number.NEGATIVE_INFINITY;
  // one by one: many times as fast as Object.assign
  bar.lastId = lastId;
  bar.newestUs = newestUs;
  bar.high = high;
  bar.low = low;
  bar.close = close;
  bar.count = count;
  bar.v1 = v1;
  bar.v0 = v0;
  bar.b1 = b1;
  bar.b0 = b0;
  bar.z2 = z2;
  bar.z1 = z1;
  bar.z0 = z0;
  if (i < length) checkTime(symbol, ids[i]!, times[i]!, newestUs);
  return i;
}

/** Takes a row of sums into the open bar of time, as its trades one by one would have been. */
export function takeSums(bar: OpenBar, sums: TradeSums, row: number): void {
  const [firstId, lastId, newestUs] = [sums.firstId[row]!, sums.lastId[row]!, sums.newestUs[row]!];
  bar.high = Math.max(bar.high, sums.high[row]!);
  bar.low = Math.min(bar.low, sums.low[row]!);
  bar.close = sums.close[row]!;
  bar.lastId = lastId;
  bar.newestUs = Math.max(bar.newestUs, newestUs);
  bar.count += lastId - firstId + 1;
  bar.v1 += sums.v1[row]!;
  bar.v0 += sums.v0[row]!;
  bar.b1 += sums.b1[row]!;
  bar.b0 += sums.b0[row]!;
  bar.z2 += sums.z2[row]!;
  bar.z1 += sums.z1[row]!;
  bar.z0 += sums.z0[row]!;
}
