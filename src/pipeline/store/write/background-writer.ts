import { Worker } from "node:worker_threads";
import { TickbookError } from "../../../core/errors.ts";
import type { Hole, HoleNote, HoleTotals } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";
import { type BatchDelay, batchBuffers, type TradeBatch } from "./batch.ts";
import type { RepairResult } from "./repair.ts";
import type { AppendResult, WriterSettings } from "./writer.ts";
import type { FromWriter, ToWriter } from "./writer-loop.ts";

/** A writer in a thread of its own: the socket never waits for the disk. */
export interface BackgroundWriter {
  /** Hands a batch over; it can't be used afterwards. */
  append(batch: TradeBatch): void;
  /** Writes down how the repair of a hole goes. */
  noteHole(symbolIndex: number, change: HoleNote): void;
  /** Hands over what was fetched for a hole. Resolves when it is committed or refused. */
  fill(
    symbolIndex: number,
    holeId: number | undefined,
    page: TradeBatch | readonly MergedTrade[],
  ): Promise<RepairResult>;
  /** The newest holes of a symbol, neither filled nor given up, that begin below an id; newest first. */
  holesBelow(symbolIndex: number, below: number, most: number): Promise<readonly Hole[]>;
  /** What is missing, by symbol. */
  missing(): readonly HoleTotals[];
  /** The last ids held when the database was opened, by symbol; undefined: none. */
  readonly lastIds: readonly (number | undefined)[];
  /** The copy that was made of an older database. */
  readonly backup: string | undefined;
  /** Trades handed over and not committed yet. */
  pending(): number;
  /** Commits what is pending and ends; after `timeoutMs` it ends all the same and tells how many trades were not stored. */
  close(timeoutMs: number): Promise<number>;
}

export interface WriterEvents {
  committed(result: AppendResult, delay: BatchDelay): void;
  /** A note of `noteHole` is committed. */
  noted(hole: Hole): void;
  /** The file was gone, and a new one is open. */
  reopened(): void;
  /** The store takes nothing for now; batches wait and are tried again. */
  blocked(code: string, reason: string): void;
  /** The write-ahead log is this large: a reader holds an old state of the database. */
  walLarge(bytes: number): void;
  /** A piece of housekeeping failed; it is done another time. */
  neglected(reason: string): void;
  /** The store is damaged, or the thread died of a defect: nothing is stored any more. */
  failed(error: Error): void;
}

/** Resolves when the database is open; rejects with the refusal where it can't be, and when `signal` comes before. */
export function startWriter(
  file: string,
  settings: WriterSettings,
  events: WriterEvents,
  signal?: AbortSignal,
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

  /** What waits for an answer, in order. */
  const asked: ((answer: unknown) => void)[] = [];
  const ask = <T>(message: ToWriter): Promise<T> =>
    new Promise((resolve) => {
      asked.push(resolve as (answer: unknown) => void);
      send(message);
    });
  let totals: readonly HoleTotals[] = [];

  const started = ({ lastIds, backup }: Extract<FromWriter, { kind: "open" }>): BackgroundWriter => ({
    lastIds,
    backup,
    holesBelow: (symbolIndex, below, most) => ask({ kind: "holes", symbolIndex, below, most }),
    missing: () => totals,
    noteHole: (symbolIndex, change) => send({ kind: "note", symbolIndex, change }),
    append: (batch) => {
      pending += batch.length;
      send({ kind: "batch", batch }, batchBuffers(batch));
    },
    fill: (symbolIndex, holeId, page) => ask({ kind: "fill", symbolIndex, holeId, page }),
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
    const abandon = (): void => {
      if (isOpen) return;
      reject(signal?.reason);
      void worker.terminate();
    };
    if (signal?.aborted) abandon();
    signal?.addEventListener("abort", abandon, { once: true });
    worker.on("message", (message: FromWriter) => {
      switch (message.kind) {
        case "open":
          isOpen = true;
          resolve(started(message));
          break;
        case "reopened":
          events.reopened();
          break;
        case "noted":
          if (message.hole !== undefined) events.noted(message.hole);
          break;
        case "totals":
          totals = message.totals;
          break;
        case "answer":
          asked.shift()!(message.answer);
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
        case "neglected":
          events.neglected(message.reason);
          break;
        case "committed":
          pending -= message.delay.length;
          events.committed(message.result, message.delay);
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
