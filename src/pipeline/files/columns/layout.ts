import type { DecimalMark } from "../asking.ts";
import type { TimeColumn } from "../values/time-reader.ts";
import type { Role } from "./roles.ts";

export type RowKind = "trades" | "merged" | "bars";

/** Where the bars of one symbol have what: in a wide file there are several. */
export interface BarGroup {
  /** As the file's columns name it; undefined: the file has one market, or a column that names it. */
  readonly symbol: string | undefined;
  readonly at: Readonly<Partial<Record<Role, number>>>;
}

/** Where a file has what. */
export interface Layout {
  readonly kind: RowKind;
  /** Rows in front that hold names. */
  readonly headerRows: number;
  readonly width: number;
  /** As the file has them, or as the layout's documentation names them. */
  readonly names: readonly string[];
  readonly at: Readonly<Partial<Record<Role, number>>>;
  readonly time: TimeColumn;
  /** Another column that tells the time as well, and has to agree. */
  readonly twin: { readonly at: number; readonly column: TimeColumn } | undefined;
  /** Of bars. */
  readonly groups: readonly BarGroup[];
  /** Trades: ids are an exchange's numbers, and each trade says who took. */
  readonly isCounted: boolean;
  /** The length of its bars, where the file's name or layout tells it. */
  readonly intervalUs: number | undefined;
  /** As its documentation has it: no number of such a file needs proof. */
  readonly decimal?: DecimalMark;
  /** One of this product's own exports: what it says of itself stands. */
  readonly isOwn?: boolean;
  /** What was understood without being written. */
  readonly told: readonly string[];
}

/** What is known of a file before its first row. */
export interface Expectations {
  /** Told by the name, or asked for. */
  readonly kind: RowKind | undefined;
  readonly fileName: string;
  /** By column: that it holds times, and in which unit; data frames know. */
  readonly typed?: readonly (Omit<TimeColumn, "name"> | undefined)[];
}
