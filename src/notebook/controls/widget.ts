import { type Comm, type CommData, kernelApi } from "../page/kernel-api.ts";

const controlsModule = "@jupyter-widgets/controls";
const baseModule = "@jupyter-widgets/base";

/** A widget of Jupyter's that a page shows, whose state both sides may change. */
export interface Widget {
  readonly id: string;
  update(state: CommData): void;
  onMessage(callback: (data: CommData) => unknown): void;
  onClose(callback: () => void): void;
}

/** The class of a widget: where the page finds its model and its view. */
const classes: Readonly<Record<string, CommData>> = {
  Layout: classOf("Layout", baseModule, "LayoutView", baseModule),
  DescriptionStyle: classOf("DescriptionStyle", controlsModule, "StyleView", baseModule),
};

function classOf(name: string, module: string, view: string, viewModule: string): CommData {
  return {
    _model_module: module,
    _model_module_version: "2.0.0",
    _model_name: `${name}Model`,
    _view_module: viewModule,
    _view_module_version: "2.0.0",
    _view_name: view,
  };
}

/** Opens a widget, which any number of pages may show. It is closed when the cell that opened it runs again. */
export function openWidget(name: string, state: CommData): Widget {
  const of = classes[name] ?? classOf(name, controlsModule, `${name}View`, controlsModule);
  const comm: Comm = kernelApi()!.comms.open(
    "jupyter.widget",
    { state: { ...of, ...state }, buffer_paths: [] },
    { metadata: { version: "2.1.0" } },
  );
  return {
    id: comm.id,
    update: (changed) => comm.send({ method: "update", state: changed, buffer_paths: [] }),
    onMessage: comm.onMessage,
    onClose: comm.onClose,
  };
}

/** How one widget refers to another. */
export function reference(widget: Widget): string {
  return `IPY_MODEL_${widget.id}`;
}

/** The state that a message of the page changes; undefined for messages of another kind. */
export function stateIn(data: CommData): CommData | undefined {
  const { method, state } = data;
  return method === "update" && typeof state === "object" && state !== null ? (state as CommData) : undefined;
}
