import type { Comm, CommApi, CommData } from "../notebook/page/kernel-api.ts";
import { LIVE, TABLES } from "../notebook/page/live-messages.ts";

/** What pages may ask: pictures and rows. What files, alerts or layouts are asked to do is no business of a page that reads. */
const READ_ONLY: readonly string[] = [LIVE, TABLES];

/** The lines between the panels of this process and its pages: the comms of a kernel, without Jupyter. */
export interface Lines {
  readonly comms: CommApi;
  /** What is answered; undefined where nobody answers such a question. */
  ask(target: string, question: CommData): Promise<CommData | undefined>;
  /** Is told of all that goes to every page; the returned function ends that. */
  listen(hear: (id: string, data: CommData) => void): () => void;
}

export function createLines(): Lines {
  const answers = new Map<string, (comm: Comm, data: CommData) => unknown>();
  const listeners = new Set<(id: string, data: CommData) => void>();
  return {
    comms: {
      open: (target) => lineOf(target, () => {}),
      onOpen: (target, callback) => {
        if (READ_ONLY.includes(target)) answers.set(target, callback);
      },
      broadcast: (id, data) => {
        if (id === LIVE) for (const hear of listeners) hear(id, data);
      },
    },
    ask: async (target, question) => {
      const answer = answers.get(target);
      let said: CommData | undefined;
      await answer?.(
        lineOf(target, (data) => {
          said ??= data;
        }),
        question,
      );
      return said;
    },
    listen: (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
  };
}

/** One question, and what is said to it. */
function lineOf(target: string, send: (data: CommData) => void): Comm {
  return { id: "", target, send, close: () => {}, onMessage: () => {}, onClose: () => {} };
}
