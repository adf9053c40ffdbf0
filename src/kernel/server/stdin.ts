import { Router } from "zeromq";
import { TickbookError } from "../../core/errors.ts";
import type { Cell } from "../output/cells.ts";
import { readMessage, writeMessage } from "../wire.ts";

export interface StdinOptions {
  readonly address: string;
  readonly key: string;
  readonly session: string;
  readonly currentCell: () => Cell | undefined;
}

/** Offers `prompt(question)` to cells: the front end shows a field and sends what the reader has written. */
export async function offerPrompt({ address, key, session, currentCell }: StdinOptions): Promise<void> {
  const socket = new Router({ sendTimeout: 0, sendHighWaterMark: 0 });
  await socket.bind(address);
  let answered = (_text: string): void => {};
  let last: Promise<unknown> = Promise.resolve();
  void (async () => {
    for await (const frames of socket) {
      const message = readMessage(key, frames);
      if (message?.header.msg_type === "input_reply") answered(String(message.content.value ?? ""));
    }
  })();
  const ask = async (question: string): Promise<string> => {
    const request = currentCell()?.request;
    if (request === undefined || request.content.allow_stdin !== true) {
      throw new TickbookError({
        code: "no-stdin",
        where: "prompt",
        problem: "input of a reader is needed; whoever runs this notebook offers none",
        hint: "Run the cell in JupyterLab, or put the value into a variable.",
      });
    }
    const content = { prompt: question, password: false };
    const { header, identities } = request;
    const answer = new Promise<string>((resolve) => {
      answered = resolve;
    });
    await socket.send(
      writeMessage(key, { type: "input_request", session, parent: header, identities, content }) as Buffer[],
    );
    return answer;
  };
  (globalThis as { prompt?: unknown }).prompt = (question: unknown = "") => {
    // one question at a time
    const mine = last.then(() => ask(String(question)));
    last = mine.catch(() => {});
    return mine;
  };
}
