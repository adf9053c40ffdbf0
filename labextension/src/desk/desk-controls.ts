import type { LuminoWidgetClass, Renderer, Rendermime } from "../jupyterlab.ts";
import { WIDGET_MIME } from "../links.ts";
import { nameSliders } from "../widget-names.ts";

/** Jupyter's widgets of a notebook on the desk: the same as in its cells, so that both move together. */
export interface DeskControls {
  readonly node: HTMLElement;
  show(widgets: readonly string[]): void;
  close(): void;
}

export function createDeskControls(Widget: LuminoWidgetClass, rendermime: () => Rendermime): DeskControls {
  const node = document.createElement("div");
  node.className = "tickbook-desk-controls";
  const unname = nameSliders(node);
  const shown = new Map<string, Renderer>();

  const drop = (id: string): void => {
    shown.get(id)?.dispose();
    shown.delete(id);
  };
  const add = (id: string): void => {
    const renderer = rendermime().createRenderer(WIDGET_MIME);
    shown.set(id, renderer);
    const data = { [WIDGET_MIME]: { version_major: 2, version_minor: 0, model_id: id } };
    Widget.attach(renderer, node);
    void renderer.renderModel(rendermime().createModel({ data, trusted: true }));
  };
  return {
    node,
    show: (widgets) => {
      for (const id of [...shown.keys()]) if (!widgets.includes(id)) drop(id);
      for (const id of widgets) if (!shown.has(id) && node.isConnected) add(id);
    },
    close: () => {
      unname();
      for (const id of [...shown.keys()]) drop(id);
    },
  };
}
