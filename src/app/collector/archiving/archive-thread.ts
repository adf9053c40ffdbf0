import { parentPort, workerData } from "node:worker_threads";
import { type ArchiveDefect, archive } from "../../../pipeline/archive/archive.ts";
import { type RetentionResult, removeOld } from "../../../pipeline/archive/retention.ts";
import { type ArchiveWriter, openLentArchive } from "../../../pipeline/store/archive-writer.ts";
import { borrowed, type Loan } from "../../../pipeline/store/write/lent-writer.ts";
import { systemClock } from "../../clock.ts";

/** What a run of the archiving has moved. */
export interface Archived {
  readonly files: number;
  readonly trades: number;
  /** Of the oldest days, which are not kept. */
  readonly removed: {
    readonly files: number;
    readonly trades: number;
    readonly kept: readonly ArchiveDefect[];
  };
}

/** A run that its collector asked for; smaller files than the command's, as each is taken out between two commits. */
const PART_ROWS = 250_000;

const { db, archiveAfterUs, keepUs, loan } = workerData as {
  db: string;
  archiveAfterUs: number;
  keepUs: number | undefined;
  loan: Loan;
};
const nowUs = systemClock.nowUs();
const open = (file: string): ArchiveWriter => openLentArchive(file, borrowed(loan));
const noneRemoved = { files: 0, trades: 0, kept: [] };
const remove = (): Omit<RetentionResult, "bytes"> =>
  keepUs === undefined ? noneRemoved : removeOld({ db, keepUs, nowUs, open });
// first of all: a disk that is full has no room for an archive
const before = remove();
let parts: readonly unknown[] = [];
let trades = 0;
try {
  ({ parts, trades } = archive({ db, keepUs: archiveAfterUs, partRows: PART_ROWS, nowUs, open }));
} finally {
  const after = parts.length > 0 ? remove() : { ...noneRemoved, kept: before.kept };
  const removed = {
    files: before.files + after.files,
    trades: before.trades + after.trades,
    kept: after.kept,
  };
  parentPort!.postMessage({ files: parts.length, trades, removed } satisfies Archived);
}
loan.port.close();
