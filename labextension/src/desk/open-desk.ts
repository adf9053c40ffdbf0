import type { JupyterFrontEnd, OpenNotebook, PageModules } from "../jupyterlab.ts";
import { createLinks } from "../links.ts";
import { type DeskConfig, takeOnce } from "./config.ts";
import { createDesk, type Desk } from "./desk.ts";
import { inPlace } from "./run-all.ts";

/**
 * Opens the desk that `npm start` asked for, its notebook one tab behind. Cells are run by themselves once for each
 * start; where the kernel has live panels already, as after a reload, the desk shows those.
 */
export async function openDesk(
  { commands, shell, restored }: JupyterFrontEnd,
  { Widget, notebookActions }: PageModules,
  config: DeskConfig,
): Promise<void> {
  await restored;
  const notebook = (await commands.execute("docmanager:open", {
    path: config.notebook,
    factory: "Notebook",
  })) as OpenNotebook;
  const desk = createDesk(Widget, createLinks(notebook.context), () => notebook.content.rendermime);
  shell.add(desk.widget, "main", { mode: "tab-before", ref: notebook.id });
  shell.activateById(desk.widget.id);
  shell.collapseLeft?.();

  const run = (): Promise<void> => runNotebook(desk, notebook, notebookActions);
  desk.say("The kernel starts …");
  await notebook.context.ready;
  foldCode(notebook);
  await notebook.sessionContext.ready;
  const there = await createLinks(notebook.context).askForDesk();
  if (there === 0 && takeOnce(config, localStorage)) await run();
  else if (there === 0)
    desk.say("Nothing is live yet. ", { label: "run the notebook", act: () => void run() });
  else desk.say("");

  const { sessionContext } = notebook;
  const startAgain = async (): Promise<void> => {
    desk.say("The kernel starts …");
    try {
      // the server starts one that has died by itself: a second start would end that one, and be taken for its death
      const { status } = sessionContext.session?.kernel ?? { status: "dead" };
      if (status === "dead") await sessionContext.restartKernel();
      else await comesBack(sessionContext);
    } catch {
      // one that the server has ended too: a page that is loaded anew starts another
      return location.reload();
    }
    await run();
  };
  const sayGone = (): void =>
    desk.say("The kernel is gone. ", { label: "start it again", act: () => void startAgain() });
  sessionContext.statusChanged.connect((_, status) => {
    if (/^(autorestarting|dead|terminating)$/.test(status)) sayGone();
  });
  sessionContext.kernelChanged.connect(() => {
    if (!sessionContext.session?.kernel) sayGone();
  });
}

/** Resolves when the kernel that the server starts again answers. */
async function comesBack({ session, statusChanged }: OpenNotebook["sessionContext"]): Promise<void> {
  const kernel = session!.kernel!;
  const isStarting = (): boolean => /^(autorestarting|restarting|starting|terminating)$/.test(kernel.status);
  while (isStarting()) {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        statusChanged.disconnect(look);
        resolve();
      };
      statusChanged.connect(look);
    });
  }
  await kernel.requestKernelInfo();
}

async function runNotebook(
  desk: Desk,
  notebook: OpenNotebook,
  notebookActions: PageModules["notebookActions"],
): Promise<void> {
  desk.say("The cells run …");
  const { runAll } = await notebookActions();
  const { content, sessionContext } = notebook;
  const isDone = await inPlace(content, () => runAll(content, sessionContext));
  if (isDone) return desk.say("");
  desk.say("A cell has failed: the notebook, one tab further, says which. ", {
    label: "run again",
    act: () => void runNotebook(desk, notebook, notebookActions),
  });
}

/** Shows the notebook's prose and results, and of its code the parameters; nothing of that is saved. */
function foldCode({ content }: OpenNotebook): void {
  for (const cell of content.widgets) {
    const tags = cell.model.getMetadata("tags");
    const isParameters = Array.isArray(tags) && tags.includes("parameters");
    if (cell.model.type === "code" && !isParameters) cell.inputHidden = true;
  }
}
