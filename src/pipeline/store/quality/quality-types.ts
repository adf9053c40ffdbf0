import type { Venue } from "../../../core/trade.ts";
import type { FileUser } from "../file/open-files.ts";
import type { IdRange } from "../ledger/id-ranges.ts";
import type { HoleState } from "../ledger/ledger.ts";
import type { Series } from "../series.ts";
import type { CollectorFacts } from "./troubles.ts";

export type { FileUser } from "../file/open-files.ts";

/** How many ids of a span are stored. */
export interface Coverage {
  readonly ids: number;
  readonly heldIds: number;
  readonly missingIds: number;
  /** Of the missing ones: those that merged trades stand for. */
  readonly aggregatedIds: number;
  /** 100 · held / ids */
  readonly rawPercent: number;
  /** 100 · (held + aggregated) / ids */
  readonly withAggregatedPercent: number;
}

/** A hole, with the trades' times on its two sides: what was missed happened between them. */
export interface HoleSpan {
  readonly first: number;
  readonly last: number;
  readonly missingIds: number;
  readonly state: HoleState;
  readonly reason: string;
  readonly tries: number;
  readonly note: string;
  readonly foundUs: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** Where the ledger and the trades disagree. */
export interface LedgerDefect extends IdRange {
  /**
   * `no trade`: the ledger holds ids which are neither stored nor archived. `not in the ledger`: trades are stored which it does not hold.
   * `no merged trade`: a hole passes for aggregated, and merged trades do not stand for all of it.
   */
  readonly kind: "no trade" | "not in the ledger" | "no merged trade";
}

/** The ledger of ids against the trades themselves. */
export interface LedgerCheck {
  /** Ids from here to the newest were compared. */
  readonly fromId: number;
  readonly whole: boolean;
  /** The first 10. Empty: they agree. */
  readonly defects: readonly LedgerDefect[];
}

/** Receipt minus event time, nearest-rank percentiles, in milliseconds. */
export interface Latency {
  readonly trades: number;
  readonly minMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Trades a second, by trade time. */
export interface Pace {
  /** From the first id to the last, missing ones included: the market's own. Each rate is NaN for less than a second. */
  readonly meanPerSecond: number;
  /** Stored ones of the minute before the newest trade; NaN where half of its ids or more are missing. */
  readonly lastMinutePerSecond: number;
  /** Among the newest trades; NaN where all of them are archived. */
  readonly busiestSecond: { readonly startUs: number; readonly trades: number };
}

/** The room that a store takes on this machine: NaN and "" where it has no file here. */
export interface FileFacts {
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
  readonly journalMode: string;
  readonly fileBytes: number;
  /** On the disk that the file is on. */
  readonly freeBytes: number;
  /** Of the write-ahead log beside the file; 0 without one. */
  readonly walBytes: number;
  /** Pages in use, those of the log included, less the roots of everything but trades. */
  readonly tradeBytes: number;
  /** Trades in this file, of all venues and symbols: ids held less those that are archived. */
  readonly storedTrades: number;
}

/** Where a window begins: at a time, or so long before the venue's newest trade. */
export type Since = { readonly atUs: number } | { readonly backUs: number };

export interface QualityOptions {
  readonly since: Since;
  /** Compare the ledger with every trade, and not with the newest ones only. */
  readonly full: boolean;
  /** Newest trades that latency, busiest second and the usual ledger check look at. */
  readonly sampleTrades: number;
}

/** What became of the ids that were missed, by the state of their holes. */
export type HoleCounts = Readonly<Record<HoleState, { readonly holes: number; readonly missingIds: number }>>;

/** How complete, how late and how fast one symbol's trades are. */
export interface SeriesQuality {
  readonly venue: Venue;
  readonly symbol: string;
  /** Undefined: not one single trade is stored. */
  readonly trades: TradeFacts | undefined;
  /** What is there beside single trades, or in their place. */
  readonly imported?: ImportedFacts;
}

/** What came from files as merged trades or as bars. */
export interface ImportedFacts {
  readonly mergedTrades: number;
  /** By length of bar. */
  readonly bars: readonly {
    readonly intervalUs: number;
    readonly bars: number;
    readonly firstUs: number;
    readonly lastUs: number;
  }[];
}

export interface TradeFacts {
  readonly firstId: number;
  readonly lastId: number;
  readonly firstTimeUs: number;
  readonly lastTimeUs: number;
  /** When the newest trade came, by this machine's clock. */
  readonly lastReceivedUs: number;
  readonly ranges: number;
  readonly coverage: Coverage;
  /** The same since the window's begin; a hole which straddles that begin counts whole. Undefined: no trade since then. */
  readonly window: (Coverage & { readonly fromUs: number; readonly firstId: number }) | undefined;
  readonly holes: HoleCounts;
  /** Missing ids that no hole lists: must be 0. */
  readonly unlistedIds: number;
  readonly ledger: LedgerCheck;
  readonly conflicts: number;
  /** Undefined: no trade of the sample came by the stream. */
  readonly latency: Latency | undefined;
  /** Undefined, and the times NaN: all ids are held without a trade here. */
  readonly pace: Pace | undefined;
}

/** A collector that publishes to a desk's server. */
export interface Publisher {
  readonly name: string;
  /** Since it spoke last, by the server's clock, µs. */
  readonly silentUs: number;
  /** What its clock was ahead of the server's then, µs; the way there is in it. */
  readonly aheadUs: number;
  readonly series: number;
  /** Ids that its own book held then and that it had not published. */
  readonly unpublishedIds: number;
  /** When it received the newest trade that it has published. */
  readonly newestReceivedUs: number;
}

/** Read-only questions about a database's health. Each answer is consistent in itself; none keeps a snapshot. */
export interface QualityReader {
  file(): FileFacts;
  /** Other processes that have the file open, as far as the system tells. */
  users(): FileUser[];
  /** What is known of the collector; `left`: the note of holes that are left to files. */
  collector(left: string): CollectorFacts;
  /** Who publishes to a desk's server; none where what is read is a database. */
  publishers(): Publisher[];
  /** The engine's own check of all that it keeps: reads the whole file. Empty: nothing found; the first 20 or so. */
  integrityProblems(): string[];
  series(series: Series, options: QualityOptions): SeriesQuality;
  /** Holes with the times between which they lie, by ascending id: the newest `most`. */
  holes(series: Series, most: number): HoleSpan[];
  /** Receipt minus event time of the newest `most` trades, those that came by the stream; ascending. */
  latencyMs(series: Series, most: number): Float64Array;
  /** Trades stored a second in each of `buckets` equal parts of a span of trade time. O(buckets · log n). */
  storedPerSecond(series: Series, fromUs: number, toUs: number, buckets: number): Float64Array;
  close(): void;
}
