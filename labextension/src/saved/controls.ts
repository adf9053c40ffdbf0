import type { LuminoWidgetClass, Renderer, Rendermime } from "../jupyterlab.ts";
import { type Links, WIDGET_MIME } from "../links.ts";
import { nameSliders } from "../widget-names.ts";

/** The controls of an output: Jupyter's own where the kernel has them, else the picture that was saved. */
export interface SavedControls {
  /** Whether only the picture is there; undefined while the kernel is asked. */
  isSaved(): boolean | undefined;
  close(): void;
}

/** Where the kernel that made the controls is gone, Jupyter says "model not found"; here their last values stay, and do nothing. */
export function showControls(
  Widget: LuminoWidgetClass,
  {
    node,
    widget,
    html,
    links,
    rendermime,
    changed,
  }: {
    readonly node: HTMLElement;
    readonly widget: string;
    readonly html: string;
    readonly links: Links;
    readonly rendermime: Rendermime;
    readonly changed: () => void;
  },
): SavedControls {
  const place = document.createElement("div");
  node.append(place);
  let alive: Renderer | undefined;
  let isSaved: boolean | undefined;
  let closed = false;

  const drop = (): void => {
    alive?.dispose();
    alive = undefined;
  };
  const look = async (): Promise<void> => {
    const isThere = await links.hasWidget(widget);
    if (closed || isSaved === !isThere) return;
    isSaved = !isThere;
    drop();
    node.toggleAttribute("data-saved", isSaved);
    place.innerHTML = isSaved ? html : "";
    if (!isSaved) {
      alive = rendermime.createRenderer(WIDGET_MIME);
      const data = { [WIDGET_MIME]: { version_major: 2, version_minor: 0, model_id: widget } };
      Widget.attach(alive, place);
      void alive.renderModel(rendermime.createModel({ data, trusted: true }));
    }
    changed();
  };
  const unname = nameSliders(place);
  const hangUp = links.onKernel(() => void look());
  void look();
  return {
    isSaved: () => (closed ? undefined : isSaved),
    close: () => {
      closed = true;
      hangUp();
      unname();
      drop();
      place.remove();
    },
  };
}
