import type { CommData } from "../../notebook/page/kernel-api.ts";

/** The targets of Jupyter's widgets, protocol 2.1. */
export const widgetTarget = "jupyter.widget";
export const widgetControlTarget = "jupyter.widget.control";

/** The state of every open widget, so that a page which is loaded again, or a second one, can ask for it. */
export interface WidgetStates {
  opened(id: string, data: CommData): void;
  sent(id: string, data: CommData): void;
  /** What is due to all pages, and whether the control is to hear of the message too. */
  received(id: string, data: CommData): { readonly answer?: CommData; readonly forControl: boolean };
  closed(id: string): void;
  /** The answer to a page that asks for everything. */
  all(): CommData;
}

export function createWidgetStates(): WidgetStates {
  const states = new Map<string, CommData>();
  const merge = (id: string, { method, state }: CommData): void => {
    if (method === "update") states.set(id, { ...states.get(id), ...(state as CommData) });
  };
  return {
    opened: (id, { state }) => {
      states.set(id, { ...(state as CommData) });
    },
    sent: merge,
    received: (id, data) => {
      if (data.method === "request_state") {
        return { answer: update("update", states.get(id)), forControl: false };
      }
      if (data.method !== "update") return { forControl: true };
      if (!isState(data.state)) return { forControl: false };
      merge(id, data);
      // what one page did goes to the others
      return { answer: update("echo_update", data.state), forControl: true };
    },
    closed: (id) => {
      states.delete(id);
    },
    all: () => ({
      method: "update_states",
      states: Object.fromEntries([...states].map(([id, state]) => [id, model(state)])),
      buffer_paths: [],
    }),
  };
}

function isState(state: unknown): state is CommData {
  return typeof state === "object" && state !== null && !Array.isArray(state);
}

function update(method: string, state: CommData = {}): CommData {
  return { method, state, buffer_paths: [] };
}

function model(state: CommData): CommData {
  return {
    model_name: state._model_name,
    model_module: state._model_module,
    model_module_version: state._model_module_version,
    state,
  };
}
