import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
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

/** A server behind synchronous calls: a thread asks, and the caller waits; refuses after a minute. */
export function openAsk(address: DeskAddress, user: DeskUser, waitMs: number = WAIT_MS): Ask {
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
  let turn = 0;
  let isOpen = true;

  const ask = (sql: string): Table => {
    if (!isOpen) {
      refuse({
        code: "store-closed",
        where: address.label,
        problem: "needs a store that is open; this one was closed",
        hint: "Open it again.",
      });
    }
    turn++;
    port1.postMessage({ turn, sql, timeoutMs: waitMs } satisfies Question);
    const endMs = performance.now() + waitMs + MORE_MS;
    while (Atomics.load(flag, 0) !== turn) {
      const before = Atomics.load(flag, 0);
      if (before === turn) break;
      const leftMs = endMs - performance.now();
      if (leftMs <= 0 || Atomics.wait(flag, 0, before, leftMs) === "timed-out") return late();
    }
    for (;;) {
      const answer = (receiveMessageOnPort(port1) as { message: Answer } | undefined)?.message;
      // one that came too late belongs to a question that was given up
      if (answer !== undefined && answer.turn !== turn) continue;
      if (answer?.refusal !== undefined) refuse(answer.refusal);
      return answer!.table!;
    }
  };
  const late = (): never =>
    refuse({
      code: "desk-away",
      where: address.label,
      problem: `needs an answer within ${waitMs / 1000} s; none came`,
      hint: "Ask for less, or look at the server's load.",
    });
  return Object.assign(ask, {
    close: () => {
      isOpen = false;
      port1.close();
      void worker.terminate();
    },
  });
}
