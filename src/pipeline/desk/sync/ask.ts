import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { type Refusal, refuse } from "../../../core/errors.ts";
import type { Table } from "../native/decode.ts";
import type { DeskAddress, DeskUser } from "../wire/address.ts";

export interface Question {
  readonly turn: number;
  readonly sql: string;
  readonly timeoutMs: number;
}

export interface Answer {
  readonly turn: number;
  readonly table?: Table;
  readonly refusal?: Refusal;
}

/** Asks a server and waits for its answer, as a database beside the program would give it. */
export interface Ask {
  (sql: string): Table;
  close(): void;
}

/** How long one answer may take. */
const WAIT_MS = 60_000;
/** The worker's own limit comes first: it knows what it waited for. */
const MORE_MS = 2_000;

/** What the flag says once the thread has ended of itself. */
export const ENDED = -1;

interface Thread {
  readonly port: MessagePort;
  /** The turn of the newest answer. */
  readonly flag: Int32Array;
  terminate(): void;
}

/** A server behind synchronous calls: a thread asks, and the caller waits; refuses after a minute. */
export function openAsk(address: DeskAddress, user: DeskUser, waitMs: number = WAIT_MS): Ask {
  let thread: Thread | undefined;
  let turn = 0;
  let isOpen = true;

  /** The answer of this turn; undefined where the thread has ended before it. */
  const answerOf = ({ port, flag }: Thread): Answer | undefined => {
    const endMs = performance.now() + waitMs + MORE_MS;
    for (;;) {
      const seen = Atomics.load(flag, 0);
      if (seen === ENDED) return undefined;
      if (seen === turn) break;
      const leftMs = endMs - performance.now();
      if (leftMs <= 0 || Atomics.wait(flag, 0, seen, leftMs) === "timed-out") return late();
    }
    for (;;) {
      const { message } = receiveMessageOnPort(port) as { message: Answer };
      // one that came too late belongs to a question that was given up
      if (message.turn === turn) return message;
    }
  };
  const late = (): never =>
    refuse({
      code: "desk-away",
      where: address.label,
      problem: `needs an answer within ${waitMs / 1000} s; none came`,
      hint: "Ask for less, or look at the server's load.",
    });

  const ask = (sql: string): Table => {
    if (!isOpen) {
      refuse({
        code: "store-closed",
        where: address.label,
        problem: "needs a store that is open; this one was closed",
        hint: "Open it again.",
      });
    }
    // a thread may have been ended with the cell that began it: then another one asks
    for (let tries = 0; tries < 2; tries++) {
      thread ??= openThread(address, user, (ended) => {
        if (thread === ended) thread = undefined;
      });
      thread.port.postMessage({ turn: ++turn, sql, timeoutMs: waitMs } satisfies Question);
      const answer = answerOf(thread);
      if (answer?.refusal !== undefined) refuse(answer.refusal);
      if (answer !== undefined) return answer.table!;
      thread = undefined;
    }
    return refuse({
      code: "desk-failed",
      where: address.label,
      problem: "needs a thread that asks; it ended twice",
      hint: "Run the cell or the command again.",
    });
  };
  return Object.assign(ask, {
    close: () => {
      isOpen = false;
      thread?.terminate();
      thread = undefined;
    },
  });
}

function openThread(address: DeskAddress, user: DeskUser, onEnd: (ended: Thread) => void): Thread {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: { port: port2, flag, address, user },
    transferList: [port2],
    // what the program was started with is not for it
    execArgv: [],
  });
  worker.unref();
  port1.unref();
  const thread: Thread = {
    port: port1,
    flag,
    terminate: () => {
      port1.close();
      void worker.terminate();
    },
  };
  // it has told by its flag
  worker.on("error", () => {});
  worker.once("exit", () => onEnd(thread));
  return thread;
}
