import type Database from "better-sqlite3";
import type { TradeColumns } from "../../../core/trade-columns.ts";

/**
 * Typed arrays that statements fill: a function that SQLite calls for each row stores it, so no row object is made. As a
 * condition which never holds it spares SQLite a result: `WHERE … AND fill(FIELDS)`, or `fill_with_id(FIELDS, trade_id)`.
 */
export interface ColumnSink {
  /** Forgets what is there, and takes memory for so many rows. */
  begin(rows: number): void;
  /** Rows that were filled, and those that there is memory for; beyond it rows are counted and lost. */
  filled(): number;
  room(): number;
  /** Memory for so many rows, those that are filled included. */
  reserve(rows: number): void;
  /** Forgets the rows from this one on. */
  cutTo(row: number): void;
  /** Gives the rows from this one on ascending ids without a gap. */
  countIds(row: number, firstId: number): void;
  /** Hands over what was filled, and keeps none of it. */
  take(): TradeColumns;
}

/** What the functions take of a row, in their order. */
export const FIELDS = "trade_time_us, price_e8, qty_e8, is_buyer_maker";

export const COLUMNS = ["id", "tradeTimeUs", "price", "qty", "isBuyerMaker"] as const;

export function columnSink(db: Database.Database): ColumnSink {
  let columns = allocate(0);
  let { id: ids, tradeTimeUs: times, price: prices, qty: qtys, isBuyerMaker: makers } = columns;
  let filled = 0;
  const step = (timeUs: number, priceE8: number, qtyE8: number, isBuyerMaker: number): number => {
    times[filled] = timeUs;
    prices[filled] = priceE8 / 1e8;
    qtys[filled] = qtyE8 / 1e8;
    makers[filled] = isBuyerMaker;
    filled++;
    return 0;
  };
  const stepWithId = (timeUs: number, priceE8: number, qtyE8: number, maker: number, id: number): number => {
    ids[filled] = id;
    return step(timeUs, priceE8, qtyE8, maker);
  };
  db.function("fill", { directOnly: true }, step as (...values: unknown[]) => unknown);
  db.function("fill_with_id", { directOnly: true }, stepWithId as (...values: unknown[]) => unknown);

  const aim = (made: TradeColumns): void => {
    columns = made;
    ({ id: ids, tradeTimeUs: times, price: prices, qty: qtys, isBuyerMaker: makers } = columns);
  };
  return {
    begin: (rows) => {
      aim(allocate(rows));
      filled = 0;
    },
    filled: () => filled,
    room: () => columns.length,
    reserve: (rows) => {
      if (rows <= columns.length) return;
      const old = columns;
      aim(allocate(Math.max(rows, 2 * old.length)));
      for (const name of COLUMNS) columns[name].set(old[name].subarray(0, filled));
    },
    cutTo: (row) => {
      filled = row;
    },
    countIds: (row, firstId) => {
      for (let i = row; i < filled; i++) ids[i] = firstId + i - row;
    },
    take: () => {
      const taken = firstRows(columns, filled);
      aim(allocate(0));
      return taken;
    },
  };
}

export function allocate(length: number): TradeColumns {
  return {
    length,
    id: new Float64Array(length),
    tradeTimeUs: new Float64Array(length),
    price: new Float64Array(length),
    qty: new Float64Array(length),
    isBuyerMaker: new Uint8Array(length),
  };
}

/** The first rows; a copy where most of the memory would be idle. */
function firstRows(columns: TradeColumns, length: number): TradeColumns {
  const isIdle = columns.length > 1.25 * length + 1024;
  const of = <Column extends Float64Array | Uint8Array>(column: Column): Column =>
    (isIdle ? column.slice(0, length) : column.subarray(0, length)) as Column;
  const { id, tradeTimeUs, price, qty, isBuyerMaker } = columns;
  return {
    length,
    id: of(id),
    tradeTimeUs: of(tradeTimeUs),
    price: of(price),
    qty: of(qty),
    isBuyerMaker: of(isBuyerMaker),
  };
}
