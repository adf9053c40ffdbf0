import { Worker } from "node:worker_threads";
import { TickbookError } from "../../core/errors.ts";
import { batchBuffers, type TradeBatch } from "./batch.ts";
import type { Hole, HoleNote } from "./ledger.ts";
import type { AppendResult, WriterSettings } from "./writer.ts";
import type { FromWriter, ToWriter } from "./writer-thread.ts";

/** A writer in a thread of its own: the socket never waits for the disk. */
export interface BackgroundWriter {
  /** Hands a batch over; it can't be used afterwards. */
  append(batch: TradeBatch): void;
  /** Writes down how the repair of a hole goes. */
  noteHole(symbolIndex: number, change: HoleNote): void;
  /** The holes that were open when the database was. */
  readonly openHoles: readonly Hole[];
  /** The copy that was made of an older database. */
  readonly backup: string | undefined;
  /** Trades handed over and not committed yet. */
  pending(): number;
  /** Commits what is pending and ends; after `timeoutMs` it ends all the same and tells how many trades were not stored. */
  close(timeoutMs: number): Promise<number>;
}

export interface WriterEvents {
  committed(length: number, result: AppendResult, commitMs: number): void;
  /** A note of `noteHole` is committed. */
  noted(hole: Hole): void;
  /** The store takes nothing for now; batches wait and are tried again. */
  blocked(code: string, reason: string): void;
  /** The write-ahead log is this large: a reader holds an old state of the database. */
  walLarge(bytes: number): void;
  /** The store is damaged, or the thread died of a defect: nothing is stored any more. */
  failed(error: Error): void;
}

/** Resolves when the database is open; rejects with the refusal where it can't be. */
export function startWriter(
  file: string,
  settings: WriterSettings,
  events: WriterEvents,
): Promise<BackgroundWriter> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), {
    workerData: { file, settings },
  });
  let pending = 0;
  let isOpen = false;
  let ended: (() => void) | undefined;
  const send = (message: ToWriter, transfer: ArrayBuffer[] = []): void =>
    worker.postMessage(message, transfer);

  const started = (openHoles: readonly Hole[], backup: string | undefined): BackgroundWriter => ({
    openHoles,
    backup,
    noteHole: (symbolIndex, change) => send({ kind: "note", symbolIndex, change }),
    append: (batch) => {
      pending += batch.length;
      send({ kind: "batch", batch }, batchBuffers(batch));
    },
    pending: () => pending,
    close: async (timeoutMs) => {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        ended = resolve;
        timer = setTimeout(resolve, timeoutMs);
        send({ kind: "close" });
      });
      clearTimeout(timer);
      await worker.terminate();
      return pending;
    },
  });

  return new Promise((resolve, reject) => {
    worker.on("message", (message: FromWriter) => {
      switch (message.kind) {
        case "open":
          isOpen = true;
          resolve(started(message.holes, message.backup));
          break;
        case "noted":
          events.noted(message.hole);
          break;
        case "refused": {
          const error = new TickbookError(message.error);
          reject(error);
          if (isOpen) events.failed(error);
          ended?.();
          break;
        }
        case "wal":
          events.walLarge(message.bytes);
          break;
        case "committed":
          pending -= message.length;
          events.committed(message.length, message.result, message.commitMs);
          break;
        case "blocked":
          events.blocked(message.code, message.reason);
          break;
        case "closed":
          ended?.();
          break;
      }
    });
    worker.on("error", (error) => {
      reject(error);
      events.failed(error instanceof Error ? error : new Error(String(error)));
      ended?.();
    });
  });
}
