import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { Readable } from "node:stream";
import type { Router } from "zeromq";
import { TickbookError } from "../../core/errors.ts";
import type { Cell } from "../output/cells.ts";
import { readMessage, writeMessage } from "../wire.ts";

export interface StdinOptions {
  readonly socket: Router;
  readonly key: string;
  readonly session: string;
  readonly currentCell: () => Cell | undefined;
}

/**
 * Offers `prompt(question)` to cells, and to `process.stdin`: the front end shows a field and sends what the reader has
 * written, a line at a time.
 */
export function offerPrompt({ socket, key, session, currentCell }: StdinOptions): void {
  let answered = (_text: string): void => {};
  let asked: { request: unknown; last: Promise<unknown> } | undefined;
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
  const prompt = (question: unknown = ""): Promise<string> => {
    const request = currentCell()?.request;
    // one question at a time; that of another run, which may have been stopped, is no longer waited for
    const before = asked?.request === request ? asked?.last : undefined;
    const mine = (before ?? Promise.resolve()).then(() => ask(String(question)));
    asked = { request, last: mine.catch(() => {}) };
    return mine;
  };
  (globalThis as { prompt?: unknown }).prompt = prompt;
  replaceStdin(prompt, currentCell);
}

/**
 * A notebook has no terminal: lines of `process.stdin` are asked of the reader; where nobody can answer it is at its end,
 * and that is said. What reads the file itself finds it empty, and does not wait for ever.
 */
function replaceStdin(prompt: () => Promise<string>, currentCell: () => Cell | undefined): void {
  if (process.platform !== "win32") {
    closeSync(0);
    openSync(devNull, "r");
  }
  const open = (): Readable =>
    new Readable({
      encoding: "utf8",
      read() {
        const cell = currentCell();
        prompt().then(
          (line) => this.push(`${line}\n`),
          (problem: Error) => {
            cell?.write("stderr", `${problem.message.replace(/^prompt/, "process.stdin")}\n`);
            this.push(null);
          },
        );
      },
    });
  let stream: { request: unknown; stream: Readable } | undefined;
  Object.defineProperty(process, "stdin", {
    configurable: true,
    enumerable: true,
    get: () => {
      const request = currentCell()?.request;
      // one for each run of a cell: what another has left behind is no input of this one
      if (stream?.request !== request || stream?.stream.destroyed || stream?.stream.readableEnded)
        stream = { request, stream: Object.assign(open(), { fd: 0, isTTY: false }) };
      return stream?.stream;
    },
  });
}
