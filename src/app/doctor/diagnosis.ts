import type { FileFacts, Publisher, SeriesQuality } from "../../pipeline/store/quality/quality-types.ts";
import type { CollectorFacts } from "../../pipeline/store/quality/troubles.ts";

export interface Disk extends FileFacts {
  /** NaN below 1,000 trades. */
  readonly bytesPerTrade: number;
  /** At the pace of the day before the newest trade; NaN where no market runs on this machine's time. */
  readonly growthBytesPerDay: number;
  readonly daysUntilFull: number;
}

/** What the doctor found; as JSON, NaN and undefined are null. Times are µs since 1970 UTC. */
export interface Diagnosis {
  readonly path: string;
  readonly checkedUs: number;
  /** No finding asks for attention. */
  readonly healthy: boolean;
  /** Those that ask for attention first. */
  readonly findings: readonly Finding[];
  readonly disk: Disk;
  readonly integrity: {
    /** Whether SQLite has checked every page. */
    readonly checked: boolean;
    readonly problems: readonly string[];
    /** Files of the archive that are not there, each with what to do. */
    readonly missingFiles: readonly string[];
  };
  readonly collector: CollectorFacts;
  /** Of a desk's server: who publishes to it. */
  readonly publishers: readonly Publisher[];
  readonly since: string;
  readonly sampleTrades: number;
  readonly series: readonly SeriesQuality[];
  /** What a full check would have looked at. */
  readonly notChecked: readonly string[];
}

/** One thing the doctor has to say. */
export interface Finding {
  /** Stable: `damaged`, `ledger-mismatch`, `unlisted-ids`, `open-holes`, `conflicts`, `archive-missing`, `symbol-refused`, `not-collecting`, `not-publishing`, `holes-for-files`, `wal-large`, `disk-soon-full`, and of notes `gaps-kept`, `clock-offset`, `quiet`, `other-time`, `no-trades`. */
  readonly code: string;
  /** Whether somebody should act; else it is a note. */
  readonly attention: boolean;
  /** What it is about; neither: the file. */
  readonly venue?: string;
  readonly symbol?: string;
  /** What is the matter, and what to do. */
  readonly text: string;
}

/**
 * What the doctor's program ends with: 0 healthy; 5 the file is damaged; 4 trades of a symbol come and are not stored; 3
 * nothing is collected though it was until lately; 1 something else needs attention. (2: refused.)
 */
export function exitCodeOf({ findings }: Pick<Diagnosis, "findings">): number {
  const codes = findings.filter(({ attention }) => attention).map(({ code }) => code);
  if (codes.includes("damaged")) return 5;
  if (codes.includes("symbol-refused")) return 4;
  if (codes.includes("not-collecting")) return 3;
  return codes.length > 0 ? 1 : 0;
}
