import type { Comm, DocumentContext, KernelMessage, RunningKernel, Signal } from "../jupyterlab.ts";

interface Sent<Args> extends Signal<unknown, Args> {
  emit(args: Args): void;
}

/** What a notebook's document is in JupyterLab, for a page of its own: questions by POST, news by server-sent events. */
export function servedContext(): DocumentContext {
  const news = signal<KernelMessage>();
  const connection = signal<string>();
  const events = new EventSource("/news");
  events.onopen = () => connection.emit("connected");
  events.onerror = () => connection.emit("disconnected");
  events.onmessage = ({ data }) =>
    news.emit({ header: { msg_type: "comm_msg" }, content: JSON.parse(String(data)) as object });

  const kernel: RunningKernel = {
    handleComms: true,
    status: "idle",
    requestKernelInfo: () => Promise.resolve(),
    createComm,
  };
  return {
    sessionContext: {
      session: { kernel },
      ready: Promise.resolve(),
      restartKernel: () => Promise.resolve(),
      iopubMessage: news,
      kernelChanged: signal(),
      statusChanged: signal(),
      connectionStatusChanged: connection,
    },
    saveState: signal(),
  };
}

function createComm(target: string): Comm {
  const comm: Comm = {
    onMsg: () => {},
    onClose: () => {},
    isDisposed: false,
    send: () => ({ done: Promise.resolve() }),
    open: async (data) => {
      const said = await ask(target, data);
      // what could not be asked is lost, which is known when the line is there again
      if (said === undefined) return;
      if (said !== null) comm.onMsg({ content: { data: said } });
      comm.onClose();
    },
  };
  return comm;
}

/** Null where there is no such thing; undefined where nothing answers. */
async function ask(target: string, data: object): Promise<unknown> {
  try {
    const answer = await fetch("/ask", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ target, data }),
    });
    return answer.ok ? ((await answer.json()) as { said: unknown }).said : null;
  } catch {
    return undefined;
  }
}

function signal<Args>(): Sent<Args> {
  const slots = new Set<(sender: unknown, args: Args) => void>();
  return {
    connect: (slot) => {
      slots.add(slot);
      return true;
    },
    disconnect: (slot) => slots.delete(slot),
    emit: (args) => {
      for (const slot of [...slots]) slot(undefined, args);
    },
  };
}
