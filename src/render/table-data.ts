import type { CellKind } from "./table-cells.ts";

export interface TableColumn {
  readonly name: string;
  readonly values: ArrayLike<unknown>;
  /** Without it, the first value that is there decides. `time` is microseconds since 1970 UTC, or a `Date`. */
  readonly kind?: CellKind;
  /** Stands beside the name: `USDT`, `%`, `bars`. */
  readonly unit?: string;
  /** Decimals of a `number`; without it, as many as show it exactly, or six significant digits. */
  readonly digits?: number;
  /** Sentences: they are broken into lines and never cut off. */
  readonly wrap?: boolean;
  /** Numbers from 0 to below it are shown as less than it: `< 0.0001`. */
  readonly floor?: number;
  /** An amount: what is less than half of its last decimal is 0, where other numbers keep their digits. */
  readonly isMoney?: boolean;
  /** Whether thousands are set apart where numbers reach 10,000; yes unless told, or unless its name ends in `id`. */
  readonly grouped?: boolean;
  /** Set to the right, as numbers are: decimal mark under decimal mark. */
  readonly right?: boolean;
  /** Left out where the table has less room than it needs. */
  readonly spare?: boolean;
  /** Cells to stand out, by their values. */
  readonly alarm?: (value: never) => boolean;
}

/** A table as columns, all of `length` rows. */
export interface TableData {
  readonly columns: readonly TableColumn[];
  readonly length: number;
  readonly caption?: string;
  /** What a page may ask about its rows: the kernel's name for the table, and one for each row. */
  readonly asks?: { readonly of: string; readonly rows: readonly string[] };
}
