import type { TradeColumns } from "../../core/trade-columns.ts";
import type { TradeSums } from "../../core/trade-sums.ts";
import type { ImportedBars } from "./imported.ts";
import type { IdRange } from "./ledger/id-ranges.ts";
import type { QualityReader } from "./quality/quality-types.ts";
import type { StoredTrades } from "./read/stored-trades.ts";
import type { Series } from "./series.ts";

export type { Series, SeriesKey } from "./series.ts";

declare const OPAQUE: unique symbol;

/** How far a series was read, and as it was at which revision of the ledger; nobody but its store looks into it. */
export interface Cursor {
  readonly [OPAQUE]: "cursor";
}

/**
 * Trades by id or by trade time, each from (included) and to (not included); all of them unless told. By time a trade counts
 * by its own: of trades whose times went back, some between two that are in may not be.
 */
export interface TradeRange {
  readonly fromId?: number;
  readonly toId?: number;
  readonly fromUs?: number;
  readonly toUs?: number;
  /** The first so many rows. */
  readonly limit?: number;
}

export interface NewestTrade {
  readonly id: number;
  readonly timeUs: number;
  readonly receivedUs: number;
}

/** What merged trades add up to. */
export interface ExactMerged {
  /** The first of their ids. */
  readonly id: number;
  readonly priceE8: bigint;
  readonly qtyE8: bigint;
}

/** What is new since a cursor. */
export interface Changes {
  /** The first id that was not read yet. */
  readonly fromId: number;
  /** The trades from there on. */
  readonly trades: TradeColumns;
  /** Ids below it that have come since, ascending: what was made of their neighbourhood has to be made again. */
  readonly late: readonly IdRange[];
  /** To be passed next time. */
  readonly cursor: Cursor;
}

/**
 * Trades to be read, wherever they lie: never blocks the collector, never keeps a snapshot after a call. Whoever reads through it
 * knows no file, no address and no database engine.
 */
export interface TradeStore {
  /** What it is called in sentences. */
  readonly label: string;
  /** Every venue and symbol there is, in the order in which they came. */
  series(): Series[];
  /** Trades of a range as columns, with the holes that touch them. Merged trades stand where no single ones could be had. */
  trades(series: Series, range?: TradeRange): TradeColumns;
  /** The same piece by piece, `rows` at most in each: memory stays bounded, however long the range is. */
  blocks(series: Series, range?: TradeRange, rows?: number): Generator<TradeColumns, void, undefined>;
  /**
   * The trades of a range of ids as sums of steps of time, and as trades where they can't be summed so; undefined where that is
   * no faster, absent where it never is.
   */
  sums?(
    series: Series,
    ids: { readonly fromId: number; readonly toId: number },
    stepUs: number,
  ): Generator<TradeColumns | TradeSums, void, undefined> | undefined;
  /** Single trades with `fromId` ≤ id < `toId`, the first `limit`, with everything that is known of them. */
  exact(series: Series, fromId: number, toId: number, limit: number): StoredTrades;
  /** Merged trades that begin with `fromId` ≤ id < `toId`, to the last digit: a double has fewer than their decimals at times. */
  exactMerged(series: Series, fromId: number, toId: number): ExactMerged[];
  /** Where to begin: before the trades from `fromId` on. */
  cursor(series: Series, fromId: number): Cursor;
  /** Trades above the cursor, `limit` at most, and which below it came late. Costs what is new, not what is stored. */
  changes(series: Series, cursor: Cursor, limit?: number): Changes;
  /** The ids missing from `first` to `last`, or next to them, each hole in full. */
  holes(series: Series, first: number, last: number): IdRange[];
  /**
   * The first id whose trade comes at `timeUs` or later, which is where a bar that starts then begins; later ids may be of
   * earlier trades. Undefined when there is none. O(log n), and what a minute holds.
   */
  firstIdAt(series: Series, timeUs: number): number | undefined;
  /** The last trade by id (below `belowId`), merged ones included, its time being the event time, or the trade time where there is none. */
  newest(series: Series, belowId?: number): NewestTrade | undefined;
  /** Work whose synchronous reads are all of one state, whatever is committed meanwhile. */
  atOneTime<T>(work: () => T): T;
  /** Another value whenever somebody else has committed. */
  version(): unknown;
  /** Refuses where trades of a range that are held can't be read now: a file of the archive that is gone. */
  checkThere(series: Series, fromId: number, toId: number): void;
  /** Whether what was opened is still what its source leads to: not where a database was replaced by another. */
  isCurrent(): boolean;
  /** Questions about its health, to be closed. */
  quality(): QualityReader;
  /** The bars that came as bars, to be closed. */
  importedBars(): ImportedBars;
  close(): void;
}
