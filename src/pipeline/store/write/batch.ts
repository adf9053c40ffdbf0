import { DECIMAL_PLACES, decimalsOf, parseE8 } from "../../../core/decimal.ts";
import type { Trade, TradeSource } from "../../../core/trade.ts";

const SOURCES: readonly TradeSource[] = ["ws", "rest", "import"];

/** Trades on their way to the store, as columns: cheap to hand to another thread. */
export interface TradeBatch {
  length: number;
  /** Index into the writer's list of symbols. */
  readonly symbol: Uint16Array;
  readonly id: Float64Array;
  readonly priceE8: BigInt64Array;
  readonly qtyE8: BigInt64Array;
  /** (8 − decimals of the price) × 9 + (8 − decimals of the quantity) */
  readonly decimals: Uint8Array;
  readonly tradeTimeUs: Float64Array;
  /** NaN: none. */
  readonly eventTimeUs: Float64Array;
  readonly receivedUs: Float64Array;
  readonly isBuyerMaker: Uint8Array;
  /** 0 ws, 1 rest, 2 import */
  readonly source: Uint8Array;
}

type BatchColumn = Exclude<keyof TradeBatch, "length">;

/** What is known of each trade, as the names of its columns. */
export const TRADE_COLUMNS: readonly Exclude<BatchColumn, "symbol">[] = [
  "id",
  "priceE8",
  "qtyE8",
  "decimals",
  "tradeTimeUs",
  "eventTimeUs",
  "receivedUs",
  "isBuyerMaker",
  "source",
];

/** The columns of a batch. */
export const BATCH_COLUMNS: readonly BatchColumn[] = ["symbol", ...TRADE_COLUMNS];

export function createBatch(capacity: number): TradeBatch {
  return {
    length: 0,
    symbol: new Uint16Array(capacity),
    id: new Float64Array(capacity),
    priceE8: new BigInt64Array(capacity),
    qtyE8: new BigInt64Array(capacity),
    decimals: new Uint8Array(capacity),
    tradeTimeUs: new Float64Array(capacity),
    eventTimeUs: new Float64Array(capacity),
    receivedUs: new Float64Array(capacity),
    isBuyerMaker: new Uint8Array(capacity),
    source: new Uint8Array(capacity),
  };
}

/** The largest text-exact trade number this store takes: beyond it JavaScript rounds integers. */
const MAX_ID = Number.MAX_SAFE_INTEGER;

/**
 * Why a trade can't be stored, in words; undefined where it can. Price and quantity must be positive plain decimals,
 * the id and the times whole numbers which JavaScript holds exactly.
 */
export function tradeDefect(trade: Trade): string | undefined {
  if (!Number.isSafeInteger(trade.id) || trade.id < 0 || trade.id > MAX_ID)
    return "trade id is not a whole number below 2^53";
  for (const name of ["price", "qty"] as const) {
    const text = trade[name];
    const e8 = typeof text === "string" ? parseE8(text) : undefined;
    if (e8 === undefined) return `${name} is not plain decimal text`;
    if (e8 === 0n) return `${name} is zero`;
  }
  if (!Number.isSafeInteger(trade.tradeTimeUs)) return "trade time is not a whole number";
  if (trade.eventTimeUs !== null && !Number.isSafeInteger(trade.eventTimeUs))
    return "event time is not a whole number";
  if (typeof trade.isBuyerMaker !== "boolean") return "buyer-is-maker is not true or false";
  return undefined;
}

/** Appends a trade that `tradeDefect` found nothing against; false when the batch is full. */
export function pushTrade(batch: TradeBatch, symbolIndex: number, trade: Trade): boolean {
  const i = batch.length;
  if (i === batch.id.length) return false;
  batch.symbol[i] = symbolIndex;
  batch.id[i] = trade.id;
  batch.priceE8[i] = parseE8(trade.price)!;
  batch.qtyE8[i] = parseE8(trade.qty)!;
  batch.decimals[i] = (DECIMAL_PLACES - decimalsOf(trade.price)) * 9 + DECIMAL_PLACES - decimalsOf(trade.qty);
  batch.tradeTimeUs[i] = trade.tradeTimeUs;
  batch.eventTimeUs[i] = trade.eventTimeUs ?? Number.NaN;
  batch.receivedUs[i] = trade.receivedUs;
  batch.isBuyerMaker[i] = trade.isBuyerMaker ? 1 : 0;
  batch.source[i] = SOURCES.indexOf(trade.source);
  batch.length = i + 1;
  return true;
}

/** Receipt to commit of a batch's first and last trade; the others are taken to lie evenly between. */
export interface BatchDelay {
  readonly length: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The buffers to transfer with a batch. */
export function batchBuffers(batch: TradeBatch): ArrayBuffer[] {
  return Object.values(batch).flatMap((column) =>
    ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : [],
  );
}
