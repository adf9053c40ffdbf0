import { type MessagePort, workerData } from "node:worker_threads";
import { TickbookError } from "../../../core/errors.ts";
import { decodeBlocks, NotNative } from "../native/decode.ts";
import type { DeskAddress, DeskUser } from "../wire/address.ts";
import { openPost } from "../wire/post.ts";
import { type Answer, ENDED, type Question } from "./ask.ts";

// Asks the server in a thread of its own, while the one that wants to know waits for the flag.
const { port, flag, address, user } = workerData as {
  readonly port: MessagePort;
  readonly flag: Int32Array;
  readonly address: DeskAddress;
  readonly user: DeskUser;
};
const post = openPost(address, user);

process.on("exit", () => {
  Atomics.store(flag, 0, ENDED);
  Atomics.notify(flag, 0);
});

port.on("message", async ({ turn, sql, timeoutMs }: Question) => {
  const answer = await answerTo(sql, timeoutMs);
  port.postMessage({ turn, ...answer } satisfies Answer, buffersOf(answer));
  Atomics.store(flag, 0, turn);
  Atomics.notify(flag, 0);
});

async function answerTo(sql: string, timeoutMs: number): Promise<Omit<Answer, "turn">> {
  try {
    return { table: decodeBlocks(await post(sql, { timeoutMs })) };
  } catch (error) {
    if (error instanceof TickbookError) {
      const { code, where, problem, hint, facts } = error;
      return { refusal: { code, where, problem, hint, facts } };
    }
    const said = error instanceof NotNative ? error.message : "something that it should not";
    return {
      refusal: {
        code: "desk-failed",
        where: address.label,
        problem: `needs a server that answers in full; its answer was not: ${said}`,
        hint: "Run the cell or the command again; look at the server's log where it stays so.",
      },
    };
  }
}

function buffersOf({ table }: Omit<Answer, "turn">): ArrayBuffer[] {
  if (table === undefined) return [];
  return Object.values(table.columns).flatMap((column) =>
    ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : [],
  );
}
