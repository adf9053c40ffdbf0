import { type PanelState, VIEW_MIME } from "../../src/notebook/page/live-messages.ts";
import type { View } from "../../src/render/view.ts";
import { createExportBar } from "./export-bar.ts";
import type { LuminoWidgetClass, MimeModel, Renderer, RendererOptions, Rendermime } from "./jupyterlab.ts";
import type { Links } from "./links.ts";
import { createLive, type Live } from "./live/live.ts";
import { createTableBar } from "./live/table-bar.ts";
import { listenToRows } from "./notices/row-menu.ts";
import { createPanel } from "./panel.ts";
import type { Saved } from "./saved/bar.ts";
import { type SavedControls, showControls } from "./saved/controls.ts";

const VEGA_LITE = "application/vnd.vegalite.v5+json";

/** What a renderer offers to its notebook. */
export interface ViewRenderer extends Renderer, Saved {
  /** Puts the picture as it is into the notebook, which is about to be saved. */
  keep(): void;
}

/** What ties an output to its notebook. */
export interface RendererTies {
  readonly links: Links;
  readonly rendermime: Rendermime;
  /** It is another time live, or saved. */
  readonly changed: () => void;
  readonly disposed: (renderer: ViewRenderer) => void;
}

/** Draws one output of a cell: a view that stands still, or a live one. */
export function createRenderer(
  Widget: LuminoWidgetClass,
  { sanitizer }: RendererOptions,
  { links, rendermime, changed, disposed }: RendererTies,
): ViewRenderer {
  const widget = new Widget();
  widget.addClass("tickbook-view");
  let live: Live | undefined;
  let table: string | undefined;
  let controls: SavedControls | undefined;
  const handOut = (of: string): void => {
    if (table === undefined) widget.node.append(createTableBar((as) => links.table({ table: table!, as })));
    table = of;
  };
  let files: string | undefined;
  const handFiles = (of: string): void => {
    if (files === undefined) widget.node.append(createExportBar((as) => links.file({ of: files!, as })));
    files = of;
  };
  const panel = createPanel(widget.node, {
    brushed: links.brushed,
    ask: async (stretch) => live && links.history(live.id, stretch),
    looksAt: (pastMs) => live?.looksAt(pastMs),
    isLive: () => live !== undefined,
  });
  listenToRows(widget.node, links.act);
  let model: MimeModel | undefined;

  const renderer: ViewRenderer = Object.assign(widget, {
    renderModel: async (given: MimeModel): Promise<void> => {
      model = given;
      const view = viewIn(given, sanitizer.sanitize);
      const told = given.data[VIEW_MIME] as Partial<PanelState> & {
        readonly widget?: unknown;
        readonly files?: unknown;
      };
      if (typeof told?.widget === "string") {
        const html = view?.kind === "html" ? view.html : "";
        // JupyterLab may draw the next output of a cell in the place of the one before
        controls?.close();
        controls = showControls(Widget, {
          ...{ node: widget.node, widget: told.widget, html, links, rendermime, changed },
        });
      } else if (typeof told?.panel === "string") {
        live ??= createLive({ node: widget.node, ...panel, changed }, links, told.panel);
        if (view) live.saved({ ...(told as PanelState), view });
      } else if (view) panel.show(view);
      if (typeof told?.table === "string") handOut(told.table);
      if (typeof told?.files === "string") handFiles(told.files);
    },
    keep: (): void => {
      if (!model || controls) return;
      const { state, view } = live?.newest() ?? {};
      const picture = panel.picture();
      const data: Record<string, unknown> = { ...model.data, ...(view && bundleOf(view)) };
      if (state) data[VIEW_MIME] = { ...state, ...(table !== undefined && { table }) };
      if (picture) data["image/png"] = picture;
      else delete data["image/png"];
      model.setData({ data });
    },
    isSaved: () => (live ?? controls)?.isSaved(),
    dispose: (): void => {
      if (widget.isDisposed) return;
      disposed(renderer);
      controls?.close();
      live?.close();
      panel.close();
      Object.getPrototypeOf(widget).dispose.call(widget);
    },
  });
  return renderer;
}

/** The view in an output: its own type says which panel it is, the others what it shows. */
function viewIn({ data, trusted }: MimeModel, sanitize: (html: string) => string): View | undefined {
  const text = String(data["text/plain"] ?? "");
  const spec = data[VEGA_LITE];
  if (typeof spec === "object" && spec !== null) return { kind: "chart", spec: spec as never, label: text };
  const html = data["text/html"];
  if (html === undefined) return undefined;
  const source = Array.isArray(html) ? html.join("") : String(html);
  return { kind: "html", html: trusted ? source : sanitize(source), text };
}

function bundleOf(view: View): Record<string, unknown> {
  return view.kind === "html"
    ? { "text/html": view.html, "text/plain": view.text }
    : { [VEGA_LITE]: view.spec, "text/plain": view.label ?? "" };
}
