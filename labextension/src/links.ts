import {
  LIVE,
  type LiveNews,
  type LiveQuestion,
  type PanelState,
} from "../../src/notebook/page/live-messages.ts";
import { createBrushLine, type Range } from "./chart/brush.ts";
import type { DocumentContext, KernelMessage } from "./jupyterlab.ts";
import type { Cut } from "./status-text.ts";

/** What a panel in the page is told. */
export interface Listener {
  news(state: PanelState): void;
  cut(why: Cut): void;
}

/** The line between one notebook in the page and its kernel; it outlives reconnects and restarts. */
export interface Links {
  /** Asks for the panel and listens for its news; the returned function ends that. */
  listen(panel: string, listener: Listener): () => void;
  /** Asks for one panel again: a picture was missed. */
  ask(panel: string): void;
  /** Tells the kernel what the reader has marked in a chart. */
  brushed(brush: string, range: Range): void;
}

export function createLinks(context: DocumentContext): Links {
  const { sessionContext } = context;
  const listeners = new Map<string, Set<Listener>>();
  const asked = new Set<string>();

  const tell = (data: unknown): void => {
    for (const state of (data as LiveNews).panels ?? []) {
      for (const listener of listeners.get(state.panel) ?? []) listener.news(state);
    }
  };
  const cut = (why: Cut): void => {
    for (const each of listeners.values()) for (const listener of each) listener.cut(why);
  };
  /** Asks for several panels by one question, when the running work has ended. */
  const ask = (panel: string): void => {
    if (asked.size === 0) queueMicrotask(question);
    asked.add(panel);
  };
  const question = (): void => {
    const panels = [...asked];
    asked.clear();
    const kernel = sessionContext.session?.kernel;
    if (!kernel) cut("the kernel is gone");
    if (!kernel?.handleComms) return;
    const comm = kernel.createComm(LIVE);
    let answered = false;
    comm.onMsg = ({ content }) => {
      answered = true;
      tell(content.data);
    };
    // a kernel that has no live panels at all closes at once
    comm.onClose = () => {
      if (!answered)
        tell({ panels: panels.map((panel) => ({ panel, state: "unknown", seq: 0, atMs: 0, ageMs: 0 })) });
    };
    comm.open({ panels } satisfies LiveQuestion);
  };
  const askAll = (): void => {
    for (const panel of listeners.keys()) ask(panel);
  };

  sessionContext.iopubMessage.connect((_, { header, content }: KernelMessage) => {
    if (header.msg_type === "comm_msg" && content.comm_id === LIVE) tell(content.data);
  });
  sessionContext.kernelChanged.connect(askAll);
  sessionContext.statusChanged.connect((_, status) => {
    if (/^(restarting|autorestarting|terminating|dead)$/.test(status)) cut("the kernel is gone");
  });
  sessionContext.connectionStatusChanged.connect((_, status) => {
    if (status === "connected") askAll();
    else cut("the connection is lost");
  });

  return {
    listen: (panel, listener) => {
      const each = listeners.get(panel) ?? new Set();
      listeners.set(panel, each.add(listener));
      ask(panel);
      return () => {
        each.delete(listener);
        if (each.size === 0) listeners.delete(panel);
      };
    },
    ask,
    brushed: createBrushLine(context),
  };
}
