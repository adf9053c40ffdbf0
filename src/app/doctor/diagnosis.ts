import type { FileFacts, SeriesQuality } from "../../pipeline/store/quality/quality-types.ts";

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
  readonly since: string;
  readonly sampleTrades: number;
  readonly series: readonly SeriesQuality[];
  /** What a full check would have looked at. */
  readonly notChecked: readonly string[];
}

/** One thing the doctor has to say. */
export interface Finding {
  /** Stable: `damaged`, `ledger-mismatch`, `unlisted-ids`, `open-holes`, `conflicts`, `archive-missing`, `wal-large`, `disk-soon-full`, and of notes `gaps-kept`, `clock-offset`, `quiet`, `other-time`, `no-trades`. */
  readonly code: string;
  /** Whether somebody should act; else it is a note. */
  readonly attention: boolean;
  /** What it is about; neither: the file. */
  readonly venue?: string;
  readonly symbol?: string;
  /** What is the matter, and what to do. */
  readonly text: string;
}
