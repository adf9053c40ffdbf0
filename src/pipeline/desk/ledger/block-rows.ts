import type { Table } from "../native/decode.ts";
import { encodeBlock } from "../native/encode.ts";
import type { BlockRow } from "./blocks.ts";

/** A block's row as the server has it. */
export interface LedgerRow extends BlockRow {
  readonly venue: string;
  readonly symbol: string;
  readonly collector: string;
  /** Of its collector: rises from row to row. */
  readonly revision: number;
}

const NUMBERS = [
  "block",
  "rows",
  "first_us",
  "last_us",
  "newest_us",
  "newest_received_us",
  "revision",
] as const;
const SUMS = ["sum_id", "sum_price", "sum_qty", "sum_time"] as const;

/** What a statement asks for, so that `ledgerRows` can read its answer. */
export const LEDGER_COLUMNS: string = [
  ...["venue", "symbol", "collector"].map((name) => `CAST(${name} AS String) AS ${name}_`),
  ...["first_ids", "last_ids"].map((name) => `arrayMap(x -> toFloat64(x), ${name}) AS ${name}_`),
  ...NUMBERS.map((name) => `toFloat64(${name}) AS ${name}_`),
  ...SUMS.map((name) => `${name} AS ${name}_`),
].join(", ");

export function ledgerRows({ rows, columns }: Table): LedgerRow[] {
  const text = (name: string, i: number): string => (columns[`${name}_`] as string[])[i]!;
  const number = (name: string, i: number): number => (columns[`${name}_`] as Float64Array)[i]!;
  const sum = (name: string, i: number): bigint => (columns[`${name}_`] as BigInt64Array)[i]!;
  const ids = (name: string, i: number): number[] => (columns[`${name}_`] as number[][])[i]!;
  return Array.from({ length: rows }, (_, i) => ({
    venue: text("venue", i),
    symbol: text("symbol", i),
    collector: text("collector", i),
    block: number("block", i),
    ids: ids("first_ids", i).map((first, k) => ({ first, last: ids("last_ids", i)[k]! })),
    sums: {
      rows: number("rows", i),
      id: sum("sum_id", i),
      price: sum("sum_price", i),
      qty: sum("sum_qty", i),
      time: sum("sum_time", i),
    },
    firstUs: number("first_us", i),
    lastUs: number("last_us", i),
    newestUs: number("newest_us", i),
    newestReceivedUs: number("newest_received_us", i),
    revision: number("revision", i),
  }));
}

export const BLOCKS_INSERT: string =
  "INSERT INTO blocks (venue, symbol, collector, block, first_ids, last_ids, rows, sum_id, sum_price, sum_qty, sum_time, " +
  "first_us, last_us, newest_us, newest_received_us, revision) FORMAT Native";

/** The rows as a body for `BLOCKS_INSERT`. */
export function encodeLedgerRows(rows: readonly LedgerRow[]): Uint8Array {
  const text = (name: "venue" | "symbol" | "collector") =>
    ({ name, type: "String", values: rows.map((row) => row[name]) }) as const;
  const whole = (name: string, of: (row: LedgerRow) => number) =>
    ({ name, type: "Int64", values: Float64Array.from(rows, of) }) as const;
  const sum = (name: string, of: "id" | "price" | "qty" | "time") =>
    ({ name, type: "Int64", values: BigInt64Array.from(rows, (row) => row.sums[of]) }) as const;
  const ids = (name: string, end: "first" | "last") =>
    ({ name, type: "Array(Int64)", values: rows.map((row) => row.ids.map((range) => range[end])) }) as const;
  return encodeBlock(rows.length, [
    text("venue"),
    text("symbol"),
    text("collector"),
    whole("block", ({ block }) => block),
    ids("first_ids", "first"),
    ids("last_ids", "last"),
    whole("rows", ({ sums }) => sums.rows),
    sum("sum_id", "id"),
    sum("sum_price", "price"),
    sum("sum_qty", "qty"),
    sum("sum_time", "time"),
    whole("first_us", ({ firstUs }) => firstUs),
    whole("last_us", ({ lastUs }) => lastUs),
    whole("newest_us", ({ newestUs }) => newestUs),
    whole("newest_received_us", ({ newestReceivedUs }) => newestReceivedUs),
    whole("revision", ({ revision }) => revision),
  ]);
}
