import { type BarIdentity, type Bars, barColumn, makeBars } from "../../core/bars.ts";
import { type MissingIds, MOST_BACK_US, type TradeColumns } from "../../core/trade-columns.ts";
import { checkTime, refuseTrade } from "./bad-trades.ts";
import { PLAIN, partsOf, quoteVolumeOf, ROUND_1, ROUND_26, ROUND_52, volumeOf } from "./sums.ts";

/** Makes bars of one symbol, piece by piece: however trades are cut into pieces, the bars are the same to the last bit. */
export interface BarBuilder {
  /**
   * Takes trades above all that came before, by ascending id. A trade belongs to the bar of its trade time; one whose time is
   * before its predecessor's bar, to that bar.
   */
  push(trades: TradeColumns): void;
  /** How many bars there are, the last one included, to which trades may still come. */
  readonly length: number;
  /** Whether the last bar has reached its size; time bars never do. */
  readonly isFull: boolean;
  /** Bars `from` to `to` (not included). Views: the last bar's values hold until the next push. */
  bars(from?: number, to?: number): Bars;
  /** Puts other bars in the place of bars `from` to `to` (not included), none of them the last one. */
  replace(from: number, to: number, bars: Bars): void;
  /** Forgets bar `from` and all later ones; what is pushed next begins there. */
  cut(from: number): void;
  /** Forgets old bars, the newest `keep` never; how many went. Moves each bar once on average. */
  trim(keep: number): number;
}

const INFINITE = Number.POSITIVE_INFINITY;
const NEARLY = 1 - 2 ** -48;

