import type { TradeColumns } from "../../../core/trade-columns.ts";
import { type Asking, refuseRow } from "../asking.ts";
import type { Layout } from "../columns/layout.ts";
import type { Ordering } from "./series.ts";
import type { TradeRows } from "./trades.ts";

/** Trades of one symbol, by ascending id. */
export interface FileTrades {
  /** `""`: the file does not name it. */
  readonly symbol: string;
  readonly columns: TradeColumns;
  /** Ids are the exchange's. Otherwise they number the rows, and prove nothing. */
  readonly isCounted: boolean;
  /** Each trade says who took. */
  readonly hasSide: boolean;
}

/** Pieces of a file → the trades of each symbol: sorted by id, identical repeats once. */
export function tradesOf(
  asking: Asking,
  layout: Layout,
  pieces: readonly TradeRows[],
  symbols: readonly string[],
  ordering: Ordering,
): FileTrades[] {
  const { at, isCounted, kind } = layout;
  const hasSide = at.maker !== undefined || at.side !== undefined || at.makerSide !== undefined;
  return symbols.map((symbol, index) => {
    const places: (readonly [TradeRows, number])[] = [];
    for (const piece of pieces) {
      for (let i = 0; i < piece.batch.length; i++)
        if (piece.batch.symbol[i] === index) places.push([piece, i]);
    }
    const counted = isCounted || kind === "merged";
    return { symbol, isCounted: counted, hasSide, columns: columnsOf(asking, places, counted, ordering) };
  });
}

/** A trade in a piece. */
export type Place = readonly [TradeRows, number];

function columnsOf(asking: Asking, places: Place[], isCounted: boolean, ordering: Ordering): TradeColumns {
  const key = ([piece, i]: Place): number => (isCounted ? piece.batch.id[i]! : piece.batch.tradeTimeUs[i]!);
  const isSorted = places.every(
    (place, k) =>
      k === 0 || key(place) > key(places[k - 1]!) || (!isCounted && key(place) === key(places[k - 1]!)),
  );
  if (!isSorted) {
    places.sort((a, b) => key(a) - key(b));
    ordering.sorted++;
  }
  const kept: Place[] = [];
  for (const place of places) {
    const last = kept.at(-1);
    if (isCounted && last !== undefined && last[0].lastId[last[1]]! >= key(place)) {
      if (!isSame(last, place)) overlap(asking, last, place);
      ordering.repeats++;
    } else kept.push(place);
  }
  const numbers = (read: (piece: TradeRows, i: number) => number): Float64Array =>
    Float64Array.from(kept, ([piece, i]) => read(piece, i));
  const id = isCounted ? numbers(({ batch }, i) => batch.id[i]!) : Float64Array.from(kept, (_, k) => k + 1);
  return {
    length: kept.length,
    id,
    ...(isCounted && { lastId: numbers(({ lastId }, i) => lastId[i]!) }),
    tradeTimeUs: numbers(({ batch }, i) => batch.tradeTimeUs[i]!),
    price: numbers(({ batch }, i) => Number(batch.priceE8[i]!) / 1e8),
    qty: numbers(({ batch }, i) => Number(batch.qtyE8[i]!) / 1e8),
    isBuyerMaker: Uint8Array.from(kept, ([{ batch }, i]) => batch.isBuyerMaker[i]!),
  };
}

/** Whether two rows tell the same trades, whatever number they give them. */
export function isSame([a, i]: Place, [b, j]: Place): boolean {
  return (
    a.batch.id[i] === b.batch.id[j] &&
    a.lastId[i] === b.lastId[j] &&
    a.batch.priceE8[i] === b.batch.priceE8[j] &&
    a.batch.qtyE8[i] === b.batch.qtyE8[j] &&
    a.batch.tradeTimeUs[i] === b.batch.tradeTimeUs[j] &&
    a.batch.isBuyerMaker[i] === b.batch.isBuyerMaker[j]
  );
}

export function overlap(asking: Asking, [a, i]: Place, [b, j]: Place): never {
  const of = (piece: TradeRows, k: number): string =>
    piece.lastId[k] === piece.batch.id[k]
      ? `${piece.batch.id[k]}`
      : `${piece.batch.id[k]} to ${piece.lastId[k]}`;
  return refuseRow(asking, {
    code: "two-trades",
    column: "id",
    need: `one trade an id; ${of(a, i)} and ${of(b, j)} have other contents`,
    hint: "Leave one of the two out. Nothing was taken from this file.",
  });
}
