import type { Comm, CommData, CommOptions } from "../../notebook/page/kernel-api.ts";
import type { Message } from "../wire.ts";
import type { Callbacks } from "./callbacks.ts";
import { type WidgetStates, widgetTarget } from "./widgets.ts";

/** An open comm, as the kernel knows it. */
export interface Line {
  readonly comm: Comm;
  message?: (request: Message) => unknown;
  closed?: (data: CommData) => unknown;
  /** Takes back that the cell closes it. */
  forget?: () => void;
}

/** The open comms, by their ids. */
export interface Lines {
  /** Opens one; whichever side asked for it. */
  add(id: string, target: string): Line;
  get(id: string): Line | undefined;
  all(): Line[];
  /** Whichever side ends it; what its callback returns. */
  end(id: string, data: CommData): unknown;
}

export type Emit = (type: string, id: string, content: CommData, more?: CommOptions) => void;

export function createLines(emit: Emit, inCell: Callbacks["inCell"], widgets: WidgetStates): Lines {
  const lines = new Map<string, Line>();
  const end: Lines["end"] = (id, data) => {
    const line = lines.get(id);
    lines.delete(id);
    widgets.closed(id);
    line?.forget?.();
    return line?.closed?.(data);
  };
  const add: Lines["add"] = (id, target) => {
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
        end(id, data);
      },
      onMessage: (callback) => {
        line.message = inCell((request: Message) => callback(dataOf(request), request.buffers));
      },
      onClose: (callback) => {
        line.closed = inCell(callback);
      },
    };
    const line: Line = { comm };
    lines.set(id, line);
    return line;
  };
  return { add, end, get: (id) => lines.get(id), all: () => [...lines.values()] };
}

export function dataOf(request: Message): CommData {
  const { data } = request.content;
  return typeof data === "object" && data !== null ? (data as CommData) : {};
}
