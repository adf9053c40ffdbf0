import { VIEW_MIME } from "../../src/notebook/page/live-messages.ts";
import type { LuminoWidgetClass, Plugin } from "./jupyterlab.ts";
import { createLinks } from "./links.ts";
import { createRenderer, type ViewRenderer } from "./renderer.ts";

/** Draws the project's views in every notebook: charts that are changed in place, and know whether they are live. */
export function plugin(Widget: LuminoWidgetClass): Plugin {
  return {
    id: "tickbook:views",
    description: "Live charts of Tickbook notebooks.",
    autoStart: true,
    activate: ({ docRegistry }) => {
      addStyle();
      docRegistry.addWidgetExtension("Notebook", {
        createNew: (panel, context) => {
          const renderers = new Set<ViewRenderer>();
          const links = createLinks(context);
          panel.content.rendermime.addFactory(
            {
              safe: true,
              mimeTypes: [VIEW_MIME],
              createRenderer: (options) => {
                const renderer = createRenderer(Widget, options, links, (one) => renderers.delete(one));
                renderers.add(renderer);
                return renderer;
              },
            },
            0,
          );
          context.saveState.connect((_, state) => {
            if (state === "started") for (const renderer of renderers) renderer.keep();
          });
        },
      });
    },
  };
}

function addStyle(): void {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("../../style.css", import.meta.url).href;
  document.head.append(link);
}
