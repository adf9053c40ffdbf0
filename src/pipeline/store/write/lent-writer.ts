import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { ArchiveChanges } from "../archive-writer.ts";
import { archiveChanges } from "../archive-writer.ts";
import type { StoreWriter } from "./writer.ts";

/** One end of what a writer's thread lends to another thread: questions by the port, and a flag that wakes the asker. */
export interface Loan {
  readonly port: MessagePort;
  readonly flag: SharedArrayBuffer;
}

interface Question {
  readonly name: keyof ArchiveChanges;
  readonly args: readonly unknown[];
}

type Answer = { readonly value: unknown } | { readonly problem: string };

/** The writer may wait for its disk; so long is waited for it. */
const ANSWER_MS = 120_000;

/** Lets another thread archive through this writer, each change in a transaction of its own. `store`: the one that is open. */
export function lend({ port, flag }: Loan, store: () => StoreWriter | undefined): void {
  const awake = new Int32Array(flag);
  port.on("message", ({ name, args }: Question) => {
    let answer: Answer;
    try {
      const writer = store();
      if (writer === undefined) throw new Error("the database is not open at the moment");
      const value = writer.together((db) =>
        (archiveChanges(db)[name] as (...given: readonly unknown[]) => unknown)(...args),
      );
      // the ledger that the writer knows by heart is another one now
      if (name === "drop") writer.reread();
      answer = { value };
    } catch (error) {
      answer = { problem: (error as Error).message };
    }
    port.postMessage(answer);
    Atomics.store(awake, 0, 1);
    Atomics.notify(awake, 0);
  });
  port.unref();
}

/** The changes of an archive by a writer in another thread; each call waits for its answer. */
export function borrowed({ port, flag }: Loan): ArchiveChanges {
  const awake = new Int32Array(flag);
  const ask = (name: Question["name"], ...args: readonly unknown[]): unknown => {
    Atomics.store(awake, 0, 0);
    port.postMessage({ name, args } satisfies Question);
    Atomics.wait(awake, 0, 0, ANSWER_MS);
    const answer = receiveMessageOnPort(port)?.message as Answer | undefined;
    if (answer === undefined) throw new Error("the writer gave no answer");
    if ("problem" in answer) throw new Error(answer.problem);
    return answer.value;
  };
  return {
    begin: (...args) => ask("begin", ...args) as number,
    release: (...args) => void ask("release", ...args),
    forget: (...args) => void ask("forget", ...args),
    drop: (...args) => void ask("drop", ...args),
  };
}
