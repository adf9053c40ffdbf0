import { random } from "../../src/core/random.ts";
import type { MissingIds, TradeColumns } from "../../src/core/trade-columns.ts";

export interface TickOptions {
  readonly seed?: number;
  readonly startUs?: number;
  /** Mean time between two orders, which bring one to three trades each at the same time. */
  readonly meanGapUs?: number;
  readonly price?: number;
  /** Decimals of the quantity. */
  readonly decimals?: number;
  /** The scale of the quantity. */
  readonly size?: number;
  /** Share of the trades whose time lies before their predecessor's. */
  readonly backwards?: number;
  /** Share of the ids that are missing, in runs. */
  readonly missing?: number;
  /** Share of the rows that stand for several trades. */
  readonly merged?: number;
}

/** Seeded trades of one symbol, with ties in time, pauses, and what else is asked for. */
export function ticks(length: number, options: TickOptions = {}): TradeColumns {
  const { seed = 1, startUs = Date.UTC(2024, 7, 8, 23, 59, 50) * 1000, meanGapUs = 40_000 } = options;
  const { price = 60_000, decimals = 5, size = 0.5, backwards = 0, missing = 0, merged = 0 } = options;
  const source = random(seed);
  const column = (): Float64Array => new Float64Array(length);
  const [id, lastId, tradeTimeUs, prices, qty] = [column(), column(), column(), column(), column()];
  const isBuyerMaker = new Uint8Array(length);
  const holes: MissingIds[] = [];
  let [nextId, timeUs, level] = [1 + Math.floor(source.uniform() * 1e9), startUs, price];
  for (let i = 0; i < length; i++) {
    if (i > 0 && source.uniform() < missing) {
      const run = 1 + Math.floor(source.uniform() * 30);
      holes.push({ first: nextId, last: nextId + run - 1 });
      nextId += run;
      timeUs += run * meanGapUs;
    }
    if (source.uniform() < 0.5) timeUs += Math.floor(-meanGapUs * 2 * Math.log(1 - source.uniform()));
    if (source.uniform() < 0.002) timeUs += 20 * meanGapUs;
    level *= 1 + 1e-5 * source.normal();
    id[i] = nextId;
    lastId[i] = source.uniform() < merged ? nextId + Math.floor(source.uniform() * 5) : nextId;
    nextId = lastId[i]! + 1;
    tradeTimeUs[i] = timeUs - (source.uniform() < backwards ? Math.floor(source.uniform() * 3e6) : 0);
    prices[i] = Math.round(level * 1e4) / 1e4;
    const steps = 1 + Math.floor((size * 10 ** decimals) / Math.sqrt(1 - source.uniform()));
    qty[i] = steps / 10 ** decimals;
    isBuyerMaker[i] = source.uniform() < 0.5 ? 1 : 0;
  }
  return {
    length,
    id,
    tradeTimeUs,
    price: prices,
    qty,
    isBuyerMaker,
    ...(merged > 0 && { lastId }),
    ...(missing > 0 && { holes }),
  };
}

/** Rows `from` to `to` (not included), with the holes that touch them. */
export function cutTicks(trades: TradeColumns, from: number, to: number): TradeColumns {
  const of = <Column extends Float64Array | Uint8Array>(column: Column): Column =>
    column.slice(from, to) as Column;
  const lastIds = trades.lastId ?? trades.id;
  const before = from === 0 ? Number.NEGATIVE_INFINITY : lastIds[from - 1]!;
  const after = to < trades.length ? trades.id[to]! : Number.POSITIVE_INFINITY;
  return {
    length: to - from,
    id: of(trades.id),
    tradeTimeUs: of(trades.tradeTimeUs),
    price: of(trades.price),
    qty: of(trades.qty),
    isBuyerMaker: of(trades.isBuyerMaker),
    ...(trades.lastId && { lastId: of(trades.lastId) }),
    ...(trades.holes && {
      // of the hole after the last row nothing is known before the next row comes
      holes: trades.holes.filter(
        ({ first, last }) => first > before && last < after && first < lastIds[to - 1]!,
      ),
    }),
  };
}
