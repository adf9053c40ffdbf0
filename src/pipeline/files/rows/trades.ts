import { DECIMAL_PLACES } from "../../../core/decimal.ts";
import { quote } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import { createBatch, type TradeBatch } from "../../store/write/batch.ts";
import { type Asking, refuseRow } from "../asking.ts";
import type { Layout } from "../columns/layout.ts";
import { type Scaled, scaled, wideColumn } from "../values/e8.ts";
import { type InstantReader, instantReader } from "../values/instants.ts";
import type { RowReader } from "./row-reader.ts";
import { makerOf } from "./taker.ts";

/** The time that a file's rows lie in, as its name says. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
  readonly period: string;
}

export interface TradeContext {
  /** Refused in a column of symbols: any other. Undefined: whatever the file has. */
  readonly symbol: string | undefined;
  readonly span: Span | undefined;
  readonly receivedUs: number;
}

/** Rows of a file of trades, in their order, as columns; `rows` counts what they came from. */
export interface TradeRows {
  readonly rows: number;
  readonly batch: TradeBatch;
  /** Of merged trades: the last trade that each stands for, and its own number. */
  readonly lastId: Float64Array;
  readonly aggId: Float64Array;
}

export interface TradeTaker {
  take(cells: readonly string[], row: number): void;
  /** What was taken since the last call; undefined: nothing. */
  piece(): TradeRows | undefined;
  readonly pending: number;
  end(): void;
  /** By the index that a batch has. */
  readonly symbols: readonly string[];
}

export const PIECE_ROWS = 20_000;
/** `source` of a trade that came from a file. */
export const FROM_FILE = 2;
/** A trade's time may lie this far before its predecessor's. */
export const MOST_BACK_US = 60_000_000;
const DAY_US = 86_400e6;
/** What a period's first and last rows may lie outside it. */
const SPAN_SLACK_US = 60_000_000;

export function tradeTaker(
  asking: Asking,
  layout: Layout,
  reader: RowReader,
  context: TradeContext,
): TradeTaker {
  const { kind, isCounted, at } = layout;
  const { span, receivedUs } = context;
  const isMerged = kind === "merged";
  const symbols = symbolIndex(asking, context.symbol);
  const instants = instantReader(asking, reader.zone, {});
  const time = timeOf(asking, reader, instants, span);
  const maker = makerOf(asking, layout);
  const hasLast = at.lastId !== undefined;
  const shared: Shared = {
    symbol: at.symbol === undefined ? new Uint16Array(PIECE_ROWS) : undefined,
    eventTimeUs: at.eventTime === undefined ? new Float64Array(PIECE_ROWS).fill(Number.NaN) : undefined,
    receivedUs: new Float64Array(PIECE_ROWS).fill(receivedUs),
    source: new Uint8Array(PIECE_ROWS).fill(FROM_FILE),
  };
  let columns = columnsOf(shared, hasLast);
  let rows = 0;
  let [newestId, newestUs] = [-1, Number.NEGATIVE_INFINITY];
  const decimal = decimalOf(asking, reader, layout);
  const whole = wholeOf(asking);
  return {
    take: (cells, row) => {
      reader.shape(cells, row);
      rows++;
      const { batch } = columns;
      const i = batch.length;
      const symbol = at.symbol === undefined ? symbols.only() : symbols.of(reader.symbol(cells, row), row);
      // a repeat that the exchange took out of its files, in 2022: its id stays, it stands for no trade
      if (isMerged && isTakenOut(cells, at)) return;
      const price = decimal("price", cells, row);
      columns.price.set(i, price);
      const priceDecimals = price.decimals;
      const qty = decimal("qty", cells, row);
      columns.qty.set(i, qty);
      batch.decimals[i] = (DECIMAL_PLACES - priceDecimals) * 9 + DECIMAL_PLACES - qty.decimals;
      const id = isCounted || isMerged ? whole(cells[at.id!]!, "id", row) : row;
      if (at.symbol !== undefined) batch.symbol[i] = symbol;
      batch.id[i] = isMerged ? whole(cells[at.firstId!]!, "first_id", row) : id;
      if (hasLast) {
        columns.aggId[i] = id;
        columns.lastId[i] = lastIdOf(cells, row, batch.id[i]!);
      }
      const us = time(cells, row);
      batch.tradeTimeUs[i] = us;
      // in the order of ids times do not go back, but for jitter
      if (id > newestId) {
        if (us < newestUs - MOST_BACK_US && !reader.times.isProvisional) wentBack(asking, row, newestUs, us);
        newestId = id;
        if (us > newestUs) newestUs = us;
      }
      if (at.eventTime !== undefined) batch.eventTimeUs[i] = reader.eventTime(cells, row);
      batch.isBuyerMaker[i] = maker(cells, row) ? 1 : 0;
      batch.length = i + 1;
    },
    piece: () => {
      if (rows === 0) return undefined;
      const { batch, lastId, aggId } = columns;
      const done = { rows, batch, lastId, aggId };
      columns = columnsOf(shared, hasLast);
      rows = 0;
      return done;
    },
    get pending() {
      return rows;
    },
    end: () => instants.end(),
    symbols: symbols.names,
  };

  function lastIdOf(cells: readonly string[], row: number, first: number): number {
    if (at.lastId === undefined) return first;
    const last = cells[at.lastId]!;
    const id = last === "" ? first : whole(last, "last_id", row);
    if (id >= first) return id;
    return refuseRow(asking, {
      row,
      column: "last_id",
      need: `ids from first to last; got ${first} to ${id}`,
    });
  }
}

