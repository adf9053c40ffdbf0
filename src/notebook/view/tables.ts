import { type Bars, barOriginText, barRuleText } from "../../core/bars.ts";
import { refuse } from "../../core/errors.ts";
import { venueLabel } from "../../core/trade.ts";
import { pl } from "../../pipeline/polars.ts";
import { barsTable } from "../../render/bars-table.ts";
import type { TableColumn, TableData } from "../../render/table-data.ts";

export interface TableSettings {
  /** Which columns, in which order; all of them unless told. */
  readonly columns?: readonly string[];
  readonly caption?: string;
  /** Cells to stand out, by column and value: `{ z: (z: number) => Math.abs(z) > 2 }`. */
  readonly alarm?: Readonly<Record<string, (value: never) => boolean>>;
}

/**
 * A table of anything that has rows or columns: Polars frames and series, Arquero tables, bars, arrays, objects of
 * arrays, plain objects. Undefined for anything else. Values are read when they are shown, so length costs nothing.
 */
export function tableOf(value: unknown, settings: TableSettings = {}): TableData | undefined {
  const table = convert(value);
  if (table === undefined) return undefined;
  const caption = settings.caption ?? table.caption;
  const alarms = Object.entries(settings.alarm ?? {}).map(
    ([name, alarm]) => [pick(table, name), alarm] as const,
  );
  const columns = settings.columns?.map((name) => pick(table, name)) ?? table.columns;
  return {
    length: table.length,
    columns: columns.map((column) => {
      const alarm = alarms.find(([of]) => of === column)?.[1];
      return alarm ? { ...column, alarm } : column;
    }),
    ...(caption !== undefined && { caption }),
  };
}

/** True for what is a table in itself: frames, series, Arquero tables, bars and tables made here. */
export function isTable(value: unknown): boolean {
  return isFrame(value) || isSeries(value) || isArquero(value) || isBars(value) || isTableData(value);
}

function pick(table: TableData, name: string): TableColumn {
  const names = table.columns.map((column) => column.name);
  return (
    table.columns[names.indexOf(name)] ??
    refuse({
      code: "no-column",
      where: "show",
      problem: `there is no column ${JSON.stringify(name)}; the columns are ${names.join(", ")}`,
      hint: "Name columns of the table, or leave columns out to see all.",
      facts: { name, names },
    })
  );
}

function convert(value: unknown): TableData | undefined {
  if (isFrame(value))
    return { length: value.height, columns: value.columns.map((n) => series(value.getColumn(n))) };
  if (isSeries(value)) return { length: value.length, columns: [series(value)] };
  if (isArquero(value)) return arquero(value);
  if (isBars(value)) return bars(value);
  if (isTableData(value)) return value;
  if (isColumn(value)) return list(value);
  if (value instanceof Map) return namesAndValues([...value]);
  if (typeof value !== "object" || value === null || !isPlain(value)) return undefined;
  return record(value as Record<string, unknown>);
}

interface PolarsType {
  readonly variant?: string;
  readonly timeUnit?: string;
  /** What a list holds; of a time its unit and zone. */
  readonly inner?: readonly unknown[] | null;
}

interface PolarsSeries {
  readonly name: string;
  readonly length: number;
  readonly dtype: PolarsType;
  getIndex(index: number): unknown;
  cast(type: unknown): PolarsSeries;
}

interface PolarsFrame {
  readonly columns: string[];
  readonly height: number;
  getColumn(name: string): PolarsSeries;
}

function series(of: PolarsSeries): TableColumn {
  const { variant = "", timeUnit = "us" } = of.dtype;
  const { length } = of;
  const name = { name: of.name, unit: typeName(of.dtype) };
  const values = lazy(length, (i) => of.getIndex(i));
  if (variant === "Datetime") {
    // as a Date, Polars hands out whole milliseconds only
    const ticks = of.cast(pl.Int64);
    const toUs = { ms: 1_000, us: 1, ns: 0.001 }[timeUnit] ?? 1;
    const microseconds = (tick: unknown): unknown => (tick === null ? null : Number(tick) * toUs);
    return { ...name, kind: "time", values: lazy(length, (i) => microseconds(ticks.getIndex(i))) };
  }
  if (variant === "Date") return { ...name, kind: "time", values };
  if (/^Float\d+$/.test(variant)) return { ...column(of.name, values, "number"), ...name };
  if (/^U?Int\d+$/.test(variant))
    return { ...column(of.name, exactIntegers(of, values), "integer"), ...name };
  return { ...name, values };
}

/** The type as Polars itself writes it above a column: `f64`, `str`, `datetime[ms]`, `list[i64]`. */
function typeName({ variant = "", timeUnit, inner }: PolarsType): string {
  const number = /^(U?Int|Float)(\d+)$/.exec(variant);
  if (number) return `${{ Int: "i", UInt: "u", Float: "f" }[number[1]!]}${number[2]}`;
  const [of] = inner ?? [];
  if (variant === "List") return `list[${typeName(of as PolarsType)}]`;
  if (variant === "Datetime") return `datetime[${[timeUnit, inner?.[1]].filter(Boolean).join(", ")}]`;
  return { String: "str", Utf8: "str", Categorical: "cat" }[variant] ?? variant.toLowerCase();
}

