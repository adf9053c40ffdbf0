import { VIEW_MIME } from "../../src/notebook/page/live-messages.ts";
import { deskConfig } from "./desk/config.ts";
import { openDesk } from "./desk/open-desk.ts";
import { inPlace, mendRunAll } from "./desk/run-all.ts";
import type { PageModules, Plugin } from "./jupyterlab.ts";
import { createLinks } from "./links.ts";
import { addLookAt, notify } from "./notices/notify.ts";
import { offerRestart } from "./notices/offer-restart.ts";
import { createRenderer, type ViewRenderer } from "./renderer.ts";
import { createSavedBar } from "./saved/bar.ts";

/**
 * Draws the project's views in every notebook: charts that are changed in place, and know whether they are live. Opens the
 * desk where the page was made by `npm start`.
 */
export function plugin(modules: PageModules): Plugin {
  return {
    id: "tickbook:views",
    description: "Live charts of Tickbook notebooks.",
    autoStart: true,
    activate: (app) => {
      addStyle();
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: (panel, context) => {
          const renderers = new Set<ViewRenderer>();
          const links = createLinks(context);
          const bar = createSavedBar(modules.Widget, async () => {
            await context.sessionContext.ready;
            const { runAll } = await modules.notebookActions();
            return inPlace(panel.content, () => runAll(panel.content, context.sessionContext));
          });
          panel.contentHeader.addWidget(bar.widget);
          const changed = (): void => bar.look(renderers);
          panel.content.rendermime.addFactory(
            {
              safe: true,
              mimeTypes: [VIEW_MIME],
              createRenderer: (options) => {
                const renderer = createRenderer(modules.Widget, options, {
                  ...{ links, changed, rendermime: panel.content.rendermime },
                  disposed: (one) => renderers.delete(one),
                });
                renderers.add(renderer);
                return renderer;
              },
            },
            // before Jupyter's widgets, whose outputs hold both
            -20,
          );
          links.listenToAlerts((news) => notify(app, news));
          offerRestart(app.commands, context);
          context.saveState.connect((_, state) => {
            if (state === "started") for (const renderer of renderers) renderer.keep();
          });
        },
      });
      addLookAt(app);
      mendRunAll(app.commands, app.shell);
      const desk = deskConfig(document);
      if (desk) void openDesk(app, modules, desk);
    },
  };
}

function addStyle(): void {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("../../style.css", import.meta.url).href;
  document.head.append(link);
}