function wentBack(asking: Asking, row: number, newestUs: number, us: number): never {
  return refuseRow(asking, {
    row,
    column: "time",
    need: `times which do not go back; after ${formatUtc(newestUs)} comes ${formatUtc(us)}`,
  });
}

function isTakenOut(cells: readonly string[], at: Layout["at"]): boolean {
  const [price, qty] = [cells[at.price!], cells[at.qty!]];
  return (
    cells[at.firstId!] === "-1" && cells[at.lastId!] === "-1" && Number(price) === 0 && Number(qty) === 0
  );
}

/** Columns for a piece; all its own. */
export function emptyRows(): {
  readonly batch: TradeBatch;
  readonly lastId: Float64Array;
  readonly aggId: Float64Array;
} {
  return {
    batch: createBatch(PIECE_ROWS),
    lastId: new Float64Array(PIECE_ROWS),
    aggId: new Float64Array(PIECE_ROWS),
  };
}

/** What is the same in every row of a file is one column for all its pieces. */
interface Shared {
  readonly symbol: Uint16Array | undefined;
  readonly eventTimeUs: Float64Array | undefined;
  readonly receivedUs: Float64Array;
  readonly source: Uint8Array;
}

function columnsOf(shared: Shared, isMerged: boolean) {
  const id = new Float64Array(PIECE_ROWS);
  const batch: TradeBatch = {
    length: 0,
    symbol: shared.symbol ?? new Uint16Array(PIECE_ROWS),
    id,
    priceE8: new BigInt64Array(PIECE_ROWS),
    qtyE8: new BigInt64Array(PIECE_ROWS),
    decimals: new Uint8Array(PIECE_ROWS),
    tradeTimeUs: new Float64Array(PIECE_ROWS),
    eventTimeUs: shared.eventTimeUs ?? new Float64Array(PIECE_ROWS),
    receivedUs: shared.receivedUs,
    isBuyerMaker: new Uint8Array(PIECE_ROWS),
    source: shared.source,
  };
  return {
    batch,
    price: wideColumn(batch.priceE8),
    qty: wideColumn(batch.qtyE8),
    lastId: isMerged ? new Float64Array(PIECE_ROWS) : id,
    aggId: isMerged ? new Float64Array(PIECE_ROWS) : id,
  };
}

function symbolIndex(asking: Asking, wanted: string | undefined) {
  const names: string[] = [];
  const same = (a: string, b: string): boolean => a === b || plain(a) === plain(b);
  return {
    names,
    only: () => {
      if (names.length === 0) names.push(wanted ?? "");
      return 0;
    },
    of: (cell: string, row: number): number => {
      const known = names.indexOf(cell);
      if (known >= 0) return known;
      if (wanted !== undefined && !same(cell, wanted)) {
        refuseRow(asking, {
          row,
          column: "symbol",
          need: `${quote(wanted, 40)} in every row; got ${quote(cell, 40)}`,
          hint: "Import each symbol from a file of its own. Nothing was taken from this file.",
        });
      }
      names.push(cell);
      return names.length - 1;
    },
  };
}

/** `BTC/USDT`, `BTC-USDT` and `BTCUSDT` are one market, written by three hands. */
export function plain(symbol: string): string {
  return symbol.replace(/[-/_:\s]/g, "").toUpperCase();
}

function wholeOf(asking: Asking): (text: string, column: string, row: number) => number {
  return (text, column, row) => {
    const value = /^\d{1,16}$/.test(text)
      ? Number(text)
      : /^\d{1,16}\.0$/.test(text)
        ? Number(text)
        : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    return refuseRow(asking, { row, column, need: `a whole number below 2^53; got ${quote(text, 40)}` });
  };
}

function decimalOf(asking: Asking, { numbers }: RowReader, { at, names }: Layout) {
  return (role: "price" | "qty", cells: readonly string[], row: number): Scaled => {
    const text = cells[at[role]!]!;
    const column = names[at[role]!]!;
    const number = numbers.read(text, row, column);
    const value = number.startsWith("-") ? undefined : scaled(number);
    if (value !== undefined && value.value !== 0) return value;
    return refuseRow(asking, {
      row,
      column,
      need: `a decimal above 0 with at most 8 decimals; got ${quote(text, 40)}`,
    });
  };
}

function timeOf(asking: Asking, reader: RowReader, instants: InstantReader, span: Span | undefined) {
  return (cells: readonly string[], row: number): number => {
    const { wallUs, offsetUs } = reader.time(cells, row);
    if (reader.times.isProvisional) return wallUs;
    const us = instants.next(wallUs, offsetUs, row);
    if (us > asking.nowUs + DAY_US)
      refuseRow(asking, { row, column: "time", need: `a time that has been; got ${formatUtc(us)}` });
    if (span && (us < span.fromUs - SPAN_SLACK_US || us >= span.toUs + SPAN_SLACK_US)) {
      refuseRow(asking, {
        row,
        column: "time",
        need: `a time in ${span.period}, as the file's name says; got ${formatUtc(us)}`,
      });
    }
    return us;
  };
}
