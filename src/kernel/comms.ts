import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { Comm, CommApi, CommData, CommOptions } from "../notebook/page/kernel-api.ts";
import { createWidgetStates, widgetControlTarget, widgetTarget } from "./comms-widgets.ts";
import type { Message, Outgoing } from "./wire.ts";

/** All open comms of a kernel. */
export interface Comms extends CommApi {
  /** A comm message from a page. Resolves when its callback has settled, or has taken too long to be waited for. */
  handle(request: Message): Promise<void>;
  /** The content of a `comm_info_reply`. */
  info(target: unknown): Record<string, unknown>;
}

export interface CommsOptions {
  readonly publish: (message: Omit<Outgoing, "session">) => void;
  /** The request of the cell that the running code belongs to. */
  readonly currentCell: () => Message | undefined;
  readonly onCellRerun: (cleanUp: () => void) => () => void;
  readonly interruptible: <T>(work: () => T) => T;
  /** Shows what a callback threw, in the cell that the callback belongs to. */
  readonly report: (error: unknown) => void;
}

interface Line {
  readonly comm: Comm;
  message?: (request: Message) => unknown;
  closed?: (data: CommData) => unknown;
  /** Takes back that the cell closes it. */
  forget?: () => void;
}

/** Longer than a drawing should take, shorter than a person notices that a slider does not follow. */
const waitMs = 250;

export function createComms(options: CommsOptions): Comms {
  const { publish, currentCell, onCellRerun, interruptible, report } = options;
  const lines = new Map<string, Line>();
  const targets = new Map<string, (comm: Comm, data: CommData) => unknown>();
  const widgets = createWidgetStates();
  const answering = new AsyncLocalStorage<Message>();

  const emit = (type: string, id: string, content: CommData, { metadata, buffers }: CommOptions = {}): void =>
    publish({
      type,
      content: { comm_id: id, ...content },
      parent: (answering.getStore() ?? currentCell())?.header,
      ...(metadata && { metadata }),
      ...(buffers && { buffers }),
    });

  /** What a callback throws, now or later, is reported where it belongs. */
  const guarded = (callback: () => unknown): unknown => {
    try {
      const result = interruptible(callback);
      return isPromise(result) ? result.then(undefined, report) : undefined;
    } catch (error) {
      return report(error);
    }
  };
  /** The callback as part of the cell that hands it in, and what it sends as an answer to the message it is called for. */
  const inCell = <A extends unknown[]>(callback: (...given: A) => unknown): ((...given: A) => unknown) => {
    const cell = AsyncLocalStorage.snapshot();
    return (...given) => {
      const request = answering.getStore();
      return cell(() => answering.run(request as Message, () => guarded(() => callback(...given))));
    };
  };

  const ended = (id: string, data: CommData): unknown => {
    const line = lines.get(id);
    lines.delete(id);
    widgets.closed(id);
    line?.forget?.();
    return line?.closed?.(data);
  };

  const createLine = (id: string, target: string): Line => {
    const comm: Comm = {
      id,
      target,
      send: (data, more) => {
        if (!lines.has(id)) return;
        if (target === widgetTarget) widgets.sent(id, data);
        emit("comm_msg", id, { data }, more);
      },
      close: (data = {}) => {
        if (!lines.has(id)) return;
        emit("comm_close", id, { data });
        ended(id, data);
      },
      onMessage: (callback) => {
        line.message = inCell((request) => callback(dataOf(request), request.buffers));
      },
      onClose: (callback) => {
        line.closed = inCell(callback);
      },
    };
    const line: Line = { comm };
    lines.set(id, line);
    return line;
  };

  const received: Readonly<Record<string, (id: string, request: Message) => unknown>> = {
    comm_open: (id, request) => {
      if (lines.has(id)) return undefined;
      const target = String(request.content.target_name);
      if (target === widgetControlTarget) {
        createLine(id, target).message = () => emit("comm_msg", id, { data: widgets.all() });
        return undefined;
      }
      const callback = targets.get(target);
      if (callback) return callback(createLine(id, target).comm, dataOf(request));
      // the protocol's answer to an unknown target, so that the page does not wait
      return emit("comm_close", id, { data: {} });
    },
    comm_msg: (id, request) => {
      const line = lines.get(id);
      if (line?.comm.target === widgetTarget) {
        const { answer, forControl } = widgets.received(id, dataOf(request));
        if (answer) emit("comm_msg", id, { data: answer });
        if (!forControl) return undefined;
      }
      return line?.message?.(request);
    },
    comm_close: (id, request) => ended(id, dataOf(request)),
  };

  return {
    open: (target, data = {}, more = {}) => {
      const line = createLine(randomUUID().replaceAll("-", ""), target);
      const { comm } = line;
      line.forget = onCellRerun(() => comm.close());
      if (target === widgetTarget) widgets.opened(comm.id, data);
      emit("comm_open", comm.id, { target_name: target, data }, more);
      return comm;
    },
    onOpen: (target, callback) => {
      targets.set(target, inCell(callback));
    },
    broadcast: (id, data, more) => emit("comm_msg", id, { data }, more),
    handle: (request) =>
      answering.run(request, async () => {
        const { header, content } = request;
        const work = received[header.msg_type]?.(String(content.comm_id), request);
        if (isPromise(work)) await Promise.race([work, pause()]);
      }),
    info: (wanted) => {
      const comms = [...lines.values()]
        .filter(({ comm }) => !wanted || comm.target === wanted)
        .map(({ comm }) => [comm.id, { target_name: comm.target }]);
      return { status: "ok", comms: Object.fromEntries(comms) };
    },
  };
}

function dataOf(request: Message): CommData {
  const { data } = request.content;
  return typeof data === "object" && data !== null ? (data as CommData) : {};
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, waitMs).unref();
  });
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
