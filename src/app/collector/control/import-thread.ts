import { parentPort, workerData } from "node:worker_threads";
import { type Refusal, TickbookError } from "../../../core/errors.ts";
import {
  type ImportProgress,
  type ImportResult,
  type ImportSettings,
  importFile,
} from "../../../pipeline/import/import-file.ts";
import { borrowedTarget, type Loan } from "../../../pipeline/store/write/lent-writer.ts";
import type { Undone } from "../../../pipeline/store/write/undo-import.ts";
import { systemClock } from "../../clock.ts";

/** What is to be done with a file, and into which database. */
export interface ImportJob {
  readonly db: string;
  /** Absolute, or what to take back. */
  readonly work:
    | {
        readonly file: string;
        readonly settings: Omit<ImportSettings, "db" | "target" | "nowUs" | "onProgress">;
      }
    | { readonly undo: { readonly file: string; readonly sha256: string | undefined } };
}

export type ImportNews =
  | { readonly progress: ImportProgress }
  | { readonly result: ImportResult | readonly Undone[] }
  | { readonly refusal: Refusal };

/** An import into a database that a collector has open: read and checked in this thread, written by the collector's. */
const { job, loan } = workerData as { job: ImportJob; loan: Loan };
const say = (news: ImportNews): void => parentPort!.postMessage(news);
try {
  const { db, work } = job;
  const target = borrowedTarget(loan);
  const nowUs = systemClock.nowUs();
  const result =
    "undo" in work
      ? target.undo(db, work.undo, nowUs)
      : await importFile(work.file, {
          ...work.settings,
          db,
          target,
          nowUs,
          onProgress: (progress) => say({ progress }),
        });
  say({ result });
} catch (error) {
  if (!(error instanceof TickbookError)) throw error;
  const { code, where, problem, hint } = error;
  say({ refusal: { code, where, problem, hint } });
}
loan.port.close();
