import type { Venue } from "../../core/trade.ts";
import type { BackfillStatus } from "../../pipeline/feed/backfill.ts";
import type { FeedStatus } from "../../pipeline/feed/feed.ts";
import type { Loan } from "../../pipeline/store/write/lent-writer.ts";
import type { CommitDelay } from "./commit-delay.ts";
import type { SymbolsChanged } from "./symbols/changes.ts";
import type { SymbolChoice } from "./symbols/choice.ts";
import type { SymbolStatus } from "./symbols/counts.ts";

export interface CollectorStatus {
  readonly venue: Venue;
  readonly feed: FeedStatus;
  /** Received and not committed yet. */
  readonly pending: number;
  readonly commitMs: CommitDelay;
  /** Messages that held no trade fit to be stored. */
  readonly rejected: number;
  /** Why nothing is stored at the moment; empty: all is well. */
  readonly blocked: string;
  readonly backfill: BackfillStatus;
  readonly symbols: Readonly<Record<string, SymbolStatus>>;
}

export interface Collector {
  readonly venue: Venue;
  /** Lets another thread write through its writer. */
  lend(loan: Loan): void;
  /** Collects what is chosen, and nothing else: those that stay lose nothing meanwhile. Refuses unknown ones, and to collect none. */
  choose(choice: SymbolChoice): Promise<void>;
  /** The same, told by what is to be different: until the next choice. */
  change(add: SymbolChoice | undefined, remove: readonly string[]): Promise<SymbolsChanged>;
  status(): CollectorStatus;
  /** Stops receiving, commits what has come, and tells how many trades could not be stored. */
  stop(): Promise<number>;
}
