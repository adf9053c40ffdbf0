import { MessageChannel, Worker } from "node:worker_threads";
import { quote } from "../../../core/errors.ts";
import type { Clock } from "../../../core/time.ts";
import type { BackgroundWriter } from "../../../pipeline/store/write/background-writer.ts";
import type { Log } from "../../terminal/log.ts";
import type { Archived } from "./archive-thread.ts";

/** Soon after the start, and once a day: days are archived whole. What went wrong is tried again sooner. */
const FIRST_MS = 60_000;
const EVERY_MS = 86_400_000;
const AGAIN_MS = 3_600_000;

export interface ArchivePlan {
  readonly archiveAfterUs: number;
  /** Undefined: for ever. */
  readonly keepUs?: number | undefined;
}

/**
 * Moves the days that ended so long before the newest one into Parquet files, and removes those that are older than what is
 * kept, in a thread of its own, while trades are collected. What goes wrong is said, and tried again after an hour. Returns
 * what ends it.
 */
export function scheduleArchiving(
  db: string,
  { archiveAfterUs, keepUs }: ArchivePlan,
  writer: Pick<BackgroundWriter, "lend">,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): () => Promise<void> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  let running: Worker | undefined;
  const run = (): void => {
    cancel = clock.after(EVERY_MS, run);
    if (running !== undefined) return;
    const { port1, port2 } = new MessageChannel();
    const flag = new SharedArrayBuffer(4);
    writer.lend({ port: port1, flag });
    const worker = new Worker(new URL(`./archive-thread.${extension}`, import.meta.url), {
      workerData: { db, archiveAfterUs, keepUs, loan: { port: port2, flag } },
      transferList: [port2],
    });
    running = worker;
    const over = (): void => {
      if (running === worker) running = undefined;
    };
    worker.on("message", (archived: Archived) => tell(archived, log));
    worker.on("error", (error) => {
      over();
      cancel();
      cancel = clock.after(AGAIN_MS, run);
      const message = `days that are over could not be archived, and stay in the database: ${quote((error as Error).message)}; tried again in an hour`;
      log({ level: "warn", event: "archive-failed", message });
    });
    worker.on("exit", over);
  };
  let cancel = clock.after(FIRST_MS, run);
  return async () => {
    cancel();
    await running?.terminate();
  };
}

function tell({ files, trades, removed }: Archived, log: Log): void {
  if (files > 0) {
    const message = `${trades} trades of days that are over were moved into ${files} files of the archive`;
    log({ level: "info", event: "archived", files, trades, message });
  }
  if (removed.files > 0) {
    const message = `${removed.trades} trades of days older than what is kept were removed, with ${removed.files} files of the archive`;
    log({ level: "info", event: "removed", files: removed.files, trades: removed.trades, message });
  }
  for (const { path, what } of removed.kept) {
    const message = `${path} is older than what is kept and stays: ${what}`;
    log({ level: "warn", event: "not-removed", path, message });
  }
}
