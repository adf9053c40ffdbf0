import { Worker } from "node:worker_threads";
import { TickbookError } from "../../../core/errors.ts";
import type { Origin } from "../file/origin.ts";
import type { Upgrade } from "../file/schema.ts";
import type { Hole, HoleNote, HoleTotals } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";
import { type BatchDelay, batchBuffers, type TradeBatch } from "./batch.ts";
import type { Loan } from "./lent-writer.ts";
import type { WriterSettings } from "./register.ts";
import type { RepairResult } from "./repair.ts";
import type { AppendResult, NewestHeld, TroubleKind } from "./writer.ts";
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
  /** Takes up more symbols, with the next indices; what is held of each. */
  join(symbols: readonly string[]): Promise<readonly (NewestHeld | undefined)[]>;
  /** What is missing, by symbol. */
  missing(): readonly HoleTotals[];
  /** Writes down that so many more trades of a symbol were not stored, and why. */
  noteTrouble(symbolIndex: number, trouble: TroubleKind, trades: number): void;
  /** The newest held when the database was opened, by symbol; undefined: none. */
  readonly newest: readonly (NewestHeld | undefined)[];
  /** The copy that was made of an older database. */
  readonly backup: string | undefined;
  /** What the file was when it was opened. */
  readonly origin: Origin;
  /** Lets another thread change the archive through this writer. */
  lend(loan: Loan): void;
  /** Trades handed over and not committed yet. */
  pending(): number;
  /** Commits what is pending and ends; after `timeoutMs` it ends all the same and tells how many trades were not stored. */
  close(timeoutMs: number): Promise<number>;
}

export interface WriterEvents {
  committed(result: AppendResult, delay: BatchDelay): void;
  /** A note of `noteHole` is committed. */
  noted(hole: Hole): void;
  /** An older database is about to be brought up to date. */
  upgrading(upgrade: Upgrade): void;
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
  return new Promise((resolve, reject) => {
    const writer = new ThreadWriter(file, settings, events, { resolve: () => resolve(writer), reject });
    if (signal?.aborted) writer.abandon(signal.reason);
    signal?.addEventListener("abort", () => writer.abandon(signal.reason), { once: true });
  });
}

class ThreadWriter implements BackgroundWriter {
  newest: readonly (NewestHeld | undefined)[] = [];
  backup: string | undefined;
  origin: Origin = { kind: "same" };
  readonly #worker: Worker;
  readonly #events: WriterEvents;
  readonly #opening: { resolve(): void; reject(error: unknown): void };
  /** What waits for an answer, in order. */
  readonly #asked: ((answer: unknown) => void)[] = [];
  #totals: readonly HoleTotals[] = [];
  #pending = 0;
  #isOpen = false;
  #ended: () => void = () => {};

  constructor(
    file: string,
    settings: WriterSettings,
    events: WriterEvents,
    opening: { resolve(): void; reject(error: unknown): void },
  ) {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), {
      workerData: { file, settings },
    });
    this.#events = events;
    this.#opening = opening;
    this.#worker.on("message", (message: FromWriter) => this.#hear(message));
    this.#worker.on("error", (error) => {
      this.#failed(error instanceof Error ? error : new Error(String(error)), true);
    });
  }

  append(batch: TradeBatch): void {
    this.#pending += batch.length;
    this.#send({ kind: "batch", batch }, batchBuffers(batch));
  }

  noteHole(symbolIndex: number, change: HoleNote): void {
    this.#send({ kind: "note", symbolIndex, change });
  }

  noteTrouble(symbolIndex: number, trouble: TroubleKind, trades: number): void {
    this.#send({ kind: "trouble", symbolIndex, trouble, trades });
  }

  fill(
    symbolIndex: number,
    holeId: number | undefined,
    page: TradeBatch | readonly MergedTrade[],
  ): Promise<RepairResult> {
    return this.#ask({ kind: "fill", symbolIndex, holeId, page });
  }

  holesBelow(symbolIndex: number, below: number, most: number): Promise<readonly Hole[]> {
    return this.#ask({ kind: "holes", symbolIndex, below, most });
  }

  join(symbols: readonly string[]): Promise<readonly (NewestHeld | undefined)[]> {
    return this.#ask({ kind: "join", symbols });
  }

  lend(loan: Loan): void {
    this.#worker.postMessage({ kind: "lend", loan } satisfies ToWriter, [loan.port]);
  }

  missing(): readonly HoleTotals[] {
    return this.#totals;
  }

  pending(): number {
    return this.#pending;
  }

  async close(timeoutMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#ended = resolve;
      timer = setTimeout(resolve, timeoutMs);
      this.#send({ kind: "close" });
    });
    clearTimeout(timer);
    await this.#worker.terminate();
    return this.#pending;
  }

  /** Nobody waits for the opening any more. */
  abandon(reason: unknown): void {
    if (this.#isOpen) return;
    this.#opening.reject(reason);
    void this.#worker.terminate();
  }

  #send(message: ToWriter, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #ask<T>(message: ToWriter): Promise<T> {
    return new Promise((resolve) => {
      this.#asked.push(resolve as (answer: unknown) => void);
      this.#send(message);
    });
  }

  #failed(error: Error, isTold: boolean): void {
    this.#opening.reject(error);
    if (isTold) this.#events.failed(error);
    this.#ended();
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case "open":
        this.newest = message.newest;
        this.backup = message.backup;
        this.origin = message.origin;
        this.#isOpen = true;
        this.#opening.resolve();
        break;
      case "upgrading":
        this.#events.upgrading(message.upgrade);
        break;
      case "reopened":
        this.#events.reopened();
        break;
      case "noted":
        if (message.hole !== undefined) this.#events.noted(message.hole);
        break;
      case "totals":
        this.#totals = message.totals;
        break;
      case "answer":
        this.#asked.shift()!(message.answer);
        break;
      case "refused":
        this.#failed(new TickbookError(message.error), this.#isOpen);
        break;
      case "wal":
        this.#events.walLarge(message.bytes);
        break;
      case "neglected":
        this.#events.neglected(message.reason);
        break;
      case "committed":
        this.#pending -= message.delay.length;
        this.#events.committed(message.result, message.delay);
        break;
      case "blocked":
        this.#events.blocked(message.code, message.reason);
        break;
      case "closed":
        this.#ended();
        break;
    }
  }
}
