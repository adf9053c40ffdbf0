import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { quote, TickbookError } from "../../../core/errors.ts";
import { damaged } from "../file/open.ts";
import type { Hole, HoleNote, HoleTotals } from "../ledger/ledger.ts";
import type { MergedTrade } from "../ledger/merged.ts";
import type { BatchDelay, TradeBatch } from "./batch.ts";
import type { RepairResult } from "./repair.ts";
import {
  type AppendResult,
  openWriter,
  type StoreWriter,
  WAL_ALARM_BYTES,
  type WriterSettings,
} from "./writer.ts";

/** What the socket's thread says to the writer's. */
export type ToWriter =
  | { kind: "batch"; batch: TradeBatch }
  | { kind: "note"; symbolIndex: number; change: HoleNote }
  | {
      kind: "fill";
      symbolIndex: number;
      holeId: number | undefined;
      page: TradeBatch | readonly MergedTrade[];
    }
  | { kind: "holes"; symbolIndex: number; below: number; most: number }
  | { kind: "close" };

/** What the writer's thread answers. */
export type FromWriter =
  | { kind: "open"; lastIds: (number | undefined)[]; backup: string | undefined }
  | { kind: "reopened" }
  /** What is missing, by symbol, whenever that has changed. */
  | { kind: "totals"; totals: HoleTotals[] }
  | { kind: "refused"; error: { code: string; where: string; problem: string; hint: string } }
  | { kind: "committed"; result: AppendResult; delay: BatchDelay }
  | { kind: "noted"; hole: Hole | undefined }
  | { kind: "answer"; answer: RepairResult | Hole[] }
  | { kind: "blocked"; code: string; reason: string }
  | { kind: "wal"; bytes: number }
  | { kind: "closed" };

const RETRY_MS = 1000;
const CARE_MS = 10_000;

/**
 * The writer's thread: one transaction a batch, in order. A batch that can't be committed (disk full, I/O error, a lock,
 * the file gone) is kept and tried again every second, and said once a change of reason. A database that proves
 * damaged is left alone: the thread refuses to go on.
 */
function run(port: MessagePort, file: string, settings: WriterSettings): void {
  const say = (message: FromWriter): void => port.postMessage(message);
  const refused = (error: unknown): void => {
    if (!(error instanceof TickbookError)) throw error;
    const { code, where, problem, hint } = error;
    say({ kind: "refused", error: { code, where, problem, hint } });
    clearInterval(care);
    port.close();
  };
  let store: StoreWriter | undefined;
  const queue: Exclude<ToWriter, { kind: "close" }>[] = [];
  let closing = false;
  let blocked = "";
  let timer: NodeJS.Timeout | undefined;

  const care = setInterval(() => {
    const bytes = store?.care() ?? 0;
    if (bytes > WAL_ALARM_BYTES) say({ kind: "wal", bytes });
  }, CARE_MS);

  const write = (to: StoreWriter, message: Exclude<ToWriter, { kind: "close" }>): FromWriter => {
    const nowUs = Date.now() * 1000;
    if (message.kind === "note") {
      return { kind: "noted", hole: to.noteHole(message.symbolIndex, message.change, nowUs) };
    }
    if (message.kind === "fill") {
      const { symbolIndex, holeId, page } = message;
      return { kind: "answer", answer: to.fill(symbolIndex, holeId, page, nowUs) };
    }
    if (message.kind === "holes") {
      return { kind: "answer", answer: to.holesBelow(message.symbolIndex, message.below, message.most) };
    }
    const result = to.append(message.batch, nowUs);
    return { kind: "committed", result, delay: delayOf(message.batch) };
  };

  /** Repairs of the old file's holes have no place in the new one. */
  const forgetRepairs = (): void => {
    for (let i = 0; i < queue.length; ) {
      const { kind } = queue[i]!;
      if (kind === "batch") {
        i++;
        continue;
      }
      queue.splice(i, 1);
      if (kind === "fill") say({ kind: "answer", answer: { kind: "unanchored" } });
      if (kind === "holes") say({ kind: "answer", answer: [] });
    }
  };

  /** Before what has changed them is told. */
  let told = "";
  const tellTotals = (of: StoreWriter): void => {
    const totals = of.holeTotals();
    const text = totals.map(({ holes, missing }) => `${holes} ${missing}`).join();
    if (text !== told) say({ kind: "totals", totals });
    told = text;
  };

  const drain = (): void => {
    timer = undefined;
    for (let message = queue[0]; message !== undefined; message = queue[0]) {
      try {
        if (store?.isInPlace() === false) {
          say({
            kind: "blocked",
            code: "FILE_GONE",
            reason: "the file was moved, deleted or replaced: a new one begins",
          });
          blocked = "FILE_GONE";
          store.close();
          store = undefined;
        }
        if (store === undefined) {
          store = openWriter(file, settings);
          say({ kind: "reopened" });
          tellTotals(store);
          forgetRepairs();
          continue;
        }
        const answer = write(store, message);
        blocked = "";
        queue.shift();
        tellTotals(store);
        say(answer);
      } catch (error) {
        const { code = "unknown", message: reason } = error as { code?: string; message: string };
        if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
          store?.close();
          refused(damaged(file, reason));
          return;
        }
        const isTransient = error instanceof TickbookError || code.startsWith("SQLITE_");
        if (!isTransient) throw error;
        if (blocked !== code) say({ kind: "blocked", code, reason: quote(reason) });
        blocked = code;
        timer = setTimeout(drain, RETRY_MS);
        return;
      }
    }
    if (closing) {
      store?.close();
      clearInterval(care);
      say({ kind: "closed" });
      port.close();
    }
  };

  try {
    store = openWriter(file, settings);
  } catch (error) {
    refused(error);
    return;
  }
  port.on("message", (message: ToWriter) => {
    if (message.kind === "close") closing = true;
    else queue.push(message);
    if (timer === undefined) drain();
  });
  tellTotals(store);
  say({ kind: "open", lastIds: store.lastIds(), backup: store.backup });
}

function delayOf({ length, receivedUs }: TradeBatch): BatchDelay {
  const nowUs = (performance.timeOrigin + performance.now()) * 1000;
  const since = (i: number): number => (nowUs - receivedUs[i]!) / 1000;
  return { length, firstMs: since(0), lastMs: since(length - 1) };
}

const { file, settings } = workerData as { file: string; settings: WriterSettings };
run(parentPort!, file, settings);