export function barBuilder(identity: BarIdentity): BarBuilder {
  const { rule } = identity;
  const intervalUs = rule.by === "time" ? rule.intervalUs : 0;
  const mostTrades = rule.by === "trades" ? rule.trades : INFINITE;
  const mostVolume = rule.by === "volume" ? rule.volume : INFINITE;
  const mostQuote = rule.by === "quoteVolume" ? rule.quoteVolume : INFINITE;
  // sums that may have reached them, in their own units: whether they have is looked at closely
  const [nearVolume, nearQuote] = [mostVolume * 1e8 * NEARLY, mostQuote * 1e16 * NEARLY];
  const isTimed = rule.by === "time";

  let capacity = 64;
  let rows = makeBars(identity, capacity, (name) => barColumn(name, capacity));
  /** Rows that are done; the open bar comes after them. */
  let done = 0;
  /** Holes that may touch the open bar or later ones, from `nextHole` on. */
  let holes: readonly MissingIds[] = [];
  let nextHole = 0;

  const bar = openBar();

  /** Other memory for the rows, so that views of the old one stay as they are. */
  const move = (size: number, from = 0): void => {
    const old = rows;
    capacity = size;
    rows = makeBars(identity, capacity, (name) => {
      const column = barColumn(name, capacity);
      column.set(old[name].subarray(from, done));
      return column;
    });
    done -= from;
  };

  /** No hole inside the open bar or next to it. */
  const isComplete = (): boolean => {
    while (nextHole < holes.length && holes[nextHole]!.last + 1 < bar.firstId) nextHole++;
    return nextHole === holes.length || holes[nextHole]!.first > bar.lastId + 1;
  };

  /** Adds the holes of a later piece; what is known of already counts once. */
  const learn = (later: readonly MissingIds[]): void => {
    const known = holes.at(-1)?.last ?? Number.NEGATIVE_INFINITY;
    holes = [...holes.slice(nextHole), ...later.filter(({ last }) => last > known)];
    nextHole = 0;
  };

  const write = (): void => {
    if (done === capacity) move(2 * capacity);
    const volume = volumeOf(bar.v1, bar.v0);
    const quoteVolume = quoteVolumeOf(bar.z2, bar.z1, bar.z0);
    rows.startUs[done] = bar.startUs;
    rows.endUs[done] = isTimed ? bar.startUs + intervalUs : bar.newestUs;
    rows.open[done] = bar.open;
    rows.high[done] = bar.high;
    rows.low[done] = bar.low;
    rows.close[done] = bar.close;
    rows.volume[done] = volume;
    rows.quoteVolume[done] = quoteVolume;
    rows.vwap[done] = quoteVolume / volume;
    rows.tradeCount[done] = bar.count;
    rows.takerBuyVolume[done] = volumeOf(bar.b1, bar.b0);
    rows.firstId[done] = bar.firstId;
    rows.lastId[done] = bar.lastId;
    rows.complete[done] = isComplete() ? 1 : 0;
  };

  /** Ends the open bar and begins the one of a trade. */
  const begin = (id: number, timeUs: number, price: number): void => {
    checkTime(identity.symbol, id, timeUs, bar.newestUs);
    if (bar.isOpen) {
      write();
      done++;
    }
    bar.isOpen = true;
    bar.startUs = isTimed ? Math.floor(timeUs / intervalUs) * intervalUs : timeUs;
    bar.nextUs = isTimed ? bar.startUs + intervalUs : INFINITE;
    bar.firstId = id;
    bar.open = bar.high = bar.low = price;
    bar.count = bar.v1 = bar.v0 = bar.b1 = bar.b0 = bar.z2 = bar.z1 = bar.z0 = 0;
  };

  return {
    push: (trades) => {
      const {
        length,
        id: ids,
        tradeTimeUs: times,
        price: prices,
        qty: quantities,
        isBuyerMaker: makers,
      } = trades;
      const lastIds = trades.lastId ?? ids;
      if (trades.holes !== undefined && trades.holes.length > 0) learn(trades.holes);
      for (let i = 0; i < length; ) {
        const { nextUs } = bar;
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
            refuseTrade(identity.symbol, i, { id, timeUs, price, qty }, lastId, newestUs);
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
        bar.lastId = lastId;
        bar.newestUs = newestUs;
        if (isFull) bar.nextUs = Number.NEGATIVE_INFINITY;
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
        if (i < length) begin(ids[i]!, times[i]!, prices[i]!);
      }
    },
    get length() {
      return done + (bar.isOpen ? 1 : 0);
    },
    get isFull() {
      return bar.isOpen && bar.nextUs === Number.NEGATIVE_INFINITY;
    },
    bars: (from = 0, to = done + 1) => {
      const length = done + (bar.isOpen ? 1 : 0);
      if (bar.isOpen && to > done) write();
      const [first, end] = [Math.min(from, length), Math.min(to, length)];
      return makeBars(identity, Math.max(0, end - first), (name) => rows[name].subarray(first, end));
    },
    replace: (from, to, bars) => {
      const old = rows;
      const grown = done + bars.length - (to - from);
      capacity = Math.max(64, 2 ** Math.ceil(Math.log2(grown + 1)));
      rows = makeBars(identity, capacity, (name) => {
        const column = barColumn(name, capacity);
        column.set(old[name].subarray(0, from));
        column.set(bars[name], from);
        column.set(old[name].subarray(to, done), from + bars.length);
        return column;
      });
      done = grown;
    },
    cut: (from) => {
      if (from > done) return;
      done = from;
      move(capacity);
      const before = done - 1;
      Object.assign(bar, openBar());
      if (before >= 0) Object.assign(bar, { lastId: rows.lastId[before]!, newestUs: rows.startUs[before]! });
      holes = [];
      nextHole = 0;
    },
    trim: (keep) => {
      const spare = Math.min(done, done + (bar.isOpen ? 1 : 0) - keep);
      if (spare <= Math.max(64, keep)) return 0;
      move(capacity, spare);
      return spare;
    },
  };
}

/** The bar to which trades may still come, with the parts of its volume, taker-buy volume and quote volume. */
interface OpenBar {
  isOpen: boolean;
  /** The last id and the newest time of all trades. */
  lastId: number;
  newestUs: number;
  startUs: number;
  /** The time from which a trade begins the next bar. */
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

function openBar(): OpenBar {
  const none = Number.NEGATIVE_INFINITY;
  const prices = { open: Number.NaN, high: Number.NaN, low: Number.NaN, close: Number.NaN };
  const sums = { count: 0, v1: 0, v0: 0, b1: 0, b0: 0, z2: 0, z1: 0, z0: 0 };
  return {
    isOpen: false,
    lastId: none,
    newestUs: none,
    startUs: none,
    nextUs: none,
    firstId: none,
    ...prices,
    ...sums,
  };
}
