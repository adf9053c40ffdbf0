import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { quote, TickbookError } from "../../core/errors.ts";
import type { TradeBatch } from "./batch.ts";
import type { Hole, HoleNote } from "./ledger.ts";
import { type AppendResult, openWriter, type StoreWriter, type WriterSettings } from "./writer.ts";

/** What the socket's thread says to the writer's. */
export type ToWriter =
  | { kind: "batch"; batch: TradeBatch }
  | { kind: "note"; symbolIndex: number; change: HoleNote }
  | { kind: "close" };

/** What the writer's thread answers. */
export type FromWriter =
  | { kind: "open"; holes: Hole[]; backup: string | undefined }
  | { kind: "refused"; error: { code: string; where: string; problem: string; hint: string } }
  | { kind: "committed"; length: number; result: AppendResult; commitMs: number }
  | { kind: "noted"; hole: Hole }
  | { kind: "blocked"; code: string; reason: string }
  | { kind: "closed" };

const RETRY_MS = 1000;

/**
 * The writer's thread: one transaction a batch, in order. A batch that can't be committed (disk full, I/O error, lock)
 * is kept and tried again every second, and said once a change of reason.
 */
function run(port: MessagePort, file: string, settings: WriterSettings): void {
  const say = (message: FromWriter): void => port.postMessage(message);
  let store: StoreWriter;
  try {
    store = openWriter(file, settings);
  } catch (error) {
    if (!(error instanceof TickbookError)) throw error;
    const { code, where, problem, hint } = error;
    say({ kind: "refused", error: { code, where, problem, hint } });
    port.close();
    return;
  }
  const queue: Exclude<ToWriter, { kind: "close" }>[] = [];
  let closing = false;
  let blocked = "";
  let timer: NodeJS.Timeout | undefined;

  const write = (message: Exclude<ToWriter, { kind: "close" }>): FromWriter => {
    const nowUs = Date.now() * 1000;
    if (message.kind === "note") {
      return { kind: "noted", hole: store.noteHole(message.symbolIndex, message.change, nowUs) };
    }
    const start = performance.now();
    const result = store.append(message.batch, nowUs);
    return { kind: "committed", length: message.batch.length, result, commitMs: performance.now() - start };
  };

  const drain = (): void => {
    timer = undefined;
    for (let message = queue[0]; message !== undefined; message = queue[0]) {
      try {
        const answer = write(message);
        blocked = "";
        queue.shift();
        say(answer);
      } catch (error) {
        const { code = "unknown", message } = error as { code?: string; message: string };
        if (!code.startsWith("SQLITE_")) throw error;
        if (blocked !== code) say({ kind: "blocked", code, reason: quote(message) });
        blocked = code;
        timer = setTimeout(drain, RETRY_MS);
        return;
      }
    }
    if (closing) {
      store.close();
      say({ kind: "closed" });
      port.close();
    }
  };

  port.on("message", (message: ToWriter) => {
    if (message.kind === "close") closing = true;
    else queue.push(message);
    if (timer === undefined) drain();
  });
  say({ kind: "open", holes: store.openHoles(), backup: store.backup });
}

const { file, settings } = workerData as { file: string; settings: WriterSettings };
run(parentPort!, file, settings);
