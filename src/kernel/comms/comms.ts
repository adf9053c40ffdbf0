import { randomUUID } from "node:crypto";
import type { Comm, CommApi, CommData } from "../../notebook/page/kernel-api.ts";
import type { Message, Outgoing } from "../wire.ts";
import { type CallbacksOptions, createCallbacks, isPromise } from "./callbacks.ts";
import { createLines, dataOf, type Emit } from "./lines.ts";
import { createWidgetStates, widgetControlTarget, widgetTarget } from "./widgets.ts";

/** All open comms of a kernel. */
export interface Comms extends CommApi {
  /** A comm message from a page. Resolves when its callback has settled, or has taken too long to be waited for. */
  handle(request: Message): Promise<void>;
  /** The content of a `comm_info_reply`. */
  info(target: unknown): Record<string, unknown>;
}

export interface CommsOptions extends CallbacksOptions {
  readonly publish: (message: Omit<Outgoing, "session">) => void;
  /** The request of the cell that the running code belongs to. */
  readonly currentCell: () => Message | undefined;
  readonly onCellRerun: (cleanUp: () => void) => () => void;
}

/** Longer than a drawing should take, shorter than a person notices that a slider does not follow. */
const waitMs = 250;

export function createComms(options: CommsOptions): Comms {
  const { publish, currentCell, onCellRerun } = options;
  const targets = new Map<string, (comm: Comm, data: CommData) => unknown>();
  const widgets = createWidgetStates();
  const { inCell, answer, answered } = createCallbacks(options);

  const emit: Emit = (type, id, content, { metadata, buffers } = {}) =>
    publish({
      type,
      content: { comm_id: id, ...content },
      parent: (answered() ?? currentCell())?.header,
      ...(metadata && { metadata }),
      ...(buffers && { buffers }),
    });

  const lines = createLines(emit, inCell, widgets);

  const received: Readonly<Record<string, (id: string, request: Message) => unknown>> = {
    comm_open: (id, request) => {
      if (lines.get(id)) return undefined;
      const target = String(request.content.target_name);
      if (target === widgetControlTarget) {
        lines.add(id, target).message = () => emit("comm_msg", id, { data: widgets.all() });
        return undefined;
      }
      const callback = targets.get(target);
      if (callback) return callback(lines.add(id, target).comm, dataOf(request));
      // the protocol's answer to an unknown target, so that the page does not wait
      return emit("comm_close", id, { data: {} });
    },
    comm_msg: (id, request) => {
      const line = lines.get(id);
      if (line?.comm.target === widgetTarget) {
        const { answer: data, forControl } = widgets.received(id, dataOf(request));
        if (data) emit("comm_msg", id, { data });
        if (!forControl) return undefined;
      }
      return line?.message?.(request);
    },
    comm_close: (id, request) => lines.end(id, dataOf(request)),
  };

  return {
    open: (target, data = {}, more = {}) => {
      const line = lines.add(randomUUID().replaceAll("-", ""), target);
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
      answer(request, async () => {
        const { header, content } = request;
        const work = received[header.msg_type]?.(String(content.comm_id), request);
        if (isPromise(work)) await Promise.race([work, pause()]);
      }),
    info: (wanted) => {
      const comms = lines
        .all()
        .filter(({ comm }) => !wanted || comm.target === wanted)
        .map(({ comm }) => [comm.id, { target_name: comm.target }]);
      return { status: "ok", comms: Object.fromEntries(comms) };
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, waitMs).unref();
  });
}
