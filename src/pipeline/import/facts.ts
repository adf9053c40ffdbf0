import type { TradeRows } from "../files/rows/trades.ts";
import type { IdRange } from "../store/ledger/id-ranges.ts";
import { createBatch, type TradeBatch } from "../store/write/batch.ts";

/** What a whole file of trades holds. */
export interface TradeFacts {
  readonly rows: number;
  /** Of trades, and of those that merged trades stand for. */
  readonly ids: IdRange;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Each row's ids lie above those of the row before it. */
  readonly isInOrder: boolean;
  /** Some rows stand for several trades. */
  readonly isMerged: boolean;
  /** Trades from all over the file, 1,024 at the most. */
  readonly sample: TradeBatch;
}

export interface FactsTaker {
  take(piece: TradeRows): void;
  readonly isInOrder: boolean;
  facts(): TradeFacts;
}

const SAMPLE = 1024;
const PER_PIECE = 8;

export function tradeFacts(): FactsTaker {
  const sample = createBatch(SAMPLE);
  let [rows, firstId, lastId] = [0, Number.POSITIVE_INFINITY, -1];
  let [firstUs, lastUs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [isInOrder, isMerged, before] = [true, false, -1];
  return {
    take: (piece) => {
      rows += piece.rows;
      const { batch } = piece;
      for (let i = 0; i < batch.length; i++) {
        const us = batch.tradeTimeUs[i]!;
        if (us < firstUs) firstUs = us;
        if (us > lastUs) lastUs = us;
        const id = batch.id[i]!;
        const last = piece.lastId[i]!;
        if (last > id) isMerged = true;
        if (id <= before) isInOrder = false;
        before = last;
        if (id < firstId) firstId = id;
        if (last > lastId) lastId = last;
      }
      for (let k = 0; k < Math.min(PER_PIECE, batch.length); k++) {
        if (sample.length === SAMPLE) thin(sample);
        copyRow(batch, Math.floor((k * batch.length) / PER_PIECE), sample, sample.length++);
      }
    },
    get isInOrder() {
      return isInOrder;
    },
    facts: () => ({
      rows,
      ids: { first: firstId, last: lastId },
      firstUs,
      lastUs,
      isInOrder,
      isMerged,
      sample,
    }),
  };
}

function copyRow(from: TradeBatch, i: number, to: TradeBatch, j: number): void {
  to.symbol[j] = from.symbol[i]!;
  to.id[j] = from.id[i]!;
  to.priceE8[j] = from.priceE8[i]!;
  to.qtyE8[j] = from.qtyE8[i]!;
  to.tradeTimeUs[j] = from.tradeTimeUs[i]!;
  to.isBuyerMaker[j] = from.isBuyerMaker[i]!;
}

/** Keeps every other row. */
function thin(sample: TradeBatch): void {
  const half = sample.length >> 1;
  for (let i = 0; i < half; i++) copyRow(sample, 2 * i, sample, i);
  sample.length = half;
}
