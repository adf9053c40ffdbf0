import { type IdRange, type IdRanges, idRanges } from "../../store/ledger/id-ranges.ts";
import type { StoredTrades } from "../../store/read/stored-trades.ts";
import { int64Bytes } from "../native/encode.ts";

/** Ids of a block: its edges are multiples of it, so that the same ids lie in the same block whoever asks, and when. */
export const BLOCK_IDS = 65_536;

export const blockOf = (id: number): number => Math.floor(id / BLOCK_IDS);

export const blockRange = (block: number): IdRange => ({
  first: block * BLOCK_IDS,
  last: (block + 1) * BLOCK_IDS - 1,
});

/** Sums of whole columns modulo 2^64, which are the same in any order. */
export interface Sums {
  readonly rows: number;
  readonly id: bigint;
  readonly price: bigint;
  readonly qty: bigint;
  readonly time: bigint;
}

/** What of a block has been put on the server by one collector. */
export interface BlockRow {
  readonly block: number;
  /** Ascending ranges that neither overlap nor touch. */
  readonly ids: readonly IdRange[];
  readonly sums: Sums;
  /** Least and greatest time, as readers take it. */
  readonly firstUs: number;
  readonly lastUs: number;
  /** Of its last trade: the event time, or the trade time where there is none; and when it was received. */
  readonly newestUs: number;
  readonly newestReceivedUs: number;
}

/** A stretch of ids of one block that is to be sent. */
export interface Piece extends IdRange {
  readonly block: number;
}

/** Ids that are held here and not there yet, cut at the edges of blocks; ascending. */
export function unpublished(held: readonly IdRange[], published: IdRanges): Piece[] {
  return held.flatMap((range) => published.missing(range)).flatMap(cutAtEdges);
}

export function cutAtEdges({ first, last }: IdRange): Piece[] {
  const pieces: Piece[] = [];
  for (let from = first; from <= last; ) {
    const block = blockOf(from);
    const to = Math.min(last, blockRange(block).last);
    pieces.push({ block, first: from, last: to });
    from = to + 1;
  }
  return pieces;
}

/** A block's row once some more trades of it are there. `timeUs`: their times, as readers take them. */
export function extended(
  row: BlockRow | undefined,
  piece: Piece,
  trades: StoredTrades,
  timeUs: Float64Array,
): BlockRow {
  const ids = idRanges(row?.ids ?? []);
  ids.hold(piece.first, piece.last);
  const end = trades.length - 1;
  const isNewest = row === undefined || piece.last > (row.ids.at(-1)?.last ?? -1);
  const eventUs = trades.eventTimeUs[end]!;
  return {
    block: piece.block,
    ids: ids.ranges.map(({ first, last }) => ({ first, last })),
    sums: addSums(row?.sums, sumsOf(trades)),
    firstUs: timeUs.reduce((least, us) => Math.min(least, us), row?.firstUs ?? Number.POSITIVE_INFINITY),
    lastUs: timeUs.reduce((most, us) => Math.max(most, us), row?.lastUs ?? Number.NEGATIVE_INFINITY),
    newestUs: isNewest ? (Number.isNaN(eventUs) ? trades.tradeTimeUs[end]! : eventUs) : row.newestUs,
    newestReceivedUs: isNewest ? trades.receivedUs[end]! : row.newestReceivedUs,
  };
}

export function addSums(a: Sums | undefined, b: Sums): Sums {
  if (a === undefined) return b;
  const add = (name: "id" | "price" | "qty" | "time"): bigint => BigInt.asIntN(64, a[name] + b[name]);
  return { rows: a.rows + b.rows, id: add("id"), price: add("price"), qty: add("qty"), time: add("time") };
}

export function sameSums(a: Sums, b: Sums): boolean {
  return a.rows === b.rows && a.id === b.id && a.price === b.price && a.qty === b.qty && a.time === b.time;
}

/** Sums of trades; the time is the trade's own. */
export function sumsOf({ length, id, priceE8, qtyE8, tradeTimeUs }: StoredTrades): Sums {
  const sum = (column: Float64Array | BigInt64Array): bigint => sumInt64(int64Bytes(column));
  return { rows: length, id: sum(id), price: sum(priceE8), qty: sum(qtyE8), time: sum(tradeTimeUs) };
}

/** Halves are summed apart: up to two million of them stay exact. */
function sumInt64(bytes: Uint8Array): bigint {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const halves = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
  let low = 0;
  let high = 0;
  for (let i = 0; i < halves.length; i += 2) {
    low += halves[i]!;
    high += halves[i + 1]!;
  }
  return BigInt.asIntN(64, BigInt(low) + (BigInt(high) << 32n));
}

/** From this distance on the time at which the exchange published a trade is taken for its own, as the store does. */
export const ODD_US = 60_000_000;

/** Times as readers take them. */
export function readTimes({ length, tradeTimeUs, eventTimeUs }: StoredTrades): Float64Array {
  const times = tradeTimeUs.slice(0, length);
  for (let i = 0; i < length; i++) {
    // no event time: NaN, which is no distance
    if (Math.abs(tradeTimeUs[i]! - eventTimeUs[i]!) >= ODD_US) times[i] = eventTimeUs[i]!;
  }
  return times;
}
