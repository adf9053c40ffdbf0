import type { IdRange } from "../store/ledger/id-ranges.ts";
import { createBatch, type TradeBatch } from "../store/write/batch.ts";
import type { RowKind } from "./layout.ts";
import type { Piece } from "./rows.ts";

/** What a whole file holds. */
export interface FileFacts {
  readonly kind: RowKind;
  readonly rows: number;
  /** Of trades, and of those that merged trades stand for. */
  readonly ids: IdRange | undefined;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Of bars: the greatest common divisor of the times between them; 0 with fewer than two. */
  readonly stepUs: number;
  /** Trades from all over the file, 1,024 at the most. */
  readonly sample: TradeBatch;
}

export interface FactsTaker {
  take(piece: Piece): void;
  /** Undefined: there was no row. */
  facts(): FileFacts | undefined;
}

const SAMPLE = 1024;
const PER_PIECE = 8;

export function factsTaker(): FactsTaker {
  const sample = createBatch(SAMPLE);
  let kind: RowKind | undefined;
  let rows = 0;
  let ids: IdRange | undefined;
  let [firstUs, lastUs, stepUs] = [Number.NaN, Number.NaN, 0];
  const saw = (us: number): void => {
    if (Number.isNaN(firstUs) || us < firstUs) firstUs = us;
    if (Number.isNaN(lastUs) || us > lastUs) lastUs = us;
  };
  const span = (first: number, last: number): void => {
    ids = { first: Math.min(first, ids?.first ?? first), last: Math.max(last, ids?.last ?? last) };
  };
  return {
    take: (piece) => {
      kind = piece.kind;
      rows += piece.rows;
      if (piece.kind === "trades") {
        const { batch } = piece;
        for (let i = 0; i < batch.length; i++) saw(batch.tradeTimeUs[i]!);
        span(batch.id[0]!, batch.id[batch.length - 1]!);
        for (let k = 0; k < Math.min(PER_PIECE, batch.length); k++) {
          if (sample.length === SAMPLE) thin(sample);
          copyRow(batch, Math.floor((k * batch.length) / PER_PIECE), sample, sample.length++);
        }
      } else if (piece.kind === "aggTrades") {
        for (const { first, last, tradeTimeUs } of piece.merged) {
          saw(tradeTimeUs);
          span(first, last);
        }
      } else {
        for (const { startUs } of piece.bars) {
          if (!Number.isNaN(lastUs)) stepUs = divisor(stepUs, startUs - lastUs);
          saw(startUs);
        }
      }
    },
    facts: () => (kind === undefined ? undefined : { kind, rows, ids, firstUs, lastUs, stepUs, sample }),
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

function divisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