/** Polars hands out 64-bit integers as numbers, which beyond 2^53 are not the ones that it holds. */
function exactIntegers(of: PolarsSeries, values: ArrayLike<unknown>): ArrayLike<unknown> {
  return lazy(of.length, (i) => {
    const value = values[i];
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    return BigInt(String(of.cast(pl.Utf8).getIndex(i)));
  });
}

interface ArqueroTable {
  columnNames(): string[];
  numRows(): number;
  getter(name: string): (row: number) => unknown;
}

function arquero(table: ArqueroTable): TableData {
  const length = table.numRows();
  const columns = table.columnNames().map((name) => column(name, lazy(length, table.getter(name))));
  return { length, columns };
}

function bars(of: Bars): TableData {
  const { columns, length } = barsTable(of, [
    "start",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "vwap",
    "tradeCount",
    "complete",
  ]);
  const caption = [`${of.symbol}, bars of ${barRuleText(of.rule)}`, venueLabel(of.venue), barOriginText(of)];
  return {
    length,
    caption: caption.filter(Boolean).join(" · "),
    columns: columns.map((column) => (column.name === "tradeCount" ? { ...column, name: "trades" } : column)),
  };
}

/** Rows as objects: every key that one of the rows has is a column, in order of appearance. */
function list(values: ArrayLike<unknown>): TableData {
  const length = values.length;
  const names = new Set<string>();
  for (let i = 0; i < length; i++) {
    const row = values[i];
    if (!isRow(row)) return { length, columns: [{ name: "value", values }] };
    for (const name of Object.keys(row)) names.add(name);
  }
  const rows = values as ArrayLike<Record<string, unknown>>;
  if (names.size === 0) return { length, columns: [{ name: "value", values }] };
  return {
    length,
    columns: [...names].map((name) =>
      column(
        name,
        lazy(length, (i) => rows[i]?.[name]),
      ),
    ),
  };
}

function record(of: Record<string, unknown>): TableData {
  const entries = Object.entries(of);
  const first = entries[0]?.[1];
  const length = isColumn(first) ? first.length : -1;
  if (entries.every(([, values]) => isColumn(values) && values.length === length) && length >= 0) {
    return { length, columns: entries.map(([name, values]) => column(name, values as ArrayLike<unknown>)) };
  }
  return namesAndValues(entries);
}

function namesAndValues(entries: readonly (readonly [unknown, unknown])[]): TableData {
  return {
    length: entries.length,
    columns: [
      { name: "name", kind: "text", values: entries.map(([name]) => name) },
      {
        name: "value",
        kind: "text",
        values: entries.map(([name, value]) => shortOf(timeIfNamed(String(name), value))),
      },
    ],
  };
}

function column(name: string, values: ArrayLike<unknown>, kind?: "number" | "integer"): TableColumn {
  const first = Array.from({ length: Math.min(values.length, 50) }, (_, i) => values[i]).find(
    (v) => v != null,
  );
  if (isTime(name, first)) return { name, kind: "time", values };
  return kind === undefined ? { name, values } : { name, kind, values };
}

/** By the rule that units end a name: `startUs`, `trade_time_us`. Durations are much smaller than times since 1970. */
function isTime(name: string, value: unknown): boolean {
  const large = (typeof value === "number" || typeof value === "bigint") && Number(value) >= 1e14;
  return large && /(Us|_us)$/.test(name);
}

function timeIfNamed(name: string, value: unknown): unknown {
  return isTime(name, value) ? new Date(Number(value) / 1_000) : value;
}

/** A typed array beside other values stands for itself by how many values it has and the first of them. */
function shortOf(value: unknown): unknown {
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return value;
  const values = value as unknown as ArrayLike<number | bigint>;
  const first = Array.from({ length: Math.min(values.length, 4) }, (_, i) => {
    const one = values[i]!;
    return String(typeof one === "bigint" ? one : Number(one.toPrecision(6)));
  });
  const more = values.length > first.length ? ", …" : "";
  return `${values.length} ${values.length === 1 ? "value" : "values"}: ${first.join(", ")}${more}`;
}

/** An array-like whose values are read when asked for. */
function lazy(length: number, at: (index: number) => unknown): ArrayLike<unknown> {
  return new Proxy(
    { length },
    { get: (target, key) => (key === "length" ? target.length : at(Number(key))) },
  ) as ArrayLike<unknown>;
}

function isFrame(value: unknown): value is PolarsFrame {
  return has(value, "getColumn") && has(value, "dtypes");
}

function isSeries(value: unknown): value is PolarsSeries {
  return has(value, "dtype") && has(value, "cast") && has(value, "getIndex");
}

function isArquero(value: unknown): value is ArqueroTable {
  return has(value, "columnNames") && has(value, "numRows") && has(value, "getter");
}

function isBars(value: unknown): value is Bars {
  return has(value, "startUs") && has(value, "intervalUs") && has(value, "takerBuyVolume");
}

function isTableData(value: unknown): value is TableData {
  if (!has(value, "columns") || !has(value, "length")) return false;
  const { columns } = value as { columns: unknown };
  // `every` passes over the holes of an array
  return Array.isArray(columns) && columns.findIndex((one) => !has(one, "name") || !has(one, "values")) < 0;
}

function isColumn(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isRow(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isColumn(value) && !(value instanceof Date);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function has(value: unknown, name: string): boolean {
  return (
    typeof value === "object" && value !== null && (value as Record<string, unknown>)[name] !== undefined
  );
}
