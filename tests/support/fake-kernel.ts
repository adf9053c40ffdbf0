import type { Comm, CommData, KernelApi, MimeBundle } from "../../src/notebook/page/kernel-api.ts";
import { offerKernelApi } from "../../src/notebook/page/kernel-api.ts";

/** One widget as a page would hold it. */
export interface FakeWidget {
  readonly id: string;
  readonly state: Record<string, unknown>;
  /** What the kernel has sent since it was opened. */
  readonly updates: CommData[];
  /** As a page that changes a field. */
  set(state: CommData): Promise<unknown>;
  send(data: CommData): Promise<unknown>;
  close(): void;
}

/** A kernel without Jupyter: what it opens and shows can be looked at. */
export interface FakeKernel {
  readonly widgets: FakeWidget[];
  /** The newest widget of a kind: `FloatSlider`. */
  widget(name: string): FakeWidget;
  readonly shown: MimeBundle[];
  /** As a page that opens a line to the target; what it sends then reaches the kernel. */
  dial(target: string): (data: CommData) => Promise<unknown>;
  /** As a page that asks one question by a line of its own: what the kernel sends back. */
  ask(target: string, data: CommData): CommData[];
  /** As JupyterLab before the cell runs again. */
  rerun(): void;
}

export function fakeKernel(): FakeKernel {
  const widgets: FakeWidget[] = [];
  const shown: MimeBundle[] = [];
  const cleanUps = new Set<() => void>();
  const onCellRerun = (cleanUp: () => void): (() => void) => {
    cleanUps.add(cleanUp);
    return () => cleanUps.delete(cleanUp);
  };
  const targets = new Map<string, (comm: Comm, data: CommData) => unknown>();
  const api: KernelApi = {
    display: (bundle) => {
      shown.push(bundle);
    },
    holdCell: () => {},
    readable: (text) => text,
    onCellRerun,
    interruptible: (work) => work(),
    comms: {
      onOpen: (target, callback) => {
        targets.set(target, callback);
      },
      broadcast: () => {},
      open: (target, data = {}) => {
        const id = `w${widgets.length}`;
        const state = { ...(data.state as object) } as Record<string, unknown>;
        let message: (data: CommData, buffers: readonly Uint8Array[]) => unknown = () => {};
        let closed: (data: CommData) => unknown = () => {};
        const updates: CommData[] = [];
        const send = async (sent: CommData): Promise<unknown> => message(sent, []);
        const widget: FakeWidget = {
          id,
          state,
          updates,
          send,
          set: (changed) => send({ method: "update", state: changed, buffer_paths: [] }),
          close: () => closed({}),
        };
        widgets.push(widget);
        onCellRerun(() => closed({}));
        return {
          id,
          target,
          send: (sent) => {
            updates.push(sent.state as CommData);
            Object.assign(state, sent.state);
          },
          close: () => closed({}),
          onMessage: (callback) => {
            message = callback;
          },
          onClose: (callback) => {
            closed = callback;
          },
        };
      },
    },
  };
  offerKernelApi(api);
  return {
    widgets,
    shown,
    ask: (target, data) => {
      const sent: CommData[] = [];
      const comm: Comm = {
        id: "page",
        target,
        send: (one) => sent.push(one),
        close: () => {},
        onMessage: () => {},
        onClose: () => {},
      };
      targets.get(target)!(comm, data);
      return sent;
    },
    dial: (target) => {
      let message: (data: CommData, buffers: readonly Uint8Array[]) => unknown = () => {};
      const comm: Comm = {
        id: "page",
        target,
        send: () => {},
        close: () => {},
        onMessage: (callback) => {
          message = callback;
        },
        onClose: () => {},
      };
      targets.get(target)!(comm, {});
      return async (data) => message(data, []);
    },
    widget: (name) => widgets.findLast(({ state }) => state._model_name === `${name}Model`)!,
    rerun: () => {
      for (const cleanUp of [...cleanUps]) {
        cleanUps.delete(cleanUp);
        cleanUp();
      }
    },
  };
}
