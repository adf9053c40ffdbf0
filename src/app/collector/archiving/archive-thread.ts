import { parentPort, workerData } from "node:worker_threads";
import { archive } from "../../../pipeline/archive/archive.ts";
import { openLentArchive } from "../../../pipeline/store/archive-writer.ts";
import { borrowed, type Loan } from "../../../pipeline/store/write/lent-writer.ts";
import { systemClock } from "../../clock.ts";

/** What a run of the archiving has moved. */
export interface Archived {
  readonly files: number;
  readonly trades: number;
}

/** A run that its collector asked for; smaller files than the command's, as each is taken out between two commits. */
const PART_ROWS = 250_000;

const { db, keepUs, loan } = workerData as { db: string; keepUs: number; loan: Loan };
const { parts, trades } = archive({
  db,
  keepUs,
  partRows: PART_ROWS,
  nowUs: systemClock.nowUs(),
  open: (file) => openLentArchive(file, borrowed(loan)),
});
parentPort!.postMessage({ files: parts.length, trades } satisfies Archived);
loan.port.close();
